package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ann = "telnet:ann"

func add(t *testing.T, rdb redis.UniversalClient, address, text string) {
	t.Helper()
	if err := Add(t.Context(), rdb, address, Entry{Job: "k3f2", Kind: Say, Text: text, Percent: -1}); err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, s State, err error) State {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatWasMissedBecomesAGap(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	seen := NewSeen(rdb)
	arrive := func() State { s, err := seen.Arrive(t.Context(), ann); return state(t, s, err) }

	if s := arrive(); s.Cursor != Start || len(s.Gaps) != 0 {
		t.Fatalf("first arrival with an empty outbox: %+v", s)
	}
	add(t, rdb, ann, "one")
	add(t, rdb, ann, "two")
	s := arrive()
	if len(s.Gaps) != 1 || s.Gaps[0].From != Start || s.Gaps[0].To != s.Cursor {
		t.Fatalf("after two entries: %+v", s)
	}
	missed, err := Read(t.Context(), rdb, ann, s.Gaps[0].From, s.Gaps[0].To, 10)
	if err != nil || len(missed) != 2 || missed[0].Text != "one" || missed[1].Text != "two" {
		t.Fatalf("the gap has %+v, %v", missed, err)
	}
	if again := arrive(); !reflect.DeepEqual(again, s) {
		t.Errorf("a second arrival changed %+v to %+v", s, again)
	}
	if err := seen.Fill(t.Context(), ann, s.Gaps[0], missed[0].ID); err != nil {
		t.Fatal(err)
	}
	look, err := seen.Look(t.Context(), ann)
	if state(t, look, err); len(look.Gaps) != 1 || look.Gaps[0].From != missed[0].ID {
		t.Errorf("filled in part: %+v", look)
	}
	if err := seen.Fill(t.Context(), ann, s.Gaps[0], s.Gaps[0].To); err != nil {
		t.Fatal(err)
	}
	look, err = seen.Look(t.Context(), ann)
	if state(t, look, err); len(look.Gaps) != 0 || look.Cursor != s.Cursor {
		t.Errorf("filled wholly: %+v", look)
	}
}

// TestAnOutboxIsBounded: it keeps so many entries, none for longer than it should, and is gone when nothing more comes.
func TestAnOutboxIsBounded(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		key := job.OutboxKey(ann)
		put := func(id string) {
			if err := rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: key, ID: id, Values: []any{"text", "earlier"}}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		put(fmt.Sprintf("%d-1", time.Now().Add(-Life-time.Hour).UnixMilli()))
		add(t, rdb, ann, "new")
		if left, err := Read(t.Context(), rdb, ann, Start, "+", 10); err != nil || len(left) != 1 || left[0].Text != "new" {
			t.Errorf("%+v, %v", left, err)
		}
		for range Most + 5 {
			put("*")
		}
		add(t, rdb, ann, "newest")
		if n := rdb.XLen(t.Context(), key).Val(); n != Most {
			t.Errorf("%d entries", n)
		}
		if ttl := rdb.PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > Life {
			t.Errorf("it lives for %s", ttl)
		}
	})
}

func TestCursorNeverGoesBack(t *testing.T) {
	t.Parallel()
	seen := NewSeen(jobtest.Redis(t).Client(t))
	for _, id := range []string{"5-3", "5-2", "10-0", "9-99", "bad"} {
		if err := seen.Shown(t.Context(), ann, id); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := seen.Look(t.Context(), ann); err != nil || s.Cursor != "10-0" {
		t.Errorf("cursor %+v, %v; want 10-0", s, err)
	}
}

func TestGapsAreBoundedAndLoseNothing(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	seen := NewSeen(rdb)
	for i := range 40 {
		add(t, rdb, ann, fmt.Sprint(i))
		if _, err := seen.Arrive(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
	}
	s, err := seen.Look(t.Context(), ann)
	if state(t, s, err); len(s.Gaps) > 16 || s.Gaps[0].From != Start || s.Gaps[len(s.Gaps)-1].To != s.Cursor {
		t.Errorf("%d gaps: %+v", len(s.Gaps), s)
	}
}

func watcher(t *testing.T, rdb redis.UniversalClient) *Watcher {
	t.Helper()
	w := NewWatcher(rdb, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { w.Run(ctx) })
	t.Cleanup(func() { stop(); done.Wait() })
	return w
}

// read takes n entries from a feed.
func read(t *testing.T, f *Feed, n int) (texts []string) {
	t.Helper()
	for len(texts) < n {
		select {
		case p := <-f.Pages:
			for _, e := range p.Entries {
				texts = append(texts, e.Text)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("only %q came", texts)
		}
	}
	return texts
}

func TestFeedsBringEverythingInOrderToEverySession(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	w := watcher(t, rdb)
	add(t, rdb, ann, "before")
	first := w.Feed(t.Context(), ann, Start)
	defer first.Close()
	read(t, first, 1)
	second := w.Feed(t.Context(), ann, Start)
	defer second.Close()
	other := w.Feed(t.Context(), "telnet:bob", Start)
	defer other.Close()
	const many = 3*pageSize + 7
	want := make([]string, 0, many)
	for i := range many {
		want = append(want, fmt.Sprint(i))
		add(t, rdb, ann, want[i])
	}
	add(t, rdb, "telnet:bob", "for bob")
	if got := read(t, first, many); !reflect.DeepEqual(got, want) {
		t.Errorf("the first session got %q", got)
	}
	if got := read(t, second, many+1); !reflect.DeepEqual(got[1:], want) {
		t.Errorf("the second session got %q", got)
	}
	if got := read(t, other, 1); got[0] != "for bob" {
		t.Errorf("bob got %q", got)
	}
}

func TestFeedGoesOnAfterRedisCameBack(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	rdb := server.Client(t)
	w := watcher(t, rdb)
	f := w.Feed(t.Context(), ann, Start)
	defer f.Close()
	add(t, rdb, ann, "one")
	read(t, f, 1)
	server.Kill(t)
	page := func() Page {
		select {
		case p := <-f.Pages:
			return p
		case <-time.After(2 * time.Minute):
			t.Fatal("no page")
			return Page{}
		}
	}
	if p := page(); !p.Down {
		t.Errorf("while Redis is down: %+v", p)
	}
	server.Start(t)
	if p := page(); !p.Up {
		t.Errorf("when Redis is back: %+v", p)
	}
	add(t, rdb, ann, "two")
	if got := read(t, f, 1); got[0] != "two" {
		t.Errorf("after Redis came back: %q", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values map[string]any
		want   Entry
	}{
		"whole":          {map[string]any{"job": "a", "kind": "end", "text": "x\n", "state": "failed", "percent": "40"}, Entry{Job: "a", Kind: End, Text: "x", State: "failed", Percent: 40}},
		"unknown kind":   {map[string]any{"kind": "shout", "text": "x"}, Entry{Kind: Say, Text: "x", Percent: -1}},
		"bad percentage": {map[string]any{"kind": "progress", "percent": "1000"}, Entry{Kind: Progress, Percent: -1}},
		"nothing":        {nil, Entry{Kind: Say, Percent: -1}},
	} {
		if got := parse(redis.XMessage{Values: test.values}); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	if !After("10-0", "9-5") || After("9-5", "9-5") || !After("9-10", "9-9") {
		t.Error("ids are compared as text")
	}
}
