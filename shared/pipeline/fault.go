package pipeline

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
)

// Fault is a mistake in the configuration's pipelines, for people.
type Fault struct {
	Pipeline string // its name; empty when it has none
	Step     string // the step's; empty where it is none's
	Line     int    // in the configuration file; 0 when unknown
	Text     string // a sentence: what is wrong and what to write
}

// String is the fault with its place: "line 12, pipeline nightly, step deploy: there is no …".
func (f Fault) String() string {
	var place []string
	if f.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Pipeline != "" {
		place = append(place, "pipeline "+f.Pipeline)
	}
	if f.Step != "" {
		place = append(place, "step "+f.Step)
	}
	if len(place) == 0 {
		return f.Text
	}
	return strings.Join(place, ", ") + ": " + f.Text
}

// faultOf is an error as a fault, at its own line where it has one.
func faultOf(line int, err error) Fault {
	at, text := config.Place(line, err)
	return Fault{Line: at, Text: chat.OneLine(text)}
}
