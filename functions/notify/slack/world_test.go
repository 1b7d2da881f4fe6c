package slack

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// world is a yard with a Slack whose couriers are killed, and which fails in all the ways that Slack does.
type world struct {
	*yard

	address string // of Redis
	lines   map[string][]string
	open    []string
	over    []string
	watched map[string][]string
}

func (w *world) accepts(t *rapid.T) {
	places := rapid.SampledFrom([]string{ops, inThread, annThere, "slack:C0DEV"})
	addresses := rapid.SliceOfNDistinct(places, 1, 3, rapid.ID[string]).Draw(t, "watch")
	id := w.Accept(doortest.WatchedBy(addresses...), askedBy("slack:U0ANN"))
	w.open = append(w.open, id)
	w.watched[id] = addresses
}

func (w *world) pick(t *rapid.T) string {
	if len(w.open) == 0 {
		t.Skip("no job is open")
	}
	return rapid.SampledFrom(w.open).Draw(t, "job")
}

func (w *world) speaks(t *rapid.T) {
	id := w.pick(t)
	lines := make([]string, rapid.SampledFrom([]int{0, 1, 1, 2, 5, 120}).Draw(t, "lines"))
	for i := range lines {
		lines[i] = fmt.Sprintf("%s says %d, which is a line of a usual length or so", id, len(w.lines[id])+i)
	}
	w.lines[id] = append(w.lines[id], lines...)
	w.Changes(id, job.Change{Say: lines, Progress: &job.Progress{Percent: rapid.IntRange(0, 100).Draw(t, "percent")}})
}

func (w *world) finishes(t *rapid.T) {
	id := w.pick(t)
	w.Ends(id, rapid.SampledFrom([]job.Outcome{job.Done(nil), job.Fail("no", nil), job.Unsure("who knows")}).Draw(t, "outcome"))
	w.open = slices.DeleteFunc(w.open, func(other string) bool { return other == id })
	w.over = append(w.over, id)
}

// breaksSomehow has Slack fail from now on, in one way for some calls.
func (w *world) breaksSomehow(t *rapid.T) {
	fault := rapid.SampledFrom([]fakeFault{
		{down: true}, {lost: true}, {status: 503}, {status: 429, retryAfter: 7}, {code: "internal_error"}, {code: "token_revoked"},
	}).Draw(t, "fault")
	method := rapid.SampledFrom([]string{"", "chat.postMessage", "chat.update", "conversations.history", "conversations.replies"}).Draw(t, "method")
	every := rapid.IntRange(1, 3).Draw(t, "every")
	n := 0
	w.slack.breaks(func(called, _ string) *fakeFault {
		if method != "" && called != method {
			return nil
		}
		if n++; n%every != 0 {
			return nil
		}
		return &fault
	})
}

// TestWhateverHappensSlackShowsIt: for any interleaving of changes, deliveries, deaths of couriers at any command or call,
// and faults of Slack, each address ends with one message that shows the last state, each line told, and one last word:
// exactly once where the history can be read, and at least once where it cannot.
func TestWhateverHappensSlackShowsIt(t *testing.T) {
	t.Parallel()
	addresses := []string{jobtest.Redis(t).Address, miniredis.RunT(t).Addr()}
	clients := make(map[string]*redis.Client, len(addresses))
	for _, address := range addresses {
		clients[address] = redis.NewClient(&redis.Options{Addr: address})
		t.Cleanup(func() { _ = clients[address].Close() })
	}
	rapid.Check(t, func(rt *rapid.T) {
		address := rapid.SampledFrom(addresses).Draw(rt, "redis")
		live(t, rt, clients[address], address)
	})
}

func live(t *testing.T, rt *rapid.T, rdb *redis.Client, address string) {
	t.Helper()
	if err := rdb.FlushDB(context.Background()).Err(); err != nil {
		rt.Fatal(err)
	}
	y := newYard(doortest.Failing{TB: t, Rapid: rt}, rdb)
	defer y.Close()
	w := &world{yard: y, address: address, lines: make(map[string][]string), watched: make(map[string][]string)}
	readable := rapid.Bool().Draw(rt, "readable")
	if !readable {
		for _, id := range []string{"C0OPS", "C0DEV", "D0ANN"} {
			if y.slack.channels[id] == nil {
				y.slack.channels[id] = &fakeChannel{id: id, member: true}
			}
			y.slack.channels[id].unreadable = true
		}
	}
	w.accepts(rt)
	rt.Repeat(map[string]func(*rapid.T){
		"accept": w.accepts,
		"speak":  w.speaks,
		"end":    w.finishes,
		"kill": func(rt *rapid.T) {
			w.killed(w.address, jobtest.Death{Point: rapid.IntRange(1, 80).Draw(rt, "at"), After: rapid.Bool().Draw(rt, "after")})
		},
		"deliver": func(*rapid.T) { w.killed(w.address, jobtest.Death{}) },
		"break":   w.breaksSomehow,
		"mend":    func(*rapid.T) { w.slack.breaks(nil) },
		"pass":    func(rt *rapid.T) { w.Clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "seconds")) * time.Second) },
	})
	w.heals()
	for _, id := range slices.Concat(w.open, w.over) {
		for _, place := range w.watched[id] {
			w.check(id, place, w.lines[id], readable)
		}
	}
}
