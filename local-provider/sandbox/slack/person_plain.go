package slack

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The first and the last character of a range that no text uses.
const (
	firstPrivate = '\ue000'
	lastPrivate  = '\uf8ff'
)

// plainText is Slack's text as a person reads it: names instead of ids, links as their label and where they lead, and no
// marks of formatting. What is no formatting whatever it looks like, as a URL, stands as one private character meanwhile.
func (s *Server) plainText(text, reader string) string {
	var out strings.Builder
	var kept []string
	for _, t := range tokens(text) {
		if t.kind == tokenText || len(kept) > lastPrivate-firstPrivate {
			out.WriteString(strings.Map(func(r rune) rune {
				if r >= firstPrivate && r <= lastPrivate {
					return unicode.ReplacementChar
				}
				return r
			}, t.target))
			continue
		}
		out.WriteRune(firstPrivate + rune(len(kept)))
		kept = append(kept, s.spoken(t, reader))
	}
	var back strings.Builder
	for _, r := range unescape(unmark(out.String())) {
		if i := int(r - firstPrivate); i >= 0 && i < len(kept) {
			back.WriteString(kept[i])
			continue
		}
		back.WriteRune(r)
	}
	return back.String()
}

// spoken is what a person reads in the place of what stands between < and >.
func (s *Server) spoken(t token, reader string) string {
	label := unescape(t.label)
	switch t.kind {
	case tokenUser:
		return "@" + s.nameOf(t.target)
	case tokenChannel:
		if c := s.channels[t.target]; c != nil && c.Visible(reader) {
			return s.placeName(c, reader)
		}
		return "#" + label
	case tokenSpecial:
		return s.special(t.target, label)
	default:
		address := strings.TrimPrefix(unescape(t.target), "mailto:")
		if label == "" || label == address || "http://"+label == address {
			return strings.TrimPrefix(label, "http://") + map[bool]string{true: address}[label == ""]
		}
		return label + " (" + address + ")"
	}
}

// special is a crowd, a group or a date.
func (s *Server) special(target, label string) string {
	kind, rest, _ := strings.Cut(target, "^")
	switch kind {
	case "subteam":
		if g := s.groups[rest]; g != nil {
			return "@" + g.Handle
		}
	case "date":
		if stamp, _, ok := strings.Cut(rest, "^"); ok && label == "" {
			return stamp
		}
	default:
		if label == "" {
			return "@" + kind
		}
	}
	return label
}

// unmark takes the marks of bold, italic, struck and code away, where they are marks: around something, at the edges of
// words.
func unmark(text string) string {
	var out strings.Builder
	for text != "" {
		at, code := nextCode(text)
		out.WriteString(unstyle(text[:at]))
		if code == nil {
			break
		}
		mark := 1
		if code.kind == pieceBlock {
			mark = 3
		}
		out.WriteString(strings.Trim(code.text, "\n"))
		text = text[at+len(code.text)+2*mark:]
	}
	return out.String()
}

func unstyle(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		for _, mark := range []byte("*_~") {
			line = unpair(line, mark)
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// unpair takes pairs of a mark away.
func unpair(line string, mark byte) string {
	from := 0
	for {
		open := from + strings.IndexByte(line[from:], mark)
		if open < from {
			return line
		}
		length := strings.IndexByte(line[open+1:], mark)
		if length < 0 {
			return line
		}
		end := open + 1 + length
		if length == 0 || !edge(line[:open], line[open+1:]) || !edge(line[end+1:], "") || line[end-1] == ' ' {
			from = open + 1
			continue
		}
		line = line[:open] + line[open+1:end] + line[end+1:]
		from = end - 1
	}
}

// edge says whether a mark may stand between two texts: no word goes on outside, and no blank begins inside.
func edge(outside, inside string) bool {
	before, _ := utf8.DecodeLastRuneInString(outside)
	if inside == "" {
		before, _ = utf8.DecodeRuneInString(outside)
	}
	after, _ := utf8.DecodeRuneInString(inside)
	return (outside == "" || !unicode.IsLetter(before) && !unicode.IsDigit(before)) && (inside == "" || !unicode.IsSpace(after))
}

// clockTime is when a message was sent, as the plain view says it (UTC).
func clockTime(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	var unix int64
	if _, err := fmt.Sscan(seconds, &unix); err != nil {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format("15:04:05")
}
