package rule

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
)

// Fault is a mistake in the configuration's rules, for people.
type Fault struct {
	Name    string // the rule's; empty when it has none
	Line    int    // in the configuration file; 0 when unknown
	Text    string // a sentence: what is wrong and what to write
	Warning bool   // the rule works all the same; otherwise it was skipped
}

// String is the fault with its place: "line 12, rule verify: there is no …".
func (f Fault) String() string {
	var place []string
	if f.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Name != "" {
		place = append(place, "rule "+f.Name)
	}
	if len(place) == 0 {
		return f.Text
	}
	return strings.Join(place, ", ") + ": " + f.Text
}

// faultOf is an error as a fault, at its own line where it has one.
func faultOf(name string, line int, err error) Fault {
	at, text := config.Place(line, err)
	return Fault{Name: name, Line: at, Text: text}
}
