package comment

import "strings"

// elements are those that show code or quotations. A block of one ends where its element does, also after empty lines.
var elements = []string{"pre", "code", "script", "style", "textarea", "blockquote", "samp", "kbd"}

// opensHTML gives what ends the HTML block that a line begins; empty when it begins none that hides words.
func opensHTML(rest string) string {
	if strings.HasPrefix(rest, "<!--") {
		return "-->"
	}
	return opensElement(rest)
}

// opensElement gives the closing tag of the element that text begins with.
func opensElement(text string) string {
	if !strings.HasPrefix(text, "<") {
		return ""
	}
	for _, name := range elements {
		if len(text) <= len(name) || !strings.EqualFold(text[1:1+len(name)], name) {
			continue
		}
		if after := text[1+len(name):]; after == "" || strings.IndexByte(" \t\n>/", after[0]) >= 0 {
			return "</" + name + ">"
		}
	}
	return ""
}

// hiddenStarts says for each line of a paragraph whether it begins within code between backticks, an HTML comment or an
// element that shows code.
func hiddenStarts(lines []string) []bool {
	hidden := make([]bool, len(lines))
	text := strings.Join(lines, "\n")
	p := paragraph{text: text, lower: lower(text), open: make(map[int]bool)}
	start := 0 // of the next line that is not passed yet
	for i, at := 0, 0; i < len(lines); i++ {
		for at < start {
			at = p.after(at)
		}
		hidden[i] = at > start
		start += len(lines[i]) + 1
	}
	return hidden
}

// paragraph is a text that is gone through once. What is not closed behind a place is not closed behind a later one either,
// so that the work is about the length of the text whatever it holds.
type paragraph struct {
	text, lower string
	open        map[int]bool // lengths of runs of backticks that nothing closes
	comment     bool         // no comment is closed any more
}

// lower is text with the letters of ASCII in lower case, at the same places.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// after is the end of what begins at a place: a span of code, a comment, an element, an escaped character, or one character.
func (p *paragraph) after(at int) int {
	rest := p.text[at:]
	switch rest[0] {
	case '\\':
		if len(rest) > 1 && rest[1] != '\n' {
			return at + 2
		}
	case '`':
		return p.afterTicks(at)
	case '<':
		return p.afterTag(at)
	}
	return at + 1
}

// afterTicks is the end of a span of code, or of the backticks alone when nothing closes them.
func (p *paragraph) afterTicks(at int) int {
	length := ticks(p.text[at:])
	if !p.open[length] {
		if end := closing(p.text[at+length:], length); end >= 0 {
			return at + length + end
		}
		p.open[length] = true
	}
	return at + length
}

// afterTag is the end of a comment or an element.
func (p *paragraph) afterTag(at int) int {
	rest := p.lower[at:]
	if strings.HasPrefix(rest, "<!--") {
		if !p.comment {
			if end := strings.Index(rest[2:], "-->"); end >= 0 {
				return at + 2 + end + len("-->")
			}
			p.comment = true
		}
		return at + 1
	}
	if tag := opensElement(rest); tag != "" {
		if end := strings.Index(rest, tag); end >= 0 {
			return at + end
		}
		return len(p.text) // it is open to the end of the paragraph
	}
	return at + 1
}

// ticks is how many backticks text begins with.
func ticks(text string) int { return len(text) - len(strings.TrimLeft(text, "`")) }

// closing is where a span of code ends that was opened by so many backticks, the closing ones included; -1 for nowhere.
func closing(text string, length int) int {
	for at := 0; at < len(text); {
		start := strings.IndexByte(text[at:], '`')
		if start < 0 {
			return -1
		}
		start += at
		run := ticks(text[start:])
		if run == length {
			return start + run
		}
		at = start + run
	}
	return -1
}
