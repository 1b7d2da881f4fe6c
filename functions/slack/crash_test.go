package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
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

// scene is something that happens in Slack, and what must have come of it in the end whoever died meanwhile.
type scene struct {
	media string
	body  func(tb testing.TB, h *hall) string
	jobs  int
	told  string // what is told, once or, after a death, twice; empty for nothing
}

var scenes = map[string]scene{
	"a slash command": {
		media: inForm, told: "You said hello",
		body: func(_ testing.TB, h *hall) string { return aSlash(h.slack.hook(), "U0ANN", "1.2.3", "hello") },
	},
	"a job": {
		media: inForm, jobs: 1,
		body: func(_ testing.TB, h *hall) string { return aSlash(h.slack.hook(), "U0GRO", "1.2.3", "run it") },
	},
	"a mention": {
		media: inJSON, told: "You said hello",
		body: func(testing.TB, *hall) string { return anEvent("Ev1", inOps("U0ANN", laterTS, "<@U0BOT> hello")) },
	},
	"a job of a mention": {
		media: inJSON, jobs: 1,
		body: func(testing.TB, *hall) string { return anEvent("Ev1", inOps("U0ANN", laterTS, "<@U0BOT> run it")) },
	},
	"a word in a thread": {
		media: inJSON, told: "You said stop",
		body: func(testing.TB, *hall) string {
			return anEvent("Ev1", inOps("U0ANN", laterTS, "stop", `"thread_ts":"`+rootTS+`"`))
		},
	},
	"a click": {
		media: inForm, told: "You said log",
		body: func(tb testing.TB, h *hall) string {
			return aClick(tb, h, "U0ANN", "1.2.3", onCard, card.Button(1, "Log", card.Action{Command: "log", Args: map[string]any{"id": "k3f7"}}))
		},
	},
}

// TestNothingIsLostWhoeverDies: the function dies before and after each call of Redis and of the outside. Then
// there is one job for one message, what was asked is answered, and a command that answers at once is not done again once
// its answer is known.
func TestNothingIsLostWhoeverDies(t *testing.T) {
	t.Parallel()
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			points := s.play(t, jobtest.Death{})
			if points < 4 {
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
	h := idleHall(t, rdb)
	thread := slack.Place{Channel: "C0OPS", Thread: rootTS}
	if err := slack.RememberThread(t.Context(), rdb, thread, "k3f7", true, time.Hour); err != nil {
		t.Fatal(err)
	}
	clock := jobtest.NewClock()
	body := s.body(t, h)
	life := jobtest.NewLife(death)
	taken := h.dies(life, clock, s.media, body)
	done := h.desk.repeats()
	known := h.slack.saidCount() > 0 || strings.Contains(h.progress(rdb), `"answer"`)

	clock.Add(time.Minute)
	h.door.box = inbox.Open(rdb, "slack", inbox.Options{Now: clock.Now})
	h.Jobs = jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	h.starts()
	if !taken { // Slack tries again
		h.sends(s.media, body)
	}
	h.settles()
	s.check(t, h, death, known, done)
	return life.Points()
}

// dies has a process that may die take a request and deal with it. It reports whether the request was taken.
func (h *hall) dies(life *jobtest.Life, clock *jobtest.Clock, media, body string) bool {
	h.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: h.Redis.Options().Addr, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	d := h.makes(rdb)
	app, err := slack.New(d.section, botToken, slack.Options{Redis: rdb, Transport: outside{life}})
	if err != nil {
		h.Fatal(err)
	}
	d.app, d.people.app = app, app
	d.command = command.NewClient(h.desk.URL, d.Keys, &http.Client{Transport: outside{life}})
	d.box = inbox.Open(rdb, "slack", inbox.Options{Now: clock.Now})
	d.Jobs = jobtest.Open(h, rdb, job.Options{Now: clock.Now})
	rdb.AddHook(life) // from here on every call counts
	d.worker = inbox.NewWorker(d.box, d.handle, inbox.WorkerOptions{Log: d.Log, Hold: life.Hold()})
	mortal := &hall{TB: h.TB, handler: function.NewHandler(d.Platform, d.parts())}
	w := mortal.post(media, body, signed(oldSecret, body, time.Now()))
	jobtest.Eventually(h, "its end, one way or the other", func() bool {
		clock.Add(2 * time.Millisecond) // a machine under load may lose a claim that lives
		return life.Dead() || w.Code == http.StatusOK && h.waits() == 0
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.stop(ctx); err != nil && !life.Dead() {
		h.Error(err)
	}
	return w.Code == http.StatusOK
}

// progress is what was noted on what is unfinished.
func (h *hall) progress(rdb *redis.Client) string {
	h.Helper()
	var notes []string
	for _, key := range rdb.Keys(context.Background(), "handsoff:inbox:slack:note:*").Val() {
		notes = append(notes, rdb.Get(context.Background(), key).Val())
	}
	return strings.Join(notes, "\n")
}

func (s scene) check(t *testing.T, h *hall, death jobtest.Death, known bool, done int) {
	t.Helper()
	jobs, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: true})
	if err != nil || len(jobs) != s.jobs {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	said := h.slack.said()
	most := 1
	if death.Point > 0 {
		most = 2
	}
	if s.told == "" && len(said) > 0 || s.told != "" && (len(said) < 1 || len(said) > most || !strings.Contains(said[0], s.told)) {
		t.Errorf("said %q", said)
	}
	if known && h.desk.repeats() > done {
		t.Error("done again, although the answer was known")
	}
	if s.jobs == 0 && h.desk.repeats() > most {
		t.Errorf("done %d times", h.desk.repeats())
	}
}
