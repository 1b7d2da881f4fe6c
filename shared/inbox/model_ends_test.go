package inbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// holder draws any claim that was ever made, and says what it may expect.
func (w *world) holder(t *rapid.T) (*Claim, *modelled, error) {
	if len(w.claims) == 0 {
		t.Skip("nobody has a claim")
	}
	c := rapid.SampledFrom(w.claims).Draw(t, "claim")
	it, there := w.items[which(c.number)]
	switch {
	case !there || it.done:
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
	value := rapid.SampledFrom([]int{1, 1234567890}).Draw(t, "note")
	if err := c.Note(context.Background(), value); !errors.Is(err, want) {
		t.Fatalf("note: %v, not %v", err, want)
	}
	if want == nil {
		it.note = strconv.Itoa(value)
	}
}

func (w *world) renew(t *rapid.T) {
	c, it, want := w.holder(t)
	held, err := w.box.renew(context.Background(), []*Claim{c}, modelHold)
	if err != nil || !errors.Is(held[0], want) {
		t.Fatalf("renew: %v and %v, not %v", held, err, want)
	}
	if want == nil {
		it.due = w.now() + modelHold.Milliseconds()
	}
}

// finish ends one claim.
func finish(t interface{ Fatal(args ...any) }, b *Inbox, c *Claim, how string, wait time.Duration) error {
	held, _, err := b.finish(context.Background(), []*ending{{claim: c, how: how, wait: wait}})
	if err != nil {
		t.Fatal(err)
	}
	return held[0]
}

func (w *world) done(t *rapid.T) {
	c, it, want := w.holder(t)
	if err := finish(t, w.box, c, endDone, 0); !errors.Is(err, want) {
		t.Fatalf("done: %v, not %v", err, want)
	}
	if want != nil {
		return
	}
	it.held, it.done, it.note = false, true, ""
	w.leave(it)
	for _, name := range it.names {
		w.names[name] = 0
		w.asKept[name] = it.number
	}
	w.kept = append([]int64{it.number}, w.kept...)
	for _, old := range w.kept[min(modelKept, len(w.kept)):] {
		delete(w.items, old)
		maps.DeleteFunc(w.asKept, func(_ string, n int64) bool { return n == old })
	}
	w.kept = w.kept[:min(modelKept, len(w.kept))]
}

func (w *world) again(t *rapid.T) {
	c, it, want := w.holder(t)
	wait := time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second
	if err := finish(t, w.box, c, endAgain, wait); !errors.Is(err, want) {
		t.Fatalf("again: %v, not %v", err, want)
	}
	if want == nil {
		it.held, it.lapses, it.due = false, 0, w.now()+wait.Milliseconds()
	}
}

func (w *world) later(t *rapid.T) {
	c, it, want := w.holder(t)
	wait := time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second
	if err := finish(t, w.box, c, endLater, wait); !errors.Is(err, want) {
		t.Fatalf("later: %v, not %v", err, want)
	}
	if want == nil {
		it.held, it.lapses, it.due = false, 0, w.now()+wait.Milliseconds()
		it.attempts--
		it.since += wait.Milliseconds()
	}
}

// graves lists the dead, in the order in which they died.
func (w *world) graves() (dead []*modelled) {
	for _, it := range w.items {
		if it.dead {
			dead = append(dead, it)
		}
	}
	slices.SortFunc(dead, func(a, b *modelled) int {
		if a.died != b.died {
			return int(a.died - b.died)
		}
		return strings.Compare(strconv.FormatInt(a.number, 10), strconv.FormatInt(b.number, 10))
	})
	return dead
}

func (w *world) bury(t *rapid.T) {
	c, it, want := w.holder(t)
	dropped, more, err := w.box.bury(context.Background(), c, "no")
	if !errors.Is(err, want) {
		t.Fatalf("bury: %v, not %v", err, want)
	}
	if want != nil {
		return
	}
	it.held, it.dead, it.died = false, true, w.now()
	w.leave(it)
	if more != (it.lane != "" && len(w.lanes[it.lane]) > 0) {
		t.Fatalf("another one of the lane is due: %v", more)
	}
	dead := w.graves()
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

func (w *world) revive(t *rapid.T) {
	dead := w.graves()
	if rapid.Bool().Draw(t, "all") {
		n, err := w.box.revive(context.Background(), "")
		if err != nil || n != len(dead) {
			t.Fatalf("%d revived (%v), not %d", n, err, len(dead))
		}
	} else {
		name := rapid.SampledFrom(modelNames).Draw(t, "name")
		dead = slices.DeleteFunc(dead, func(it *modelled) bool { return it.number != w.names[name] })
		n, err := w.box.revive(context.Background(), name)
		if err != nil || n != len(dead) {
			t.Fatalf("revived %q: %d (%v), not %d", name, n, err, len(dead))
		}
	}
	for _, it := range dead {
		w.revives(it)
	}
}
