package gathering_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestCurrent is the one that was chosen; else the one that is on, the next, the last.
func TestCurrent(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := monday
		store := gathering.NewStore(rdb).WithClock(func() time.Time { return clock })
		_, err := store.Current(t.Context())
		refused(t, err, gathering.ErrNoGathering, "There is no event yet; 'ptg event new' makes one")
		for id, dates := range map[string][2]string{
			"spring": {"2026-03-02", "2026-03-06"}, "fall": {"2026-09-07", "2026-09-11"}, "old": {"2025-03-03", "2025-03-07"}, "some-day": {},
		} {
			about := gathering.About{Name: id, Zone: "Asia/Tokyo", Starts: dates[0], Ends: dates[1]}
			if _, err := store.Create(t.Context(), id, ann, "", "", about); err != nil {
				t.Fatal(err)
			}
		}
		current := func(at, want string) {
			t.Helper()
			clock = utc(t, at)
			if id, err := store.Current(t.Context()); err != nil || id != want {
				t.Errorf("%s: %s, want %s (%v)", at, id, want, err)
			}
		}
		for at, want := range map[string]string{
			"2026-03-01 14:59": "spring", "2026-03-01 15:01": "spring", "2026-03-06 14:59": "spring", "2026-03-06 15:01": "fall",
			"2025-12-31 00:00": "spring", "2027-01-01 00:00": "fall", "2024-01-01 00:00": "old",
		} {
			current(at, want)
		}
		must(t, store.Use(t.Context(), "old"))
		current("2026-03-02 12:00", "old")
		if chosen, err := store.Chosen(t.Context()); chosen != "old" || err != nil {
			t.Error(chosen, err)
		}
		must(t, store.Use(t.Context(), ""))
		current("2026-03-02 12:00", "spring")
		refused(t, store.Use(t.Context(), "nosuch"), gathering.ErrNoGathering, "There is no event 'nosuch'")
		list, err := store.List(t.Context())
		if err != nil || len(list) != 4 || list[0].ID != "some-day" || list[1].ID != "old" || list[3].ID != "fall" {
			t.Errorf("%+v %v", list, err)
		}
		_, err = store.Create(t.Context(), "old", ann, "", "", gathering.About{Name: "x"})
		refused(t, err, gathering.ErrExists, "There is an event 'old' already: old")
		for _, id := range []string{"", "A", "a b", "current", "gatherings", "pace", "code", "file", "offer", "a:log"} {
			_, err := store.Create(t.Context(), id, ann, "", "", gathering.About{Name: "x"})
			refused(t, err, gathering.ErrInvalid, "'"+id+"' cannot be an event's short name: use up to 40 lower-case letters, digits and hyphens")
		}
	})
}

// TestTheListFollows the days that a gathering is given.
func TestTheListFollows(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		dates := func(want string) {
			t.Helper()
			list, err := store.List(t.Context())
			if err != nil || len(list) != 1 || list[0].Starts+" "+list[0].Ends != want {
				t.Errorf("%+v %v", list, err)
			}
		}
		dates("2026-03-02 2026-03-03")
		change(t, store, ann, func(d *gathering.Draft) error { return d.SetDays([]gathering.Day{{Name: "x", Date: "2026-05-01"}}) })
		dates("2026-05-01 2026-05-01")
		if _, err := store.Undo(t.Context(), "fall", ann, "", "", gathering.Undoing{}); err != nil {
			t.Fatal(err)
		}
		dates("2026-03-02 2026-03-03")
	})
}

// next is the next version that a watcher is told of.
func next(t *testing.T, versions <-chan int64) int64 {
	t.Helper()
	select {
	case version, ok := <-versions:
		if !ok {
			t.Fatal("the channel is closed")
		}
		return version
	case <-time.After(time.Minute):
		t.Fatal("nothing was told for a minute")
	}
	return 0
}

// TestWatch tells of the newest version, also when its publication was lost, and ends with its context.
func TestWatch(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		ctx, cancel := context.WithCancel(t.Context())
		versions := store.Watch(ctx, "fall")
		if version := next(t, versions); version != 2 {
			t.Errorf("first told of %d", version)
		}
		for range 20 {
			change(t, gathering.NewStore(rdb), ann, func(d *gathering.Draft) error { return d.AddNext("nova", "x") })
		}
		told := int64(2)
		for told < 22 {
			version := next(t, versions)
			if version <= told {
				t.Fatalf("told of %d after %d", version, told)
			}
			told = version
		}
		if err := rdb.HSet(ctx, "handsoff:ptg:fall", "version", 23).Err(); err != nil { // which nobody publishes
			t.Fatal(err)
		}
		if version := next(t, versions); version != 23 {
			t.Errorf("told of %d", version)
		}
		cancel()
		select {
		case _, open := <-versions:
			if open {
				t.Error("told of something that did not happen")
			}
		case <-time.After(time.Minute):
			t.Error("a watcher goes on beyond its context")
		}
	})
}
