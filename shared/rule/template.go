package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
)

// Template is text with holes, {{ expression }}. What is missing is empty.
type Template struct {
	source string
	pieces []piece
}

// piece is text as it stands, or a hole.
type piece struct {
	text string
	hole *program
}

// ParseTemplate reads a template. The error is a sentence for people.
func ParseTemplate(text string) (*Template, error) {
	if len(text) > maxSource {
		return nil, fmt.Errorf("a template has at most %d bytes; this has %d", maxSource, len(text))
	}
	t := &Template{source: text}
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			t.pieces = append(t.pieces, piece{text: before})
		}
		if !found {
			break
		}
		end := holeEnd(after)
		if end < 0 {
			return nil, errors.New("a {{ is never closed with }}")
		}
		p, err := compile(after[:end])
		if err != nil {
			return nil, fmt.Errorf("{{%s}}: %w", after[:end], err)
		}
		t.pieces = append(t.pieces, piece{hole: p})
		rest = after[end+len("}}"):]
	}
	return t, nil
}

// holeEnd is where }} ends the expression that text begins with: outside its quotes, comments and braces; -1 for nowhere.
func holeEnd(text string) int {
	braces := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"' || c == '`':
			i = quoteEnd(text, i)
		case strings.HasPrefix(text[i:], "/*"):
			i = skip(text, i+2, "*/")
		case strings.HasPrefix(text[i:], "//"):
			i = skip(text, i+2, "\n")
		case c == '{':
			braces++
		case c == '}' && braces > 0:
			braces--
		case strings.HasPrefix(text[i:], "}}"):
			return i
		}
	}
	return -1
}

// quoteEnd is the place of the quote that closes the one at i.
func quoteEnd(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' && quote != '`' {
			i++
		}
	}
	return i
}

// skip is the place of the last byte of what ends a comment.
func skip(text string, from int, ends string) int {
	at := strings.Index(text[from:], ends)
	if at < 0 {
		return len(text)
	}
	return from + at + len(ends) - 1
}

// Text fills the holes. A text is at most a megabyte long. An error says which hole could not be filled and why; it is a
// sentence for people, and may quote the payload.
func (t *Template) Text(env *Env) (string, error) {
	w := &made{}
	for _, p := range t.pieces {
		w.meter = &meter{left: maxWork}
		if p.hole == nil {
			w.text(p.text)
			continue
		}
		value, err := p.fill(env)
		if err != nil {
			return "", err
		}
		w.value(value, 0)
	}
	text, err := w.done()
	if err != nil {
		return "", fmt.Errorf("%s: %w", t.shown(), err)
	}
	return text, nil
}

// Value is what the template says: of a template that is one hole and no more its value, a list, a number, true or false,
// or nil; of any other its text.
func (t *Template) Value(env *Env) (any, error) {
	if !t.Whole() {
		return t.Text(env)
	}
	return t.pieces[0].fill(env)
}

func (p piece) fill(env *Env) (any, error) {
	value, err := p.hole.run(env)
	if err != nil {
		return nil, fmt.Errorf("{{%s}}: %w", p.hole.source, err)
	}
	return value, nil
}

// Whole reports whether the template is one hole and no more.
func (t *Template) Whole() bool { return len(t.pieces) == 1 && t.pieces[0].hole != nil }

// Fixed reports whether the template has no holes.
func (t *Template) Fixed() bool {
	return !slices.ContainsFunc(t.pieces, func(p piece) bool { return p.hole != nil })
}

// String is the template as written.
func (t *Template) String() string { return t.source }

func (t *Template) shown() string { return t.source[:min(len(t.source), 60)] }

// Recalls lists the remembered values that the template names.
func (t *Template) Recalls() []string {
	var names []string
	for _, p := range t.pieces {
		if p.hole != nil {
			names = append(names, p.hole.recalled...)
		}
	}
	return distinct(names)
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// UnmarshalYAML reads a template from a configuration.
func (t *Template) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return config.Misplaced(node.Line, "that is to be one text")
	}
	read, err := ParseTemplate(node.Value)
	if err != nil {
		return config.Misplaced(node.Line, "%w", err)
	}
	*t = *read
	return nil
}
