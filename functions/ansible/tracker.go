package main

import (
	"slices"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/callback"
)

// Limits of what is remembered of a run.
const (
	maxHosts    = 10_000
	maxFailures = 50
	maxNamed    = 20 // hosts that a checkpoint and a sentence name
)

// tally is what a host did.
type tally struct {
	OK          int `json:"ok"`
	Changed     int `json:"changed"`
	Unreachable int `json:"unreachable"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
}

// bad reports whether the host has to be tried again.
func (t tally) bad() bool { return t.Failed > 0 || t.Unreachable > 0 }

// failure is one task that went wrong on one host.
type failure struct {
	Host    string `json:"host"`
	Task    string `json:"task"`
	Message string `json:"message"`
	Away    bool   `json:"away,omitempty"` // the host was not reached
}

// question is a value that a playbook asks for at a terminal.
type question struct{ name, text string }

// place is where a run has come to, kept in the checkpoint: the evidence, should its function die.
type place struct {
	Task  string   `json:"task,omitempty"`
	Play  string   `json:"play,omitempty"`
	N     int      `json:"n,omitempty"`
	Of    int      `json:"of,omitempty"`
	Hosts []string `json:"hosts,omitempty"` // at work on that task, somewhere else than on this machine; at most maxNamed
	More  int      `json:"more,omitempty"`  // how many else
	Here  []string `json:"here,omitempty"`  // likewise, on this machine
	Last  string   `json:"last,omitempty"`  // the host that told something last
}

// tracker follows a run by its events.
type tracker struct {
	mu       sync.Mutex
	began    time.Time
	plays    int
	tasks    int // known beforehand
	n        int // begun
	extra    int // begun without having been counted
	task     string
	play     string
	last     string
	doing    map[string]bool // host → whether its work is done on this machine
	hosts    map[string]tally
	stats    map[string]tally
	failures []failure
	asked    *question
	nobody   bool
	ended    bool
	hide     func(string) string
}

func newTracker(began time.Time, hide func(string) string) *tracker {
	return &tracker{began: began, doing: map[string]bool{}, hosts: map[string]tally{}, stats: map[string]tally{}, hide: hide}
}

// take notes one event.
func (t *tracker) take(e callback.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Name, e.Task, e.Message, e.Host = t.hide(e.Name), t.hide(e.Task), t.hide(e.Message), t.hide(e.Host)
	switch e.Kind {
	case callback.Playbook:
		t.plays, t.tasks = e.Plays, e.Tasks
	case callback.Prompt:
		if !e.Default && t.asked == nil {
			t.asked = &question{plain(e.Name), plain(e.Message)}
		}
	case callback.Play:
		t.play = plain(e.Name)
	case callback.Nobody:
		t.nobody = true
	case callback.Task:
		t.begin(e)
	case callback.Start:
		if len(t.doing) < maxHosts {
			t.doing[e.Host] = e.Here
		}
	case callback.OK, callback.Skipped, callback.Failed, callback.Unreachable:
		t.result(e)
	case callback.Stats:
		if len(t.stats) < maxHosts {
			t.stats[e.Host] = tally{OK: e.OK, Changed: e.ChangedAll, Unreachable: e.Unreachable, Failed: e.Failures, Skipped: e.Skipped}
		}
	case callback.End:
		t.ended = true
	}
}

func (t *tracker) begin(e callback.Event) {
	t.n++
	if e.Extra {
		t.extra++
	}
	t.task = plain(e.Name)
	clear(t.doing) // a host whose result never came has been given up by Ansible
}

func (t *tracker) result(e callback.Event) {
	delete(t.doing, e.Host)
	t.last = e.Host
	sum, known := t.hosts[e.Host]
	if !known && len(t.hosts) >= maxHosts {
		return
	}
	switch e.Kind {
	case callback.OK:
		sum.OK++
		if string(e.Changed) == "true" {
			sum.Changed++
		}
	case callback.Skipped:
		sum.Skipped++
	case callback.Failed:
		if e.Ignored {
			sum.OK++
			break
		}
		sum.Failed++
		t.fail(e)
	case callback.Unreachable:
		sum.Unreachable++
		t.fail(e)
	}
	t.hosts[e.Host] = sum
}

func (t *tracker) fail(e callback.Event) {
	if len(t.failures) < maxFailures {
		t.failures = append(t.failures, failure{
			Host: plain(e.Host), Task: plain(e.Task), Message: plain(e.Message), Away: e.Kind == callback.Unreachable,
		})
	}
}

// place is where it stands now.
func (t *tracker) place() place {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := place{Task: t.task, Play: t.play, N: t.n, Of: max(t.n, t.tasks+t.extra), Last: t.last}
	for _, host := range sorted(t.doing) {
		switch {
		case t.doing[host] && len(at.Here) < maxNamed:
			at.Here = append(at.Here, host)
		case !t.doing[host] && len(at.Hosts) < maxNamed:
			at.Hosts = append(at.Hosts, host)
		default:
			at.More++
		}
	}
	return at
}

// outcome is what hosts came to: by the playbook's own reckoning, if it came to its end, else by what was seen. A task that
// failed and was rescued counts as failed only in the latter.
func (t *tracker) outcome() (hosts map[string]tally, failed []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	hosts = t.hosts
	if t.ended {
		hosts = t.stats
	}
	for host, sum := range hosts {
		if sum.bad() {
			failed = append(failed, host)
		}
	}
	slices.Sort(failed)
	return hosts, failed
}

// trouble lists what went wrong on hosts that ended badly.
func (t *tracker) trouble(failed []string) []failure {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []failure
	for _, f := range t.failures {
		if _, found := slices.BinarySearch(failed, f.Host); found {
			list = append(list, f)
		}
	}
	return list
}

// prompted is what it asked for and nobody can answer; nil for nothing.
func (t *tracker) prompted() *question {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

// deserted reports whether a play found no host.
func (t *tracker) deserted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.nobody && len(t.hosts) == 0
}
