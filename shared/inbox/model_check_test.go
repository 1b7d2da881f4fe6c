package inbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// check compares what Redis has with the model.
func (w *world) check(t *rapid.T) {
	w.checkCounts(t)
	w.checkKeys(t)
	w.checkLanes(t)
	w.checkDead(t)
	for _, name := range modelNames {
		w.checkFound(t, name)
	}
}

func (w *world) checkCounts(t *rapid.T) {
	ctx := context.Background()
	var firsts, behind, due, dead int
	for _, it := range w.items {
		switch {
		case it.done:
			continue
		case it.dead:
			dead += len(it.body)
			continue
		case w.first(it):
			firsts++
		default:
			behind++
		}
		due += len(it.body)
	}
	if n := w.rdb.ZCard(ctx, boxKey("test")+"due").Val(); n != int64(firsts) {
		t.Fatalf("%d can be due, not %d", n, firsts)
	}
	functions, err := dueFunctions(ctx, w.rdb, w.now())
	if ready := len(w.ready()); err != nil || (len(functions) == 1) != (ready > 0) {
		t.Fatalf("due is %v (%v) when %d deliveries are", functions, err, ready)
	}
	weights := w.rdb.HGetAll(ctx, boxKey("test")+"bytes").Val()
	for name, want := range map[string]int{"due": due, "dead": dead, "behind": behind} {
		if got := weights[name]; got != strconv.Itoa(want) && (got != "" || want != 0) {
			t.Fatalf("weighs %v; %s is not %d", weights, name, want)
		}
	}
}

func (w *world) checkKeys(t *rapid.T) {
	ctx := context.Background()
	keys := w.rdb.Keys(ctx, boxKey("test")+"name:*").Val()
	if len(keys) != len(w.names) {
		t.Fatalf("known are %q, not %q", keys, slices.Sorted(maps.Keys(w.names)))
	}
	heads, hands, bodies, notes, whys := 0, 0, 0, 0, 0
	for _, it := range w.items {
		if !it.done {
			heads++
		}
		if !it.done && it.fence > 0 {
			hands++
		}
		if !it.done || len(it.body) <= modelBody {
			bodies++
		}
		if it.note != "" {
			notes++
		}
		if it.dead {
			whys++
		}
	}
	for hash, want := range map[string]int{"heads": heads, "hands": hands} {
		if n := w.rdb.HLen(ctx, boxKey("test")+hash).Val(); n != int64(want) {
			t.Fatalf("there are %d %s, not %d", n, hash, want)
		}
	}
	for keys, want := range map[string]int{"body:*": bodies, "note:*": notes, "why:*": whys} {
		if n := len(w.rdb.Keys(ctx, boxKey("test")+keys).Val()); n != want {
			t.Fatalf("there are %d %s, not %d", n, keys, want)
		}
	}
	if n := w.rdb.LLen(ctx, boxKey("test")+"kept").Val(); n != int64(len(w.kept)) {
		t.Fatalf("%d of what is done can be read, not %d", n, len(w.kept))
	}
}

// which is the first part of a number that Redis has: that by which the model knows a delivery.
func which(number string) int64 {
	text, _, _ := strings.Cut(number, ".")
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// checkLanes follows each lane from its last to its first.
func (w *world) checkLanes(t *rapid.T) {
	ctx, begins := context.Background(), boxKey("test")
	before, behind := make(map[string]string), 0
	for n, follows := range w.rdb.HGetAll(ctx, begins+"next").Val() {
		before[follows] = n
	}
	last := w.rdb.HGetAll(ctx, begins+"lanes").Val()
	for name, want := range w.lanes {
		if len(want) > 0 {
			behind += len(want) - 1
		}
		var got []int64
		for n := last[name]; n != ""; n = before[n] {
			got = append(got, which(n))
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			t.Fatalf("in the lane %s are %v, not %v", name, got, want)
		}
	}
	lanes := 0
	for _, list := range w.lanes {
		if len(list) > 0 {
			lanes++
		}
	}
	if len(last) != lanes || len(before) != behind {
		t.Fatalf("there are %v and %v, not %d and %d", last, before, lanes, behind)
	}
}

func (w *world) checkDead(t *rapid.T) {
	ctx := context.Background()
	dead := w.graves()
	counts, err := Dead(ctx, w.rdb)
	if err != nil || counts["test"] != int64(len(dead)) || (len(dead) == 0) != (len(counts) == 0) {
		t.Fatalf("%v dead (%v), not %d", counts, err, len(dead))
	}
	list, err := ListDead(ctx, w.rdb, "", 10)
	if err != nil || len(list) != len(dead) {
		t.Fatalf("%d listed (%v), not %d", len(list), err, len(dead))
	}
	slices.Reverse(dead)
	for i, it := range dead {
		got := list[i]
		if got.Function != "test" || got.ID != it.id || got.Kind != "k" || got.Lane != it.lane || got.Why != "no" ||
			got.Attempts != it.attempts || got.At.UnixMilli() != it.died || got.Received.IsZero() {
			t.Fatalf("listed %+v, not %+v", got, it)
		}
	}
}

// checkFound looks something up.
func (w *world) checkFound(t *rapid.T, name string) {
	d, s, err := w.box.Find(context.Background(), name)
	number, known := w.names[name]
	if number == 0 {
		number = w.asKept[name]
	}
	it := w.items[number]
	switch {
	case !known:
		if !errors.Is(err, ErrUnknown) || d != nil {
			t.Fatalf("%q is %+v: %v", name, d, err)
		}
		return
	case it == nil:
		if err != nil || d != nil || s != (Standing{State: StateDone}) {
			t.Fatalf("%q is %+v %+v: %v", name, d, s, err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	want, body, kept := StatePending, it.body, true
	switch {
	case it.dead:
		want = StateDead
	case it.done:
		if want, kept = StateDone, len(it.body) <= modelBody; !kept {
			body = ""
		}
	}
	if d.ID != it.id || d.Kind != "k" || d.Lane != it.lane || string(d.Body) != body || d.Attempts != it.attempts || string(d.Note) != it.note {
		t.Fatalf("%q is %+v, not %+v", name, d, it)
	}
	if s.State != want || s.Kept != kept || (s.Why == "no") != it.dead || s.At.IsZero() != (want == StatePending && !w.first(it)) {
		t.Fatalf("%q stands %+v, not %s", name, s, want)
	}
}
