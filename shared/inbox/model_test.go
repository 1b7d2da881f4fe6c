package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// modelled is a delivery as it should be.
type modelled struct {
	number   int64
	id, body string
	lane     string
	note     string
	names    []string
	due      int64 // ms; counts for the first of a lane
	since    int64 // ms
	fence    int64
	attempts int
	lapses   int
	held     bool
	dead     bool
	died     int64 // ms
	done     bool
}

// world is an inbox beside a model of it.
type world struct {
	box   *Inbox
	rdb   *redis.Client
	clock *jobtest.Clock

	items  map[int64]*modelled
	names  map[string]int64   // 0 is done
	lanes  map[string][]int64 // what is unfinished, in order
	kept   []int64            // what is done and can be read, the last first
	asKept map[string]int64   // the names of those, each of the last that had it
	claims []*Claim           // all that were ever made
	last   int64
}

const (
	modelHold    = 10 * time.Second
	modelPending = 5
	modelBytes   = 40
	modelDead    = 2
	modelKept    = 2
	modelBody    = 10 // bytes of the largest body that is kept
)

var modelNames = []string{"a", "b", "c", "d", "e", "f", "g", "message 1", "message 2"}

func (w *world) now() int64 { return w.clock.Now().UnixMilli() }

func (w *world) waiting() (list []*modelled) {
	for _, it := range w.items {
		if !it.dead && !it.done {
			list = append(list, it)
		}
	}
	return list
}

// first reports whether a delivery is in no lane, or the first of its own.
func (w *world) first(it *modelled) bool { return it.lane == "" || w.lanes[it.lane][0] == it.number }

// enter makes a delivery the last of its lane; it is due now, or when those before it are over.
func (w *world) enter(it *modelled) {
	if it.lane != "" {
		w.lanes[it.lane] = append(w.lanes[it.lane], it.number)
	}
	it.due = w.now()
}

// leave takes the first of a lane out, and makes the next one due.
func (w *world) leave(it *modelled) {
	if it.lane == "" {
		return
	}
	w.lanes[it.lane] = w.lanes[it.lane][1:]
	if rest := w.lanes[it.lane]; len(rest) > 0 {
		w.items[rest[0]].due = w.now()
	}
}

func (w *world) put(t *rapid.T) {
	n := rapid.IntRange(1, 3).Draw(t, "deliveries")
	list, means, all := make([]Delivery, n), make([][]string, n), make([][]string, n)
	for i := range list {
		all[i] = rapid.SliceOfNDistinct(rapid.SampledFrom(modelNames), 1, 4, rapid.ID[string]).Draw(t, "names")
		body := strings.Repeat("x", rapid.IntRange(0, 15).Draw(t, "size"))
		lane := rapid.SampledFrom([]string{"", "", "one", "two"}).Draw(t, "lane")
		list[i], means[i] = Delivery{ID: all[i][0], Kind: "k", Lane: lane, Body: []byte(body)}, all[i][1:]
	}
	verdicts, errs, err := w.box.PutAll(context.Background(), list, means)
	if err != nil {
		t.Fatal(err)
	}
	full := false
	for i, d := range list {
		var want Verdict
		if !full {
			want, full = w.puts(all[i], d.Lane, string(d.Body))
		}
		if full != errors.Is(errs[i], ErrFull) || verdicts[i] != want || (errs[i] != nil && !full) {
			t.Fatalf("put %q: %s and %v, not %s (full: %v)", all[i], verdicts[i], errs[i], want, full)
		}
	}
}

// puts is what a put does.
func (w *world) puts(names []string, lane, body string) (verdict Verdict, full bool) {
	for _, name := range names {
		if number, known := w.names[name]; known {
			return w.repeats(names, number), false
		}
	}
	bytes := len(body)
	for _, it := range w.waiting() {
		bytes += len(it.body)
	}
	if len(w.waiting()) >= modelPending || bytes > modelBytes {
		return 0, true
	}
	w.last++
	it := &modelled{number: w.last, id: names[0], lane: lane, body: body, names: names, since: w.now()}
	w.items[w.last] = it
	w.enter(it)
	for _, name := range names {
		w.names[name] = w.last
	}
	return New, false
}

// repeats is what a put of something known does.
func (w *world) repeats(names []string, number int64) Verdict {
	for _, other := range names {
		if _, taken := w.names[other]; !taken {
			w.names[other] = number
			if number > 0 {
				w.items[number].names = append(w.items[number].names, other)
			}
		}
	}
	if number == 0 {
		return Done
	}
	switch it := w.items[number]; {
	case it.dead:
		w.revives(it)
	case !it.held && w.first(it):
		it.due = w.now()
	}
	return Pending
}

func (w *world) revives(it *modelled) {
	it.dead, it.attempts, it.lapses, it.since = false, 0, 0, w.now()
	w.enter(it)
}

// ready lists what is due now, in the order in which it is taken up.
func (w *world) ready() (list []*modelled) {
	for _, it := range w.waiting() {
		if w.first(it) && it.due <= w.now() {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(a, b *modelled) int {
		if a.due != b.due {
			return int(a.due - b.due)
		}
		return strings.Compare(strconv.FormatInt(a.number, 10), strconv.FormatInt(b.number, 10))
	})
	return list
}

func (w *world) claim(t *rapid.T) {
	most := rapid.IntRange(1, 3).Draw(t, "most")
	bytes := rapid.IntRange(1, 30).Draw(t, "bytes")
	claims, next, err := w.box.claim(context.Background(), most, bytes, modelHold)
	if err != nil {
		t.Fatal(err)
	}
	ready := w.ready()
	var got, want []string
	for _, c := range claims {
		got = append(got, fmt.Sprint(which(c.number), " ", c.fence, " ", c.ID, c.Lane, string(c.Body), c.Attempts, c.lapses, string(c.Delivery.Note), c.since.UnixMilli()))
	}
	for i, it := range ready[:min(most, len(ready))] {
		if bytes -= len(it.body) + len(it.note); bytes < 0 && i > 0 {
			break
		}
		if it.held {
			it.lapses++
		}
		if it.attempts == 0 {
			it.since = w.now()
		}
		it.fence++
		want = append(want, fmt.Sprint(it.number, " ", it.fence, " ", it.id, it.lane, it.body, it.attempts, it.lapses, it.note, it.since))
		it.attempts++
		it.held, it.due = true, w.now()+modelHold.Milliseconds()<<min(it.lapses, 6)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("claimed %q, not %q", got, want)
	}
	wantNext := time.Duration(-1) * time.Millisecond
	for _, it := range w.waiting() {
		if d := time.Duration(max(0, it.due-w.now())) * time.Millisecond; w.first(it) && (wantNext < 0 || d < wantNext) {
			wantNext = d
		}
	}
	if next != wantNext {
		t.Fatalf("the next is due in %s, not %s", next, wantNext)
	}
	w.claims = append(w.claims, claims...)
}

// TestTheInboxIsAsItsModel: for any interleaving of puts under any names and in any lanes, claims, deaths, notes, ends and
// revivals, on real Redis and the embedded one.
func TestTheInboxIsAsItsModel(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"redis-server": jobtest.Redis(t).Address, "embedded": miniredis.RunT(t).Addr()} {
		rdb := redis.NewClient(&redis.Options{Addr: address})
		t.Cleanup(func() { _ = rdb.Close() })
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				if err := rdb.FlushDB(context.Background()).Err(); err != nil {
					rt.Fatal(err)
				}
				clock := jobtest.NewClock()
				w := &world{
					box: Open(rdb, "test", Options{
						MaxPending: modelPending, MaxBytes: modelBytes, MaxDead: modelDead, KeepBodies: modelKept, KeepBodyBytes: modelBody, Now: clock.Now,
					}),
					rdb: rdb, clock: clock, items: make(map[int64]*modelled), names: make(map[string]int64),
					lanes: make(map[string][]int64), asKept: make(map[string]int64),
				}
				rt.Repeat(map[string]func(*rapid.T){
					"": w.check, "put": w.put, "claim": w.claim, "claim again": w.claim, "note": w.note, "renew": w.renew,
					"done": w.done, "done too": w.done, "again": w.again, "later": w.later, "bury": w.bury, "revive": w.revive,
					"pass": func(rt *rapid.T) {
						clock.Add(time.Duration(rapid.IntRange(1, 15).Draw(rt, "seconds")) * time.Second)
					},
				})
			})
		})
	}
}
