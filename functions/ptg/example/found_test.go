package example_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/example"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Whenever it is made, it is under way: a slot runs, four tracks are in their rooms, and most of it is free to be booked.
func TestItIsUnderWay(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	for hour := range 24 {
		if err := rdb.FlushDB(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 12, 31, hour, 59, 30, 0, time.UTC)
		store := gathering.NewStore(rdb).WithClock(func() time.Time { return at })
		if made, err := example.Found(t.Context(), store); err != nil || !made {
			t.Fatalf("at %v: %v %v", at, made, err)
		}
		id, err := store.Current(t.Context())
		if err != nil || id != example.ID {
			t.Fatalf("at %v the event %q is on: %v", at, id, err)
		}
		g, err := store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Days) != 2 || len(g.Rooms) != 4 || len(g.Now) != 4 || len(g.Present) != 5 {
			t.Errorf("at %v: %d days, %d rooms, %d talk, %d are there", at, len(g.Days), len(g.Rooms), len(g.Now), len(g.Present))
		}
		if local := at.In(g.Zone()).Format("15:04"); local != "10:59" {
			t.Errorf("at %v it is %s in %s", at, local, g.Zone())
		}
		for track, note := range g.Now {
			if _, _, when := g.RoomOf(track, at); when != gathering.Running || g.Places[track] == nil || g.Stale(track, at) || note.By.Name == "" {
				t.Errorf("at %v %s is nowhere: %+v", at, track, note)
			}
		}
	}
}

// Of many who start at once one makes it, and where there is any event nobody does.
func TestItIsMadeOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		var all sync.WaitGroup
		var made atomic.Int64
		for range 5 {
			all.Go(func() {
				one, err := example.Found(t.Context(), gathering.NewStore(rdb))
				if err != nil {
					t.Error(err)
				}
				if one {
					made.Add(1)
				}
			})
		}
		all.Wait()
		g, err := gathering.NewStore(rdb).Get(t.Context(), example.ID)
		if err != nil || made.Load() != 1 || g.Version != 1 {
			t.Fatalf("it was made %d times: %+v, %v", made.Load(), g, err)
		}
	})
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		if _, err := store.Create(t.Context(), "mine", gathering.Author{Principal: "telnet:ann", Name: "ann"}, "", "", gathering.About{Name: "Mine"}); err != nil {
			t.Fatal(err)
		}
		if made, err := example.Found(t.Context(), store); err != nil || made {
			t.Errorf("beside one of ours: %v, %v", made, err)
		}
	})
}
