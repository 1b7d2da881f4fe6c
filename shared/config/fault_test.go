package config_test

import (
	"errors"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

// TestWhatIsWrongIsLegible, whatever the configuration has in its names: no terminal obeys it, and no line of a log ends early.
func TestWhatIsWrongIsLegible(t *testing.T) {
	t.Parallel()
	const name = "a\x1b[2J\r\n\u202eb\u0085c"
	for got, want := range map[string]string{
		config.Fault{Kind: "pipeline", Name: name, Part: "step " + name, Line: 3, Text: name}.String(): "line 3, pipeline a [2J b c, step a [2J b c: a [2J b c",
		config.Fault{Text: name}.String():                                                             "a [2J b c",
		config.FaultOf(2, errors.New(name)).Text:                                                      "a [2J b c",
		(&config.Mistake{Line: 2, Key: name, Text: name, Meant: name}).String():                       "line 2: a [2J b c: a [2J b c; perhaps you meant a [2J b c",
		(&config.InvalidError{Mistakes: config.Mistakes{{Key: "größe", Text: "„ä“ is “ß”"}}}).Error(): "größe: „ä“ is “ß”",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
