package roster

import (
	"strings"
)

// support is what RPL_ISUPPORT (005) told that matters here.
type support struct {
	mapping string // CASEMAPPING
	modes   string // the modes of ranks, the highest first: "ov"
	marks   string // and their marks: "@+"
	lists   string // channel modes that always have a parameter
	setting string // and those that have one only when they are set
}

func usualSupport() support {
	return support{mapping: "rfc1459", modes: "ov", marks: "@+", lists: "bk", setting: "l"} // RFC 2811, RFC 2812
}

// learn takes one token of RPL_ISUPPORT.
func (s *support) learn(token string) {
	name, value, _ := strings.Cut(token, "=")
	switch name {
	case "CASEMAPPING":
		s.mapping = value
	case "PREFIX":
		modes, marks, ok := strings.Cut(strings.TrimPrefix(value, "("), ")")
		if ok && len(modes) == len(marks) && len(modes) <= 8 {
			s.modes, s.marks = modes, marks
		}
	case "CHANMODES":
		if kinds := strings.Split(value, ","); len(kinds) >= 4 {
			s.lists, s.setting = kinds[0]+kinds[1], kinds[2]
		}
	}
}

// fold is a name as the server compares it.
func (s *support) fold(name string) string {
	last := byte('^')
	switch s.mapping {
	case "ascii":
		last = 'Z'
	case "strict-rfc1459":
		last = ']'
	}
	plain := true
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= last {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	folded := []byte(name)
	for i, c := range folded {
		if c >= 'A' && c <= last {
			folded[i] = c + ('a' - 'A')
		}
	}
	return string(folded)
}

// rank is a set of modes: bit i is the i-th of support.modes.
type rank uint8

func (s *support) bit(mode byte) rank {
	if i := strings.IndexByte(s.modes, mode); i >= 0 {
		return 1 << i
	}
	return 0
}

// ranked splits the marks off a name of a list of names.
func (s *support) ranked(name string) (rank, string) {
	var r rank
	for name != "" {
		i := strings.IndexByte(s.marks, name[0])
		if i < 0 {
			break
		}
		r |= 1 << i
		name = name[1:]
	}
	return r, name
}

// within reports whether a rank has one of some modes.
func (s *support) within(r rank, modes string) bool {
	for i := range len(modes) {
		if r&s.bit(modes[i]) != 0 {
			return true
		}
	}
	return false
}
