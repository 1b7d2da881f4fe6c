package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
)

// TestWhatIsDeclaredIsThere: stack.yml and the function have the same commands, and a payload can be typed.
func TestWhatIsDeclaredIsThere(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	h := newHall(t, rdb, verify)
	if err := h.withGerrit(); err != nil {
		t.Fatal(err)
	}
	catalogue := functiontest.Declared(t, "event", &function.Parts{Calls: h.calls(), Steps: h.steps()})
	for line, payload := range map[string]string{
		`rules test verify d-1`: "d-1",
		`rules test verify '{"type": "change-merged", "n": [1, 2]}' topic=gerrit.change-merged`: `{"type": "change-merged", "n": [1, 2]}`,
	} {
		parsed, err := catalogue.Parse(line)
		if err != nil || command.Values(parsed.Args).String("event") != payload {
			t.Errorf("%s: %+v %v", line, parsed, err)
		}
	}
}
