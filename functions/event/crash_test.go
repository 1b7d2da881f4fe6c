package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/memory"
)

// outside is the way of a process that may die to everything that is not Redis.
type outside struct{ life *jobtest.Life }

func (o outside) RoundTrip(r *http.Request) (res *http.Response, err error) {
	dead := o.life.Call(r.Context(), "http "+r.URL.Path, func() { res, err = http.DefaultTransport.RoundTrip(r) })
	if dead != nil {
		if res != nil {
			_ = res.Body.Close()
		}
		return nil, dead
	}
	return res, err
}

// scene is something that happens, and what must have come of it in the end whoever died meanwhile.
type scene struct {
	rules    string
	first    func(h *hall) *event.Event // happens before, without a death; nil for nothing
	event    func(h *hall) *event.Event
	jobs     int // unfinished ones
	stopped  int
	notices  []string
	changes  int // of what is remembered as x
	outcomes []string
	now      int // commands that answer at once; one more may be when the answer was on its way
}

var scenes = map[string]scene{
	"two rules that do all they can, after a push": {
		rules: `
  - {name: a, on: "github.pull_request.*", unless: [admin], once: "{{ event.id }}", run: jenkins build, args: {SHA: "{{ event.revision }}"},
     notify: {to: [slack:C1], text: "{{ event.id }} after {{ remembered.x.value }}"}, remember: {name: x, value: "{{ event.revision }}"}}
  - {name: b, on: "github.pull_request.synchronize", if: 'remembered.x.value != event.revision', run: jenkins build,
     notify: {to: [slack:C2], text: "{{ event.id }}"}, remember: {name: y, value: "{{ event.revision }}"}}
`,
		first: func(h *hall) *event.Event { return h.pull("opened") },
		event: func(h *hall) *event.Event { return h.pull("synchronize", moved) },
		jobs:  2, stopped: 1, changes: 2,
		notices:  []string{"slack:C1 d-1 after ", "slack:C1 d-2 after " + headSHA, "slack:C2 d-2"},
		outcomes: []string{"d-1 a ran", "d-1 a told", "d-1 a remembered", "d-2 a ran", "d-2 b ran", "d-2 a told", "d-2 b told", "d-2 a remembered", "d-2 b remembered"},
	},
	"two rules that remember, one by what the other does": {
		rules: `
  - {name: a, on: "github.pull_request.*", remember: {name: x, value: "{{ event.revision }}"}}
  - {name: b, on: "github.pull_request.*", if: 'remembered.x.value != event.revision', remember: {name: y, value: "{{ event.revision }}"}}
`,
		event:   func(h *hall) *event.Event { return h.pull("opened") },
		changes: 1, outcomes: []string{"d-1 a remembered", "d-1 b remembered"},
	},
	"a rule about an end": {
		rules: `  - {name: a, on: "github.pull_request.*", run: jenkins build, notify: {to: [slack:C1], text: "{{ event.id }}"}}`,
		first: func(h *hall) *event.Event { return h.pull("opened") },
		event: func(h *hall) *event.Event { return h.pull("closed", over) },
		jobs:  1, stopped: 1,
		notices:  []string{"slack:C1 d-1", "slack:C1 d-2"},
		outcomes: []string{"d-1 a ran", "d-1 a told", "d-2 a ran", "d-2 a told"},
	},
	"a comment that is answered": {
		rules: `  - {name: info, on: github.comment, run: jenkins info}`,
		event: func(h *hall) *event.Event { return h.comment("info") },
		now:   1, notices: []string{"github:acme/app#12~5 /info: Done: jenkins info"}, outcomes: []string{"d-1 info ran"},
	},
	"a comment that is refused": {
		rules: `  - {name: info, on: github.comment, needs: [admin], run: jenkins build}`,
		event: func(h *hall) *event.Event { return h.comment("info") },
		notices: []string{
			"github:acme/app#12~5 /info: it needs admin; ann has write on acme/app, and the role release here",
		},
		outcomes: []string{"d-1 info lacking"},
	},
	"a rule that breaks, and a loop": {
		rules: `
  - {name: a, on: "github.pull_request.*", if: "int(pull_request.title) > 1", run: jenkins build}
  - {name: b, on: "github.pull_request.*", run: jenkins build}
  - {name: c, on: "github.pull_request.*", run: github pr close}
`,
		event: func(h *hall) *event.Event {
			h.gateway.answers["github pr close"] = command.Answer{Text: "No.", Problem: &command.Problem{Code: command.CodeForbidden}}
			return h.pull("opened", func(e *event.Event) { e.Cause = []string{"rule:b"} })
		},
		notices: []string{
			`slack:C0ADMIN The rule a could not act on github.pull_request.opened about github:acme/app#12: its condition could not be worked out: invalid operation: int(Make it work) (1:1)`,
			"slack:C0ADMIN The rule b was stopped at github.pull_request.opened: what it did about github:acme/app#12 led to this event, and it would go round in a circle (rule:b). It acts on what it did not set off itself; an `if` or `unless` that tells the two apart ends the circle.",
			"slack:C0ADMIN The rule c could not act on github.pull_request.opened about github:acme/app#12: No.",
		},
		outcomes: []string{"d-1 a failed", "d-1 b looped", "d-1 c refused"},
	},
}

// TestEverythingIsDoneOnceWhoeverDies: the function dies before and after each call of Redis and of the function command.
// What was to be done is done in the end, each thing once.
func TestEverythingIsDoneOnceWhoeverDies(t *testing.T) {
	t.Parallel()
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			points := s.play(t, jobtest.Death{})
			if points < 6 {
				t.Fatalf("only %d points", points)
			}
			first, step := jobtest.Stride(t, 3)
			for point := first; point <= points; point += step {
				for _, after := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d %v", point, after), func(t *testing.T) {
						t.Parallel()
						s.play(t, jobtest.Death{Point: point, After: after})
					})
				}
			}
		})
	}
}

// play plays a scene with a process that dies, then with one that lives. It returns how many points the first one passed.
func (s scene) play(t *testing.T, death jobtest.Death) int {
	t.Helper()
	rdb := jobtest.Embedded(t)
	h := newHall(t, rdb, s.rules)
	clock := jobtest.NewClock()
	if s.first != nil {
		h.lives(jobtest.NewLife(jobtest.Death{}), clock, s.first(h))
	}
	life := jobtest.NewLife(death)
	h.lives(life, clock, s.event(h))
	known, done := strings.Contains(h.noted(), `"what":"ran"`) || len(h.outcomes()) > 0, h.gateway.doneTimes()
	clock.Add(time.Minute)
	h.box = inbox.Open(rdb, event.Function, inbox.Options{Now: clock.Now})
	h.Jobs = jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	h.starts()
	h.settles()
	s.check(t, h, death)
	if known && h.gateway.doneTimes() > done {
		t.Error("done again, although it was noted")
	}
	return life.Points()
}

// lives has a process that may die deal with an event.
func (h *hall) lives(life *jobtest.Life, clock *jobtest.Clock, e *event.Event) {
	h.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: h.Redis.Options().Addr, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	d := h.makes(rdb)
	d.command = command.NewClient(h.gateway.URL, d.Keys, &http.Client{Transport: outside{life}})
	d.box = inbox.Open(rdb, event.Function, inbox.Options{Now: clock.Now})
	d.Jobs = jobtest.Open(h, rdb, job.Options{Now: clock.Now})
	if _, err := event.Put(context.Background(), inbox.Open(h.Redis, event.Function, inbox.Options{Now: clock.Now}), e); err != nil {
		h.Fatal(err)
	}
	rdb.AddHook(life) // from here on every call counts
	d.worker = inbox.NewWorker(d.box, d.work, inbox.WorkerOptions{Log: d.Log, Hold: life.Hold()})
	empty := func() bool { return h.Redis.ZCard(context.Background(), "handsoff:inbox:event:due").Val() == 0 }
	jobtest.Eventually(h, "its end, one way or the other", func() bool {
		clock.Add(2 * time.Millisecond) // a machine under load may lose a claim that lives
		return life.Dead() || empty()
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.worker.Stop(ctx); err != nil && !life.Dead() {
		h.Error(err)
	}
}

// noted is what was noted on what is unfinished.
func (h *hall) noted() string {
	h.Helper()
	var notes []string
	for _, key := range h.Redis.Keys(context.Background(), "handsoff:inbox:event:note:*").Val() {
		notes = append(notes, h.Redis.Get(context.Background(), key).Val())
	}
	return strings.Join(notes, "\n")
}

// doneTimes is how often commands that answer at once were done.
func (g *gateway) doneTimes() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	times := 0
	for _, n := range g.done {
		times += n
	}
	return times
}

func (s scene) check(t *testing.T, h *hall, death jobtest.Death) {
	t.Helper()
	stopped, running := 0, 0
	for _, open := range []bool{true, false} {
		list, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: open})
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range list {
			if j.Cancel != nil {
				stopped++
			} else {
				running++
			}
		}
	}
	if running != s.jobs || stopped != s.stopped {
		t.Errorf("%d jobs and %d stopped, not %d and %d", running, stopped, s.jobs, s.stopped)
	}
	h.wants(h.notices(), s.notices)
	got, want := h.outcomes(), slices.Clone(s.outcomes)
	slices.Sort(got)
	slices.Sort(want)
	h.wants(got, want)
	changes, _, err := memory.Since(t.Context(), h.Redis, "x", "", 100)
	if err != nil || len(changes) != s.changes {
		t.Errorf("%+v %v", changes, err)
	}
	most := s.now
	if death.Point > 0 {
		most++
	}
	if done := h.gateway.doneTimes(); done < s.now || done > most {
		t.Errorf("done %d times", done)
	}
	if known := len(h.Redis.HGetAll(t.Context(), "handsoff:subject:github:acme/app#12").Val()); known != s.jobs+s.stopped {
		t.Errorf("%d jobs of the subject are known", known)
	}
	counts, err := h.Jobs.Counts(t.Context())
	if err != nil || int(counts["rules_ran"]) != len(slices.DeleteFunc(slices.Clone(s.outcomes), func(o string) bool { return o[len(o)-4:] != " ran" })) {
		t.Errorf("%v %v", counts, err)
	}
}
