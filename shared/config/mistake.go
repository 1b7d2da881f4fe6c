package config

import (
	"fmt"
	"slices"
	"strings"
)

// Mistake is something wrong in a configuration, for people.
type Mistake struct {
	Line    int    // from 1; 0 where it is not known
	Column  int    // from 1, in characters; 0 where it is not known
	Key     string // what is wrong, "jenkins.allow[2].jobs"; empty for the file as a whole
	Text    string // why, without a full stop
	Meant   string // what was probably meant; empty when nobody can guess
	Warning bool   // it works all the same, or can be judged only where it runs
}

// Says is the mistake without its place: "jenkins.tmeout: there is no such key; perhaps you meant timeout".
func (m *Mistake) Says() string {
	text := m.Text
	if m.Key != "" {
		text = m.Key + ": " + text
	}
	if m.Meant != "" {
		text += "; perhaps you meant " + m.Meant
	}
	return legible(text)
}

// String is the mistake with its place: "line 3, column 5: jenkins.tmeout: …".
func (m *Mistake) String() string {
	switch {
	case m.Line == 0:
		return m.Says()
	case m.Column == 0:
		return fmt.Sprintf("line %d: %s", m.Line, m.Says())
	}
	return fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.Says())
}

// Mistakes are all that was found, in the order of their places.
type Mistakes []*Mistake

// InvalidError says that a configuration cannot be used.
type InvalidError struct{ Mistakes Mistakes }

// Error says up to five of the mistakes.
func (e *InvalidError) Error() string {
	const most = 5
	texts := make([]string, 0, most+1)
	for i, one := range e.Mistakes {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(e.Mistakes)-most))
			break
		}
		texts = append(texts, one.String())
	}
	return strings.Join(texts, "; ")
}

// sort puts mistakes in the order of the file.
func (m Mistakes) sort() {
	slices.SortStableFunc(m, func(a, b *Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// below is the name of something within something, "jenkins" and "url".
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
