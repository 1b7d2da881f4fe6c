package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/callback"
)

func fed(events ...callback.Event) *tracker {
	t := newTracker(time.Unix(1000, 0), func(text string) string { return strings.ReplaceAll(text, "hunter2", "***") })
	for _, e := range events {
		t.take(e)
	}
	return t
}

func TestTrackerProgress(t *testing.T) {
	t.Parallel()
	run := fed(
		callback.Event{Kind: callback.Playbook, Plays: 2, Tasks: 4},
		callback.Event{Kind: callback.Play, Name: "web"},
		callback.Event{Kind: callback.Task, Name: "install hunter2"},
		callback.Event{Kind: callback.Start, Host: "a", Here: true},
		callback.Event{Kind: callback.Start, Host: "b"},
		callback.Event{Kind: callback.Start, Host: "c"},
		callback.Event{Kind: callback.OK, Host: "a", Changed: []byte("true")},
		callback.Event{Kind: callback.Unreachable, Host: "c", Task: "install", Message: "no route"},
	)
	now := time.Unix(1010, 0)
	p := run.progress(now, time.Minute)
	if p.Percent != 0 || !p.ETA.Equal(time.Unix(1060, 0)) || p.Line != "task 1 of ~4: install *** (web) · 1 host ok (1 changed), 1 unreachable" {
		t.Errorf("%+v", p)
	}
	if at := run.place(); fmt.Sprint(at.Hosts, at.Here) != "[b] []" || at.where() != `at task 1 of ~4, "install ***", on b` {
		t.Errorf("%+v %s", at, at.where())
	}
	run.take(callback.Event{Kind: callback.Task, Name: "restart", Extra: true})
	if p := run.progress(now, 5*time.Second); p.Percent != 20 || !p.ETA.IsZero() || !strings.HasPrefix(p.Line, "task 2 of ~5: restart") {
		t.Errorf("%+v", p)
	}
	for range 9 {
		run.take(callback.Event{Kind: callback.Task, Name: "included"})
	}
	if p := run.progress(now, 0); p.Percent > almost || !strings.HasPrefix(p.Line, "task 11 of ~11: included") {
		t.Errorf("%+v", p)
	}
}

// A task that failed and was rescued is no failure when the playbook came to its end, and an ignored one never is.
func TestTrackerOutcome(t *testing.T) {
	t.Parallel()
	run := fed(
		callback.Event{Kind: callback.Failed, Host: "a", Task: "x", Message: "hunter2"},
		callback.Event{Kind: callback.Failed, Host: "b", Ignored: true},
	)
	if _, failed := run.outcome(); fmt.Sprint(failed) != "[a]" {
		t.Error(failed)
	}
	if trouble := run.trouble([]string{"a"}); len(trouble) != 1 || trouble[0].Message != "***" {
		t.Errorf("%+v", trouble)
	}
	for _, host := range []string{"a", "b"} {
		run.take(callback.Event{Kind: callback.Stats, Host: host, OK: 2, ChangedAll: 1})
	}
	run.take(callback.Event{Kind: callback.End})
	hosts, failed := run.outcome()
	if len(failed) > 0 || hosts["a"] != (tally{OK: 2, Changed: 1}) {
		t.Errorf("%+v %v", hosts, failed)
	}
}

func TestTrackerIsBounded(t *testing.T) {
	t.Parallel()
	run := fed()
	for i := range 3 * maxHosts {
		host := fmt.Sprint("h", i)
		run.take(callback.Event{Kind: callback.Start, Host: host})
		run.take(callback.Event{Kind: callback.Stats, Host: host})
		run.take(callback.Event{Kind: callback.Failed, Host: host, Message: strings.Repeat("x", 5000)})
		run.take(callback.Event{Kind: callback.Start, Host: host})
	}
	if len(run.hosts) > maxHosts || len(run.stats) > maxHosts || len(run.doing) > maxHosts || len(run.failures) > maxFailures {
		t.Error(len(run.hosts), len(run.stats), len(run.doing), len(run.failures))
	}
	if at := run.place(); len(at.Hosts) != maxNamed || at.More != maxHosts-maxNamed {
		t.Error(len(at.Hosts), at.More)
	}
}
