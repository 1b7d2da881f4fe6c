package config

import (
	"fmt"
	"strings"
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
	return Fault{Line: at, Text: strings.Join(strings.Fields(text), " ")}
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
		return f.Text
	}
	return strings.Join(place, ", ") + ": " + f.Text
}
