package stack

import (
	"errors"
	"fmt"
	"strings"
)

// maxDepth bounds defaults within defaults.
const maxDepth = 8

// ErrSubstitution is wrapped by every refusal of a ${…}.
var ErrSubstitution = errors.New("cannot substitute")

// Substitute replaces ${NAME} and ${NAME:-default} as faas-cli does: an unknown or empty variable gives the default, or
// nothing; a default may hold another ${…}; "$$" is a dollar sign; "\/" and "\\" lose their backslash; a "$" that no
// brace follows stays. The string operators of faas-cli (length, case, slices, replacement) are refused by name.
func Substitute(text string, lookup func(string) (string, bool)) (string, error) {
	s := substitution{text: text, lookup: lookup}
	return s.until("", 0)
}

type substitution struct {
	text   string
	at     int
	lookup func(string) (string, bool)
}

// until copies text and replaces variables up to the closing character, or to the end when there is none.
func (s *substitution) until(closing string, depth int) (string, error) {
	var out strings.Builder
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case closing != "" && strings.HasPrefix(rest, closing):
			s.at += len(closing)
			return out.String(), nil
		case strings.HasPrefix(rest, "${"):
			value, err := s.variable(depth)
			if err != nil {
				return "", err
			}
			out.WriteString(value)
		case escaped(rest):
			out.WriteByte(rest[1])
			s.at += 2
		default:
			out.WriteByte(rest[0])
			s.at++
		}
	}
	if closing != "" {
		return "", fmt.Errorf("%w: a ${ has no closing brace", ErrSubstitution)
	}
	return out.String(), nil
}

func escaped(rest string) bool {
	return strings.HasPrefix(rest, "$$") || strings.HasPrefix(rest, `\/`) || strings.HasPrefix(rest, `\\`)
}

func (s *substitution) variable(depth int) (string, error) {
	if depth >= maxDepth {
		return "", fmt.Errorf("%w: more than %d defaults within defaults", ErrSubstitution, maxDepth)
	}
	s.at += len("${")
	name := identifier(s.text[s.at:])
	if name == "" {
		return "", fmt.Errorf("%w: a ${ is not followed by a variable's name", ErrSubstitution)
	}
	s.at += len(name)
	rest := s.text[s.at:]
	fallback := ""
	switch {
	case strings.HasPrefix(rest, "}"):
		s.at++
	case strings.HasPrefix(rest, ":-"), strings.HasPrefix(rest, ":="):
		s.at += len(":-")
		text, err := s.until("}", depth+1)
		if err != nil {
			return "", err
		}
		fallback = text
	default:
		return "", fmt.Errorf("%w: in ${%s…} only the default is known here: write ${%s} or ${%s:-default}",
			ErrSubstitution, name, name, name)
	}
	if value, ok := s.lookup(name); ok && value != "" {
		return value, nil
	}
	return fallback, nil
}

func identifier(text string) string {
	for i := range len(text) {
		c := text[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return text[:i]
		}
	}
	return text
}
