package command

import (
	"errors"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
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

// shown is somebody's text inside a sentence of ours.
func shown(text string) string {
	const most = 60 // cells
	return chat.Quote(text, most)
}
