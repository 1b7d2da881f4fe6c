package command

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is an error for the person who typed: a sentence, and what to do next.
//
//nolint:errname // it is the person's, not the program's
type Mistake struct {
	Text string // one line, a whole sentence
	Problem
}

// Error is the sentence.
func (m *Mistake) Error() string { return m.Text }

// Answer says the mistake to a door.
func (m *Mistake) Answer() Answer {
	problem := m.Problem
	return Answer{Text: m.Text, Problem: &problem}
}

func mistake(text string) *Mistake {
	return &Mistake{Text: text, Problem: Problem{Code: CodeUsage}}
}

// in names the argument that a mistake is about, where the error is one and names none yet.
func in(argument string, err error) error {
	if m := new(Mistake); errors.As(err, &m) && m.Argument == "" {
		m.Argument = argument
	}
	return err
}

// with gives the mistake the command's usage line and whole commands to try instead.
func (m *Mistake) with(d *Declared, suggestions ...string) *Mistake {
	if d != nil {
		m.Usage = d.Usage()
	}
	m.suggest(suggestions...)
	return m
}

// suggest adds whole commands to try instead.
func (m *Mistake) suggest(suggestions ...string) {
	for _, s := range suggestions {
		if len(s) <= maxSuggestion && len(m.Suggestions) < maxSuggestions {
			m.Suggestions = append(m.Suggestions, s)
		}
	}
}

const (
	maxSuggestions = 5
	maxSuggestion  = 300 // bytes; a longer one helps nobody
)

// String is the answer for a door that has only text: the sentence, then the usage line and what to try instead.
func (a Answer) String() string {
	if a.Problem == nil || a.Problem.Usage == "" && len(a.Problem.Suggestions) == 0 {
		return a.Text
	}
	var b strings.Builder
	b.WriteString(a.Text)
	if a.Problem.Usage != "" {
		b.WriteString("\nUsage: " + a.Problem.Usage)
	}
	for i, s := range a.Problem.Suggestions {
		if i == 0 {
			b.WriteString("\nTry:   ")
		} else {
			b.WriteString("\n       ")
		}
		b.WriteString(s)
	}
	return b.String()
}

// shown is somebody's text inside a sentence of ours: in quotes, on one line, and short.
func shown(text string) string {
	const most = 60 // runes
	text = OneLine(text)
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return "“" + text + "”"
}

// OneLine puts text on one line: each run of white space, line breaks too, becomes one space.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// series joins words as a sentence does: "a", "a and b", "a, b and c".
func series(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// count is a number with its noun: "1 other", "2 others".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
