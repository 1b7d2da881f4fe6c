package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What came from outside and could not be dealt with is not out of sight.
func TestStatusCountsWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	s := newTalk(t, rdb)
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	status := func() string {
		answer, err := s.say("telnet:vic", "status")
		if err != nil {
			t.Fatal(err)
		}
		return answer.Text
	}
	if text := status(); strings.Contains(text, "given up") {
		t.Error(text)
	}
	box := inbox.Open(rdb, "slack", inbox.Options{GiveUp: time.Nanosecond})
	worker := inbox.NewWorker(box, func(context.Context, *inbox.Claim) error { return errors.New("no such channel") }, inbox.WorkerOptions{})
	if _, err := box.Put(t.Context(), inbox.Delivery{ID: "Ev1", Kind: "event"}, nil); err != nil {
		t.Fatal(err)
	}
	jobtest.Eventually(t, "the delivery to be given up", func() bool {
		worker.Kick()
		dead, err := inbox.Dead(t.Context(), rdb)
		return err == nil && dead["slack"] == 1
	})
	if err := worker.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := status(); !strings.Contains(text, "given up   1 of slack; the log and the audit say why") {
		t.Error(text)
	}
}
