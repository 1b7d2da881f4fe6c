package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
)

// TestWhatIsDeclaredIsThere: stack.yml and the function have the same commands, and lines with a mark are ours.
func TestWhatIsDeclaredIsThere(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	p := functiontest.On(t, rdb, functiontest.Place{Function: "ptg", Secrets: map[string]string{function.ConfigSecret: "ptg: {}"}})
	parts, err := setUp(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = parts.Stop(t.Context()) })
	catalogue := functiontest.Declared(t, "ptg", parts)
	for line, words := range map[string]string{
		"#nova now Cells": "ptg", "+in #nova": "ptg", "~newday": "ptg", "in #nova": "ptg in", "ptg in #nova": "ptg in", "ptg nova now x": "ptg",
		"ptg event new fall 'Fall 2026' zone=Europe/Berlin": "ptg event new", "ptg event set zone=UTC": "ptg event set",
	} {
		parsed, err := catalogue.Parse(line)
		if err != nil || parsed.Command.Words != words {
			t.Errorf("%s: %+v %v", line, parsed, err)
		}
	}
	parsed, err := catalogue.Parse("ptg apply newday fall")
	if err != nil || !strings.Contains(parsed.Request().Signoff.Role, "requester") {
		t.Errorf("a deed needs nobody's word: %+v %v", parsed, err)
	}
}
