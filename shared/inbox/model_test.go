package inbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
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

// item is a delivery as it should be.
type item struct {
	number   int64
	id, body string
	note     string
	names    []string
	due      int64 // ms
	fence    int64
	attempts int
	lapses   int
	held     bool
	dead     bool
	died     int64 // ms
}

// world is an inbox beside a model of it.
type world struct {
	box   *Inbox
	rdb   *redis.Client
	clock *jobtest.Clock

	items  map[int64]*item
	names  map[string]int64 // 0 is done
	claims []*Claim         // all that were ever made
	last   int64
}

const (
	modelHold    = 10 * time.Second
	modelPending = 5
	modelBytes   = 40
	modelDead    = 2
)

func (w *world) now() int64 { return w.clock.Now().UnixMilli() }

func (w *world) waiting() (list []*item) {
	for _, it := range w.items {
		if !it.dead {
			list = append(list, it)
		}
	}
	return list
}

func (w *world) put(t *rapid.T) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "message 1", "message 2"}), 1, 4, rapid.ID[string]).Draw(t, "names")
	body := strings.Repeat("x", rapid.IntRange(0, 15).Draw(t, "size"))
	got, err := w.box.Put(context.Background(), Delivery{ID: names[0], Kind: "k", Body: []byte(body)}, names[1:])
	if want, full := w.puts(names, body); full != errors.Is(err, ErrFull) || got != want || (err != nil && !full) {
		t.Fatalf("put %q: %s and %v, not %s (full: %v)", names, got, err, want, full)
	}
}

// puts is what a put does.
func (w *world) puts(names []string, body string) (verdict Verdict, full bool) {
	for _, name := range names {
		number, known := w.names[name]
		if !known {
			continue
		}
		for _, other := range names {
			if _, taken := w.names[other]; !taken {
				w.names[other] = number
				if number > 0 {
					w.items[number].names = append(w.items[number].names, other)
				}
			}
		}
		if number == 0 {
			return Done, false
		}
		it := w.items[number]
		if it.dead {
			it.dead, it.attempts, it.lapses = false, 0, 0
		}
		if !it.held {
			it.due = w.now()
		}
		return Pending, false
	}
	bytes := len(body)
	for _, it := range w.waiting() {
		bytes += len(it.body)
	}
	if len(w.waiting()) >= modelPending || bytes > modelBytes {
		return 0, true
	}
	w.last++
	w.items[w.last] = &item{number: w.last, id: names[0], body: body, names: names, due: w.now()}
	for _, name := range names {
		w.names[name] = w.last
	}
	return New, false
}

func (w *world) claim(t *rapid.T) {
	most := rapid.IntRange(1, 3).Draw(t, "most")
	claims, next, err := w.box.claim(context.Background(), most, modelHold)
	if err != nil {
		t.Fatal(err)
	}
	var ready []*item
	for _, it := range w.waiting() {
		if it.due <= w.now() {
			ready = append(ready, it)
		}
	}
	slices.SortFunc(ready, func(a, b *item) int {
		if a.due != b.due {
			return int(a.due - b.due)
		}
		return strings.Compare(strconv.FormatInt(a.number, 10), strconv.FormatInt(b.number, 10))
	})
	ready = ready[:min(most, len(ready))]
	var got, want []string
	for _, c := range claims {
		got = append(got, fmt.Sprint(c.number, c.fence, c.ID, string(c.Body), c.Attempts, c.lapses, string(c.Delivery.Note)))
	}
	for _, it := range ready {
		if it.held {
			it.lapses++
		}
		it.fence++
		want = append(want, fmt.Sprint(it.number, it.fence, it.id, it.body, it.attempts, it.lapses, it.note))
		it.attempts++
		it.held, it.due = true, w.now()+modelHold.Milliseconds()<<min(it.lapses, 6)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("claimed %q, not %q", got, want)
	}
	wantNext := time.Duration(-1) * time.Millisecond
	for _, it := range w.waiting() {
		if d := time.Duration(max(0, it.due-w.now())) * time.Millisecond; wantNext < 0 || d < wantNext {
			wantNext = d
		}
	}
	if next != wantNext {
		t.Fatalf("the next is due in %s, not %s", next, wantNext)
	}
	w.claims = append(w.claims, claims...)
}

// holder draws any claim that was ever made, and says what it may expect.
func (w *world) holder(t *rapid.T) (*Claim, *item, error) {
	if len(w.claims) == 0 {
		t.Skip("nobody has a claim")
	}
	c := rapid.SampledFrom(w.claims).Draw(t, "claim")
	it, there := w.items[c.number]
	switch {
	case !there:
		return c, nil, errGone
	case it.fence != c.fence || !it.held:
		return c, it, ErrLost
	}
	return c, it, nil
}

func (w *world) note(t *rapid.T) {
	c, it, want := w.holder(t)
	if errors.Is(want, errGone) {
		want = ErrLost
	}
	value := rapid.IntRange(1, 9).Draw(t, "note")
	if err := c.Note(context.Background(), value); !errors.Is(err, want) {
		t.Fatalf("note: %v, not %v", err, want)
	}
	if want == nil {
		it.note = strconv.Itoa(value)
	}
}

func (w *world) renew(t *rapid.T) {
	c, it, want := w.holder(t)
	if err := w.box.renew(context.Background(), c, modelHold); !errors.Is(err, want) {
		t.Fatalf("renew: %v, not %v", err, want)
	}
	if want == nil {
		it.due = w.now() + modelHold.Milliseconds()
	}
}

func (w *world) done(t *rapid.T) {
	c, it, want := w.holder(t)
	if err := w.box.done(context.Background(), c); !errors.Is(err, want) {
		t.Fatalf("done: %v, not %v", err, want)
	}
	if want == nil {
		delete(w.items, it.number)
		for _, name := range it.names {
			w.names[name] = 0
		}
	}
}

func (w *world) again(t *rapid.T) {
	c, it, want := w.holder(t)
	wait := time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second
	if err := w.box.again(context.Background(), c, wait); !errors.Is(err, want) {
		t.Fatalf("again: %v, not %v", err, want)
	}
	if want == nil {
		it.held, it.lapses, it.due = false, 0, w.now()+wait.Milliseconds()
	}
}

func (w *world) bury(t *rapid.T) {
	c, it, want := w.holder(t)
	dropped, err := w.box.bury(context.Background(), c, "no")
	if !errors.Is(err, want) {
		t.Fatalf("bury: %v, not %v", err, want)
	}
	if want != nil {
		return
	}
	it.held, it.dead, it.died = false, true, w.now()
	var dead []*item
	for _, other := range w.items {
		if other.dead {
			dead = append(dead, other)
		}
	}
	slices.SortFunc(dead, func(a, b *item) int {
		if a.died != b.died {
			return int(a.died - b.died)
		}
		return strings.Compare(strconv.FormatInt(a.number, 10), strconv.FormatInt(b.number, 10))
	})
	fell := max(0, len(dead)-modelDead)
	for _, old := range dead[:fell] {
		delete(w.items, old.number)
		for _, name := range old.names {
			delete(w.names, name)
		}
	}
	if dropped != int64(fell) {
		t.Fatalf("%d fell off the list of the dead, not %d", dropped, fell)
	}
}

// check compares what Redis has with the model.
func (w *world) check(t *rapid.T) {
	ctx := context.Background()
	var waits, dead, ready int64
	var due, deadBytes int
	for _, it := range w.items {
		switch {
		case it.dead:
			dead++
			deadBytes += len(it.body)
			continue
		case it.due <= w.now():
			ready++
		}
		waits++
		due += len(it.body)
	}
	if n := w.rdb.ZCard(ctx, boxKey("test")+"due").Val(); n != waits {
		t.Fatalf("%d wait, not %d", n, waits)
	}
	counts, err := Dead(ctx, w.rdb)
	if err != nil || counts["test"] != dead || (dead == 0) != (len(counts) == 0) {
		t.Fatalf("%v dead (%v), not %d", counts, err, dead)
	}
	functions, err := dueFunctions(ctx, w.rdb, w.now())
	if err != nil || (len(functions) == 1) != (ready > 0) {
		t.Fatalf("due is %v (%v) when %d deliveries are", functions, err, ready)
	}
	weights := w.rdb.HGetAll(ctx, boxKey("test")+"bytes").Val()
	if w.last > 0 && (weights["due"] != strconv.Itoa(due) || (weights["dead"] != "" && weights["dead"] != strconv.Itoa(deadBytes))) {
		t.Fatalf("weighs %v, not %d and %d", weights, due, deadBytes)
	}
	keys := w.rdb.Keys(ctx, boxKey("test")+"name:*").Val()
	if len(keys) != len(w.names) {
		t.Fatalf("known are %q, not %q", keys, slices.Sorted(maps.Keys(w.names)))
	}
	for name, number := range w.names {
		if n := w.rdb.Exists(ctx, fmt.Sprintf("%sitem:%d", boxKey("test"), number)).Val(); (n == 1) != (number > 0) {
			t.Fatalf("%q means %d, which is there %d times", name, number, n)
		}
	}
	if n := len(w.rdb.Keys(ctx, boxKey("test")+"item:*").Val()); n != len(w.items) {
		t.Fatalf("%d deliveries are there, not %d", n, len(w.items))
	}
}

// TestTheInboxIsAsItsModel: for any interleaving of puts under any names, claims, deaths, notes and ends, on real Redis
// and the embedded one.
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
					box: Open(rdb, "test", Options{MaxPending: modelPending, MaxBytes: modelBytes, MaxDead: modelDead, Now: clock.Now}),
					rdb: rdb, clock: clock, items: make(map[int64]*item), names: make(map[string]int64),
				}
				rt.Repeat(map[string]func(*rapid.T){
					"": w.check, "put": w.put, "claim": w.claim, "note": w.note, "renew": w.renew,
					"done": w.done, "again": w.again, "bury": w.bury,
					"pass": func(rt *rapid.T) {
						clock.Add(time.Duration(rapid.IntRange(1, 15).Draw(rt, "seconds")) * time.Second)
					},
				})
			})
		})
	}
}
