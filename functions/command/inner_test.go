package main

import (
	"strings"
	"testing"
)

// Whoever is to confirm a batch sees its lines, each with its own secrets masked; the job's text has none of them.
func TestWhoConfirmsABatchSeesItsLines(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	answer := b.say("telnet:ann", "batch 'tea brew mint password=t0psecret,tea brew,tea taste sage'")
	id := answer.Job
	want := id + " waits for you to confirm; say: approve " + id + ", or: reject " + id + "\nbatch ***\n  tea brew mint password=***\n  tea brew …\n  tea taste sage"
	if answer.Text != want {
		t.Errorf("%s, not %s", answer.Text, want)
	}
	if j, err := b.platform.Jobs.Get(t.Context(), id); err != nil || j.Text != "batch ***" {
		t.Error(j, err)
	}
	long := b.say("telnet:ann", "batch '"+strings.Repeat("tea taste sage,", 150)+"tea taste mint'").Text
	if n := strings.Count(long, "\n"); n > innerLines+2 || !strings.Contains(long, "…") {
		t.Error(n, long)
	}
}
