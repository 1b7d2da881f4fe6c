package slack

import (
	"fmt"
	"strings"
)

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
