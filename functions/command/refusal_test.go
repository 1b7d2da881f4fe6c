package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// TestRefusalsDoNotWashTheTrailAway: who asks for what they may not again and again is audited 60 times an hour, and refused each time.
func TestRefusalsDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 70 {
		if answer := b.say("telnet:vic", "tea brew mint"); answer.Problem == nil {
			t.Fatal(answer)
		}
	}
	list, err := b.platform.Jobs.AuditTail(t.Context(), 1000)
	if err != nil || len(list) != 60 {
		t.Errorf("%d entries: %v", len(list), err)
	}
	if all, over := b.count("refused_role"), b.count("refused_unaudited"); all != 70 || over != 10 {
		t.Errorf("%d refusals are counted, %d of them not audited", all, over)
	}
}

// TestStrangersAreCounted: the trail has the first refusal of who has no role at all; each is in a stream of its own.
func TestStrangersAreCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 7 {
		if answer := b.say("telnet:mallory", "tea brew mint"); answer.Problem == nil {
			t.Fatal(answer)
		}
	}
	list, err := b.platform.Jobs.AuditTail(t.Context(), 1000)
	if err != nil || len(list) != 1 || list[0].Who != "telnet:mallory" {
		t.Errorf("%v %v", list, err)
	}
	if n := b.platform.Redis.XLen(t.Context(), job.StrangersKey).Val(); n != 7 {
		t.Errorf("%d have an entry of their own", n)
	}
}
