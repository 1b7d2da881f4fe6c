package template

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
)

// Fault is a mistake in the configuration's templates, for people.
type Fault struct {
	Template string // its name; empty when it has none
	Line     int    // in the configuration file; 0 when unknown
	Text     string // a sentence: what is wrong and what to write
}

// String is the fault with its place: "line 12, template small: there is no …".
func (f Fault) String() string {
	var place []string
	if f.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Template != "" {
		place = append(place, "template "+f.Template)
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
