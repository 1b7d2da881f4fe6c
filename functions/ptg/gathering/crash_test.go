package gathering_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// said is one line of a story: a change under its own key.
type said struct {
	key string
	do  func(store *gathering.Store, key string) (gathering.Result, error)
}

// edits makes a line of an edit.
func edits(t *testing.T, key string, edit func(d *gathering.Draft) error) said {
	t.Helper()
	return said{key, func(store *gathering.Store, key string) (gathering.Result, error) {
		return store.Change(t.Context(), "fall", bob, key, key, func(d *gathering.Draft) (string, error) { return "did " + key, edit(d) })
	}}
}

// story makes changes in a process that dies where death says, and is begun anew: who asked for a change asks again under
// the same key until told that it was made. It returns how many points the first life passed.
func story(t *testing.T, address string, death jobtest.Death) int {
	t.Helper()
	watcher := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = watcher.Close() }()
	if err := watcher.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	lines := []said{
		{"create", func(store *gathering.Store, key string) (gathering.Result, error) {
			return store.Create(t.Context(), "fall", ann, key, key, gathering.About{Name: "Fall"})
		}},
		edits(t, "furnish", furnish),
		edits(t, "next", func(d *gathering.Draft) error { return d.AddNext("nova", "x") }),
		edits(t, "book", func(d *gathering.Draft) error { return d.Book("nova", aspenA1, bigA1) }),
		edits(t, "success", func(d *gathering.Draft) error { return d.AddSuccess("it works", "") }),
		edits(t, "nothing", func(d *gathering.Draft) error { return d.Clean("swift") }),
		{"undo", func(store *gathering.Store, key string) (gathering.Result, error) {
			return store.Undo(t.Context(), "fall", bob, key, key, gathering.Undoing{Version: 4})
		}},
		{"restore", func(store *gathering.Store, key string) (gathering.Result, error) {
			return store.Restore(t.Context(), "fall", bob, key, key, 4)
		}},
	}
	points := 0
	for number, at := 0, 0; at < len(lines); number++ {
		life := jobtest.NewLife(death)
		if number > 0 {
			life = jobtest.NewLife(jobtest.Death{})
		}
		at += live(t, address, life, lines[at:])
		if number == 0 {
			points = life.Points()
		}
		if number > 2 {
			t.Fatalf("death at %+v: the story does not end", death)
		}
	}
	told(t, gathering.NewStore(watcher), fmt.Sprintf("death at %+v", death))
	return points
}

// live makes changes until the process dies, and returns how many it was told of.
func live(t *testing.T, address string, life *jobtest.Life, lines []said) int {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	rdb.AddHook(life)
	store := gathering.NewStore(rdb)
	store.SnapshotEvery(3)
	for i, line := range lines {
		r, err := line.do(store, line.key)
		if errors.Is(err, jobtest.ErrDead) {
			return i
		}
		if err != nil || r.Reply == "" {
			t.Fatalf("%s: %+v %v", line.key, r, err)
		}
	}
	return len(lines)
}

// told checks what became of the story: each line is in the log once, and the end is as if nobody had died.
func told(t *testing.T, store *gathering.Store, where string) {
	t.Helper()
	g := get(t, store)
	history, err := store.History(t.Context(), "fall", gathering.Filter{}, 100)
	var lines string
	for _, c := range history {
		lines = c.Said + " " + lines
	}
	if err != nil || lines != "create furnish next book success undo restore " || g.Version != 7 {
		t.Errorf("%s: version %d, log %s(%v)", where, g.Version, lines, err)
	}
	if len(g.Next["nova"]) != 1 || len(g.Bookings) != 2 || len(g.Success) != 0 {
		t.Errorf("%s: next %v, booked %v, successes %v", where, g.Next, g.Bookings, g.Success)
	}
	list, err := store.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Starts != "2026-03-02" {
		t.Errorf("%s: listed %+v (%v)", where, list, err)
	}
}

// TestCrashAnywhere tells the story once to count its calls, then again with a death before and after each.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	points := story(t, address, jobtest.Death{})
	if points < 20 {
		t.Fatalf("the story has only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			story(t, address, jobtest.Death{Point: point, After: after})
		}
	}
	t.Logf("%d points", points)
}
