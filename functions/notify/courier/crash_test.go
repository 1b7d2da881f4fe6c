package courier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
)

// world is a yard of jobs whose couriers are killed and whose doors are shut, as rapid likes.
type world struct {
	*yard

	address string // of Redis
	wall    *wall
	lines   map[string][]string // what each job said
	open    []string
	over    []string
	watched map[string][]string // addresses, by job
}

// killed delivers with a courier that dies at a point.
func (w *world) killed(death jobtest.Death) {
	life := jobtest.NewLife(death)
	rdb := redis.NewClient(&redis.Options{Addr: w.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	c := w.courier(rdb, map[string]door.Door{"telnet": telnet(rdb), "wall": {Renderer: &wall{rdb: rdb, shown: w.wall.shown, shut: w.wall.shut}}})
	rdb.AddHook(life)
	_ = c.Deliver(context.Background()) // it may have died
	c.alarm.Stop()
}

// delivers delivers with one that lives.
func (w *world) delivers() { w.killed(jobtest.Death{}) }

// heals delivers with couriers that live and doors that are open, until nothing is left to show.
func (w *world) heals() {
	w.wall.set(nil)
	for range 10 {
		w.Clock.Add(2 * longestWait)
		w.delivers()
		if !w.Unshown() {
			return
		}
	}
	w.Fatal("something is never shown")
}

func (w *world) accepts(t *rapid.T) {
	addresses := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{ann, bob, "wall:x"}), 1, 3, rapid.ID[string]).Draw(t, "watch")
	id := w.Accept(doortest.WatchedBy(addresses...))
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
	n := rapid.SampledFrom([]int{0, 1, 1, 2, 3, 5, 8, page + 1}).Draw(t, "lines")
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("%s says %d", id, len(w.lines[id])+i)
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

func (w *world) joins(t *rapid.T) {
	id := rapid.SampledFrom(append(append([]string{"none"}, w.open...), w.over...)).Draw(t, "job")
	if id == "none" {
		t.Skip("nobody joins")
	}
	const late = "telnet:late"
	if _, err := w.Jobs.Watch(context.Background(), id, late); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(w.watched[id], late) {
		w.watched[id] = append(w.watched[id], late)
	}
}

// check compares what each address was told with what each job said.
func (w *world) check() {
	for _, id := range slices.Concat(w.open, w.over) {
		final := slices.Contains(w.over, id)
		for _, address := range w.watched[id] {
			if kind(address) == "wall" {
				w.checkWall(id, address, final)
				continue
			}
			w.checkOutbox(id, address, final)
		}
	}
}

// checkOutbox: each line exactly once and in order, one progress entry at most, and the end last and once.
func (w *world) checkOutbox(id, address string, final bool) {
	entries, err := w.Redis.XRange(context.Background(), job.OutboxKey(address), "-", "+").Result()
	if err != nil {
		w.Fatal(err)
	}
	var told, kinds []string
	for _, e := range entries {
		if e.Values["job"] != id {
			continue
		}
		text, _ := e.Values["text"].(string)
		kind, _ := e.Values["kind"].(string)
		kinds = append(kinds, kind)
		if kind == string(outbox.Say) {
			told = append(told, text)
		}
	}
	if !slices.Equal(told, w.lines[id]) {
		w.Fatalf("%s was told %d lines of %s: %q\nbut it said %d: %q", address, len(told), id, told, len(w.lines[id]), w.lines[id])
	}
	all := strings.Join(kinds, " ")
	if n := strings.Count(all, string(outbox.Progress)); n > 1 || (final && n > 0) {
		w.Fatalf("%s has %d progress entries of %s (over: %v)", address, n, id, final)
	}
	if n := strings.Count(all, string(outbox.End)); (n == 1) != final || (final && kinds[len(kinds)-1] != string(outbox.End)) {
		w.Fatalf("%s was told the end of %s %d times (over: %v): %s", address, id, n, final, all)
	}
}

// checkWall: what is not shown and recorded in one act may be shown again, from some point on, but nothing is left out.
func (w *world) checkWall(id, address string, final bool) {
	saw := w.wall.saw(id, address)
	next := 0
	for _, text := range saw {
		if strings.HasPrefix(text, "is ") {
			continue
		}
		n := slices.Index(w.lines[id], text)
		if n < 0 || n > next {
			w.Fatalf("%s saw %q of %s when %d lines had been shown", address, text, id, next)
		}
		next = n + 1
	}
	if next != len(w.lines[id]) {
		w.Fatalf("%s saw %d of %d lines of %s", address, next, len(w.lines[id]), id)
	}
	if end := saw[len(saw)-1]; final && (end == "is waiting" || !strings.HasPrefix(end, "is ")) {
		w.Fatalf("%s saw %q last of %s, which is over", address, end, id)
	}
}

// TestWhateverHappensEverybodyIsTold: for any interleaving of changes, deliveries, deaths of couriers at any command and
// outages of doors, an outbox has every story line once and in order, and a finished job's end last.
func TestWhateverHappensEverybodyIsTold(t *testing.T) {
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
	w := &world{
		yard: y, address: address, wall: &wall{rdb: rdb, shown: make(map[string][]string)},
		lines: make(map[string][]string), watched: make(map[string][]string),
	}
	w.accepts(rt)
	rt.Repeat(map[string]func(*rapid.T){
		"accept": w.accepts,
		"speak":  w.speaks,
		"end":    w.finishes,
		"join":   w.joins,
		"kill": func(rt *rapid.T) {
			w.killed(jobtest.Death{Point: rapid.IntRange(1, 40).Draw(rt, "at"), After: rapid.Bool().Draw(rt, "after")})
		},
		"deliver": func(*rapid.T) { w.delivers() },
		"shut":    func(*rapid.T) { w.wall.set(errShut) },
		"open":    func(*rapid.T) { w.wall.set(nil) },
		"pass":    func(rt *rapid.T) { w.Clock.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "seconds")) * time.Second) },
	})
	w.heals()
	w.check()
}
