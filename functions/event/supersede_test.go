package main

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// moved is an event with which its subject has another head.
func moved(e *event.Event) { e.Moved, e.Revision = true, nextSHA }

func over(e *event.Event) { e.Over = true }

// TestWhatIsPointlessIsStopped: a push stops what runs for another head, an end stops all, but for what outlives it.
func TestWhatIsPointlessIsStopped(t *testing.T) {
	t.Parallel()
	const rules = `
  - {name: short, on: [github.pull_request.opened, gerrit.patchset-created], run: jenkins build}
  - {name: long, on: [github.pull_request.opened, gerrit.patchset-created], run: jenkins build, outlives: true}
`
	merged := func(e *event.Event) { e.Payload = []byte(`{"pull_request":{"merged":true}}`) }
	for name, test := range map[string]struct {
		next   func(h *hall) *event.Event
		reason string // empty: nothing is stopped
		by     string
	}{
		"a push":    {func(h *hall) *event.Event { return h.pull("synchronize", moved) }, "a new push made it pointless: the head is now 9988776", "github:7"},
		"a close":   {func(h *hall) *event.Event { return h.pull("closed", over) }, "the pull request was closed", "github:7"},
		"a merge":   {func(h *hall) *event.Event { return h.pull("closed", over, merged) }, "the pull request was merged", "github:7"},
		"by nobody": {func(h *hall) *event.Event { return h.pull("closed", over, by("", "")) }, "the pull request was closed", "bot:event"},
		"the same": {func(h *hall) *event.Event {
			return h.pull("synchronize", moved, func(e *event.Event) { e.Revision = headSHA })
		}, "", ""},
		"no move": {func(h *hall) *event.Event { return h.pull("labeled") }, "", ""},
		"another PR": {func(h *hall) *event.Event {
			return h.pull("closed", over, func(e *event.Event) { e.Subject = "github:acme/app#1" })
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
				h := newHall(t, rdb, rules)
				h.starts()
				h.happens(h.pull("opened"))
				h.happens(test.next(h))
				checkStopped(t, h, test.reason, test.by)
			})
		})
	}
	for name, test := range map[string]struct {
		next   func(h *hall) *event.Event
		reason string
	}{
		"a patch set": {func(h *hall) *event.Event { return h.patch("wip-state-changed", moved) }, "a new patch set made it pointless: the head is now 9988776"},
		"abandoned":   {func(h *hall) *event.Event { return h.patch("change-abandoned", over) }, "change 4711 was abandoned"},
		"merged":      {func(h *hall) *event.Event { return h.patch("change-merged", over) }, "change 4711 was merged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
				h := newHall(t, rdb, rules)
				h.starts()
				h.happens(h.patch("patchset-created"))
				h.happens(test.next(h))
				checkStopped(t, h, test.reason, "gerrit:review/1000012")
			})
		})
	}
}

// checkStopped: of a short and a long job the short one was stopped for a reason, or none was.
func checkStopped(t *testing.T, h *hall, reason, by string) {
	t.Helper()
	known, err := event.JobsOf(t.Context(), h.Redis, h.subjectOf())
	if err != nil || len(known) != 2 {
		t.Fatal(known, err)
	}
	for _, s := range known {
		j, err := h.Jobs.Get(t.Context(), s.Job)
		if err != nil {
			t.Fatal(err)
		}
		switch stopped := j.Cancel != nil; {
		case stopped != (s.Rule == "short" && reason != ""):
			t.Errorf("%s: %v", s.Rule, j.Cancel)
		case stopped && (j.Cancel.Reason != reason || j.Cancel.By != by):
			t.Errorf("%+v, not %q by %s", j.Cancel, reason, by)
		}
	}
}

// subjectOf is the one subject that has jobs.
func (h *hall) subjectOf() string {
	h.Helper()
	keys := h.Redis.Keys(context.Background(), "handsoff:subject:*").Val()
	if len(keys) != 1 {
		h.Fatal(keys)
	}
	return keys[0][len("handsoff:subject:"):]
}

// TestWhatComesLateStopsNothing: an old push that GitHub sends again after the newer one, or an end before a reopening, leaves
// what was started since alone.
func TestWhatComesLateStopsNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: short, on: github.pull_request.opened, run: jenkins build}
  - {name: long, on: github.pull_request.opened, run: jenkins build}
`)
		h.starts()
		h.happens(h.pull("opened"))
		earlier := func(e *event.Event) { e.At = e.At.Add(-time.Hour) }
		h.happens(h.pull("synchronize", moved, earlier))
		h.happens(h.pull("closed", over, earlier))
		checkStopped(t, h, "", "")
	})
}

// TestWhoClosesIsNotStoppedByTheClose: the event that a job's own act sets off leaves that job alone, and stops the others.
func TestWhoClosesIsNotStoppedByTheClose(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "  - {name: guard, on: github.pull_request.opened, run: jenkins build}\n  - {name: verify, on: github.pull_request.opened, run: jenkins build}\n")
		h.starts()
		h.happens(h.pull("opened"))
		made, err := event.JobsOf(t.Context(), h.Redis, "github:acme/app#12")
		if err != nil || len(made) != 2 {
			t.Fatal(made, err)
		}
		h.happens(h.pull("closed", over, func(e *event.Event) { e.Author.Self, e.Cause = true, []string{"job:" + made[0].Job} }))
		for i, s := range made {
			j, err := h.Jobs.Get(t.Context(), s.Job)
			if err != nil || j.State.Final() == (i == 0) {
				t.Errorf("%d: %s %v", i, j.State, err)
			}
		}
	})
}

// TestAMoveStartsAnew: the event that stops what ran for the old head starts what runs for the new one.
func TestAMoveStartsAnew(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify)
		h.starts()
		h.happens(h.pull("opened"))
		h.happens(h.pull("synchronize", moved))
		open := h.open()
		if len(open) != 1 || open[0].Why.Cause[1] != "event:d-2" || open[0].Cancel != nil {
			t.Error(open)
		}
	})
}
