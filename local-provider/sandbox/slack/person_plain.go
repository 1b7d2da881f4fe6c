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

// plainBlocks are blocks as lines of text. Buttons stand in brackets, menus with what is chosen.
func (s *Server) plainBlocks(blocks []object, form formState, reader string) []string {
	var out []string
	for _, b := range blocks {
		out = append(out, s.plainBlock(b, form, reader)...)
	}
	return out
}

func (s *Server) plainBlock(b object, form formState, reader string) []string {
	switch str(b, "type") {
	case "header", "markdown":
		return s.textLines(b["text"], reader)
	case "section":
		out := s.textLines(b["text"], reader)
		for _, f := range objects(b["fields"]) {
			out = append(out, strings.Join(s.textLines(f, reader), ": "))
		}
		return append(out, s.controlLine(b, form, reader)...)
	case "context":
		var parts []string
		for _, e := range objects(b["elements"]) {
			if str(e, "type") == "image" {
				parts = append(parts, "("+str(e, "alt_text")+")")
				continue
			}
			parts = append(parts, strings.Join(s.textLines(e, reader), " "))
		}
		return []string{strings.Join(parts, " ")}
	case "divider":
		return []string{"---"}
	case "image":
		return []string{"(" + str(b, "alt_text") + ")"}
	case "rich_text":
		return strings.Split(s.richPlain(b, reader), "\n")
	case "input":
		return append([]string{str(sub(b, "label"), "text") + ":"}, s.controlLine(b, form, reader)...)
	default:
		return s.controlLine(b, form, reader)
	}
}

// textLines are the lines of a text object, or of a markdown block's string.
func (s *Server) textLines(v any, reader string) []string {
	text, isText := v.(string)
	if o, ok := v.(object); ok {
		text, isText = str(o, "text"), true
		if str(o, "type") == "mrkdwn" {
			text = s.plainText(text, reader)
		}
	}
	if !isText || text == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

// controlLine is the line of what can be used in a block.
func (s *Server) controlLine(b object, form formState, reader string) []string {
	var parts []string
	for _, f := range fields([]object{b}) {
		parts = append(parts, s.plainField(f, form, reader))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{strings.Join(parts, " ")}
}

func (s *Server) plainField(f field, form formState, reader string) string {
	if f.kind() == "button" {
		return "[" + f.label() + "]"
	}
	chosen := s.chosen(form.get(f)[stateKeys[f.kind()][0]], reader)
	if chosen == "" {
		chosen = str(sub(f.element, "placeholder"), "text")
	}
	return "<" + strings.TrimSpace(f.kind()+": "+chosen) + ">"
}

// chosen is the state of an element in words.
func (s *Server) chosen(value any, reader string) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		if s.users[v] != nil {
			return "@" + s.nameOf(v)
		}
		if c := s.channels[v]; c != nil {
			return s.placeName(c, reader)
		}
		return v
	case object:
		return str(sub(v, "text"), "text")
	case []object:
		return joined(len(v), func(i int) string { return s.chosen(v[i], reader) })
	case []any:
		return joined(len(v), func(i int) string { return s.chosen(v[i], reader) })
	case []string:
		return joined(len(v), func(i int) string { return s.chosen(v[i], reader) })
	default:
		return fmt.Sprint(v)
	}
}

func joined(n int, one func(int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = one(i)
	}
	return strings.Join(parts, ", ")
}

// richPlain is the text of a rich text block.
func (s *Server) richPlain(b object, reader string) string {
	var out strings.Builder
	for i, part := range objects(b["elements"]) {
		if i > 0 {
			out.WriteString("\n")
		}
		for k, e := range objects(part["elements"]) {
			if str(part, "type") == "rich_text_list" {
				if k > 0 {
					out.WriteString("\n")
				}
				out.WriteString("• ")
			}
			out.WriteString(s.richElement(e, reader))
		}
	}
	return out.String()
}

func (s *Server) richElement(e object, reader string) string {
	switch str(e, "type") {
	case "user":
		return "@" + s.nameOf(str(e, "user_id"))
	case "channel":
		return s.spoken(token{kind: tokenChannel, target: str(e, "channel_id")}, reader)
	case "usergroup":
		return s.special("subteam^"+str(e, "usergroup_id"), "")
	case "broadcast":
		return "@" + str(e, "range")
	case "emoji":
		return ":" + str(e, "name") + ":"
	case "rich_text_section":
		var out strings.Builder
		for _, inner := range objects(e["elements"]) {
			out.WriteString(s.richElement(inner, reader))
		}
		return out.String()
	case "link":
		if str(e, "text") == "" {
			return str(e, "url")
		}
	}
	return str(e, "text")
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
