package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestRefusalsDoNotWashTheTrailAway: who presses what they may not again and again is audited 60 times an hour.
func TestRefusalsDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	s := newTalk(t, rdb)
	id, err := s.accept("telnet:ann", "demo run", nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := func() (n int) {
		list, err := s.desk.jobs.AuditTail(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Act == "refused" {
				n++
			}
		}
		return n
	}
	for who, want := range map[string]int{"telnet:vic": 60, "telnet:mallory": 1} { // mallory has no role at all
		before := refused()
		for range 70 {
			if answer, err := s.say(who, "cancel "+id); err != nil || answer.Problem == nil {
				t.Fatal(answer, err)
			}
		}
		if n := refused() - before; n != want {
			t.Errorf("%d refusals of %s are audited, not %d", n, who, want)
		}
	}
}
