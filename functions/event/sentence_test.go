package main

import "testing"

// What a person reads begins with a capital and has one full stop.
func TestAnErrorIsASentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"read change 7: not found": "Read change 7: not found.", "Down.": "Down.", "": ".", "été": "Été.",
	} {
		if got := fullStop(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
