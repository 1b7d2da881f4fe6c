package jobs

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// TestWhatWasToldAtOnceIsOneEntry, with the space at the beginning of its lines; states stand by themselves.
func TestWhatWasToldAtOnceIsOneEntry(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	j := &job.Job{Principal: "telnet:ann", State: job.Failed, Error: "it broke", Created: at, Started: at, Finished: at.Add(2 * time.Second)}
	told := []job.Line{{At: at, Text: "it waits"}, {At: at.Add(time.Second), Text: "The last lines:"}, {At: at.Add(time.Second), Text: "  42 |   teapot"}}
	want := []string{"telnet:ann asked for it", "It began", "it waits", "The last lines:\n  42 |   teapot", "It ended: failed; because: it broke"}
	list := timeline(j, told, sees{Asked: true, Output: true})
	if len(list) != len(want) {
		t.Fatalf("%+v", list)
	}
	for i, e := range list {
		if e.Text != want[i] {
			t.Errorf("%d is %q, not %q", i, e.Text, want[i])
		}
	}
}

// Whose time limit stopped a job is said: its own, or that of a job that led to it.
func TestATimeLimitAsksForAStop(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for by, want := range map[string]string{
		"deadline": "its time limit asked it to stop", "deadline:a1b2": "the time limit of a1b2 asked it to stop",
	} {
		j := &job.Job{Principal: "telnet:ann", State: job.Cancelling, Created: at, Cancel: &job.CancelRequest{By: by, At: at.Add(time.Second)}}
		if list := timeline(j, nil, sees{Output: true}); len(list) != 2 || list[1].Text != want {
			t.Errorf("%+v", list)
		}
	}
}
