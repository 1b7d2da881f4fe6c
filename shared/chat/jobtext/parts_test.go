package jobtext_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

func minutes(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

func TestParts(t *testing.T) {
	t.Parallel()
	j := example(func(j *job.Job) {
		j.Parts = []job.Part{
			{Name: "preflight", State: job.PartKept, Job: "a1b2"},
			{Name: "bootstrap", State: "succeeded", Job: "k3f8", Started: minutes(-5), Ended: minutes(-3)},
			{Name: "deploy", State: "running", Job: "k3f9", Started: minutes(-3)},
			{Name: "images", State: "failed", Job: "k3fa", Note: "the disk is full", Started: minutes(-3), Ended: minutes(-2)},
			{Name: "sign", State: "confirming", Job: "k3fb", Note: "say: approve k3fb"},
			{Name: "smoke", State: job.PartSkipped},
			{Name: "clean\x1b[2J\nup"},
		}
	})
	want := []string{
		"✓ preflight  done before           a1b2",
		"✓ bootstrap  succeeded in 2 m      k3f8",
		"▶ deploy     runs, 3 m             k3f9",
		"✗ images     failed after 1 m      k3fa: the disk is full",
		"✋ sign      waits for a sign-off  k3fb: say: approve k3fb",
		"– smoke      skipped",
		"· clean up",
	}
	if got := jobtext.Parts(j, noon); !slices.Equal(got, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := jobtext.Over(j.Parts); got != "4 of 7" {
		t.Error(got)
	}
	j.State, j.Finished, j.Result = job.Failed, noon, []byte(`{"bootstrap":{"state":"succeeded"}}`)
	if end := jobtext.End(j, noon); !strings.Contains(end, "\n  "+want[1]+"\n") || strings.Contains(end, "state:") {
		t.Error(end)
	}
}

// Of many parts those around what happens now are shown, and how many there are besides.
func TestManyParts(t *testing.T) {
	t.Parallel()
	for over := range 51 {
		j := example(func(j *job.Job) {
			for i := range 50 {
				part := job.Part{Name: fmt.Sprintf("step%02d", i)}
				if i < over {
					part.State, part.Started, part.Ended = "succeeded", minutes(-2), minutes(-1)
				}
				j.Parts = append(j.Parts, part)
			}
		})
		lines := jobtext.Parts(j, noon)
		if len(lines) > 30 || strings.ContainsFunc(strings.Join(lines, ""), unicode.IsControl) {
			t.Errorf("%d over: %d lines", over, len(lines))
		}
		shown, next := strings.Join(lines, "\n")+"\n", fmt.Sprintf("step%02d", min(over, 49))
		if !strings.Contains(shown, next) {
			t.Errorf("%d over, and %s is not shown:\n%s", over, next, shown)
		}
		hidden, before := 50-strings.Count(shown, "step"), 0
		if _, err := fmt.Sscanf(lines[0], "✓ %d before", &before); err != nil {
			before = 0
		}
		after := 0
		if _, err := fmt.Sscanf(lines[len(lines)-1], "· and %d more", &after); err != nil {
			after = 0
		}
		if before+after != hidden {
			t.Errorf("%d over: %d hidden, %d and %d told\n%s", over, hidden, before, after, shown)
		}
	}
}
