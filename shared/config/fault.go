package config

import (
	"fmt"
	"strings"
	"unicode"
)

// Fault is a mistake in one entry of a section, such as a rule, for people. The other entries work.
type Fault struct {
	Kind    string // what the entry is: "rule"
	Name    string // the entry's; empty when it has none
	Part    string // which part of it, "step deploy"; empty for the whole
	Line    int    // in the configuration file; 0 when unknown
	Text    string // a sentence: what is wrong and what to write
	Warning bool   // the entry works all the same; otherwise it is left out
}

// FaultOf is an error as a fault, at its own line where it has one.
func FaultOf(line int, err error) Fault {
	at, text := Place(line, err)
	return Fault{Line: at, Text: legible(text)}
}

// String is the fault with its place: "line 12, pipeline nightly, step deploy: there is no …".
func (f Fault) String() string {
	var place []string
	if f.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Name != "" {
		place = append(place, f.Kind+" "+f.Name)
	}
	if f.Part != "" {
		place = append(place, f.Part)
	}
	if len(place) == 0 {
		return legible(f.Text)
	}
	return legible(strings.Join(place, ", ") + ": " + f.Text)
}

// legible is a text on one line without what cannot be seen, such as control characters and those that reorder text: names in a
// configuration may have them, and it is shown in terminals and logs.
func legible(text string) string {
	shown := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}
