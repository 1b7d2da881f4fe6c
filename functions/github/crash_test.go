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
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// outside is the way of a process that may die to everything that is not Redis.
type outside struct{ life *jobtest.Life }

func (o outside) RoundTrip(r *http.Request) (res *http.Response, err error) {
	dead := o.life.Call(r.Context(), r.Method+" "+r.URL.Path, func() { res, err = http.DefaultTransport.RoundTrip(r) })
	if dead != nil {
		if res != nil {
			_ = res.Body.Close()
		}
		return nil, dead
	}
	return res, err
}

// scenes are what happens at GitHub, with what must have come of it in the end whoever died meanwhile.
var scenes = map[string]struct {
	says     string
	commands int    // for the rules
	replies  int    // said, exactly
	asked    string // of the function command; at least once
}{
	"words":        {says: "Looks good."},
	"a command":    {says: "/build", commands: 1},
	"a question":   {says: "/why k3f7", replies: 1, asked: "why"},
	"some of each": {says: "/build a\n/help\n/why k3f7", commands: 1, replies: 1, asked: "why"},
}

// TestNothingIsLostWhoeverDies: the function dies before and after each call of Redis and of the outside. Then the rules
// have each event and each command once, and each comment is answered once.
func TestNothingIsLostWhoeverDies(t *testing.T) {
	t.Parallel()
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := idleHall(t, jobtest.Embedded(t))
			points := h.play(t, jobtest.Death{}, s.says)
			if points < 4 {
				t.Fatalf("only %d points", points)
			}
			h.check(t, s.commands, s.replies, s.asked)
			first, step := jobtest.Stride(t, 3)
			for point := first; point <= points; point += step {
				for _, after := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d %v", point, after), func(t *testing.T) {
						h := idleHall(t, jobtest.Embedded(t))
						h.play(t, jobtest.Death{Point: point, After: after}, s.says)
						h.check(t, s.commands, s.replies, s.asked)
					})
				}
			}
		})
	}
}

// play has somebody comment to a process that may die, then has one that lives go on. It returns how many points the first
// one passed.
func (h *hall) play(t *testing.T, death jobtest.Death, says string) int {
	t.Helper()
	h.TB = t
	clock := jobtest.NewClock()
	life := jobtest.NewLife(death)
	h.dies(life, clock, says)
	clock.Add(time.Minute)
	h.door = h.makes(h.client, nil)
	h.door.box = inbox.Open(h.client, "github", inbox.Options{KeepDone: keepDone, MaxBody: largest, Now: clock.Now})
	h.lapse()
	h.starts()
	h.redeliver("issue_comment")
	h.settles()
	return life.Points()
}

// lapse ends what a process that died held at GitHub.
func (h *hall) lapse() {
	ctx := context.Background()
	keys, err := h.client.Keys(ctx, "handsoff:pace:github*").Result()
	h.must(err)
	for _, key := range keys {
		h.must(h.client.Del(ctx, key).Err())
	}
}

// dies has a process that may die take a comment and deal with it.
func (h *hall) dies(life *jobtest.Life, clock *jobtest.Clock, says string) {
	rdb := redis.NewClient(&redis.Options{Addr: h.client.Options().Addr, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	d := h.makes(rdb, outside{life})
	d.command = command.NewClient(h.desk.URL, d.Keys, &http.Client{Transport: outside{life}})
	d.box = inbox.Open(rdb, "github", inbox.Options{KeepDone: keepDone, MaxBody: largest, Now: clock.Now})
	d.worker = inbox.NewWorker(d.box, d.handle, inbox.WorkerOptions{Log: d.Log, Hold: life.Hold()})
	d.Jobs = jobtest.Open(h, rdb, job.Options{})
	rdb.AddHook(life) // from here on every call counts
	h.hooks.leadsTo(function.NewHandler(d.Platform, &function.Parts{Root: d, Most: largest}))
	h.says("bob", 1, says)
	h.hears()
	jobtest.Eventually(h, "its end, one way or the other", func() bool {
		clock.Add(2 * time.Millisecond) // a machine under load may lose a claim that lives
		n, err := h.client.ZCard(context.Background(), "handsoff:inbox:github:due").Result()
		return life.Dead() || err == nil && n == 0
	})
	h.hooks.leadsTo(nil)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.stop(ctx); err != nil && !life.Dead() {
		h.Error(err)
	}
}

func (h *hall) check(t *testing.T, commands, replies int, asked string) {
	t.Helper()
	h.TB = t
	if n := len(h.eventsOf("github.issue_comment.created")); n < 1 || n > 1+replies {
		t.Errorf("%d events", n)
	}
	if n := len(h.eventsOf(event.Comment)); n != commands {
		t.Errorf("%d commands, want %d", n, commands)
	}
	said := h.comments(1)
	if len(said) != replies {
		t.Errorf("said %q; log:\n%s", said, h.logs)
	}
	if asked != "" && (len(h.desk.envelopes()) == 0 || !strings.Contains(said[0], "You said "+asked)) {
		t.Errorf("never asked; said %q", said)
	}
}
