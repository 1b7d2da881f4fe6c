package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestWhatAnAbsenceMeans(t *testing.T) {
	t.Parallel()
	const (
		all    = "slack: {url: x}\ngithub: {}\ngerrit: {}"
		again  = "; GitHub is asked which deliveries failed, and sends them again; Gerrit's events are replayed from the last one that came"
		slacks = "; Slack itself repeats for about six minutes what was not taken"
		said   = "what was said to me in Slack from 2026-01-02 03:04:05 UTC to 2026-01-02 "
		off    = "; if nothing comes from Slack any more, it has switched event subscriptions off: switch them on again in the app's settings"
	)
	from := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		away           time.Duration
		config         string
		why, how, lost string
	}{
		{2 * time.Minute, all, "2 m", again + slacks, ""},
		{6 * time.Minute, all, "6 m", again + slacks, ""},
		{10 * time.Minute, all, "10 m", again + slacks, said + "03:08:05 UTC may have to be said again"},
		{10 * time.Minute, "slack: {url: x}", "10 m", slacks, said + "03:08:05 UTC may have to be said again"},
		{2 * time.Hour, "slack: {url: x}", "2 h", slacks, said + "04:58:05 UTC may have to be said again" + off},
		{2 * time.Hour, "github: {}\ngerrit: {}", "2 h", again, ""},
		{2 * time.Hour, "roles: {}", "2 h", "", ""},
	} {
		file, err := config.Parse([]byte(test.config))
		if err != nil {
			t.Fatal(err)
		}
		g := absenceGap(from, from.Add(test.away), sources(file))
		if g.Why != "the clock did not tick for "+test.why+": the bot, or its Redis, was down or cut off" || g.How != "the clock ticks again"+test.how || g.Lost != test.lost {
			t.Errorf("after %s with %q:\nwhy %s\nhow %s\nlost %s", test.away, test.config, g.Why, g.How, g.Lost)
		}
	}
}

// TestAnAbsenceIsInTheLedgerOnce, whichever of two clocks sees it first, and a short one is not.
func TestAnAbsenceIsInTheLedgerOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.sources = map[string]bool{slackSection: true}
		for _, pass := range []time.Duration{5 * time.Second, unheard, 5 * time.Second, unheard + time.Second, 5 * time.Second, 20 * time.Minute} {
			h.time.Add(pass)
			h.ticks(t)
		}
		list := ledger(t, rdb)
		if len(list) != 2 || list[0].To.Sub(list[0].From) != 20*time.Minute || list[1].To.Sub(list[1].From) != unheard+time.Second {
			t.Fatalf("the ledger has %+v", list)
		}
		if !strings.Contains(list[0].Lost, "said again") || list[1].Lost != "" || list[0].Closed.IsZero() {
			t.Errorf("the ledger has %+v", list)
		}
	})
}

// TestAGapThatCannotBeWrittenIsWrittenLater, also when the bot comes back as another version.
func TestAGapThatCannotBeWrittenIsWrittenLater(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.ticks(t)
		h.time.Add(unheard + time.Second)
		newer := &hall{clock: h.again(rdb, h.jobs, "v1.3.0"), time: h.time}
		if err := rdb.Set(t.Context(), "handsoff:gaps:closed", "broken", 0).Err(); err != nil {
			t.Fatal(err)
		}
		if err := rdb.Del(t.Context(), tickKey).Err(); err != nil {
			t.Fatal(err)
		}
		if err := newer.tick(t.Context()); err == nil {
			t.Error("nobody is told that the ledger is broken")
		}
		if err := rdb.Del(t.Context(), "handsoff:gaps:closed").Err(); err != nil {
			t.Fatal(err)
		}
		h.time.Add(5 * time.Second)
		newer.ticks(t)
		if list := ledger(t, rdb); len(list) != 1 || list[0].To.Sub(list[0].From) != unheard+6*time.Second {
			t.Errorf("the ledger has %+v", list)
		}
	})
}

func ledger(t *testing.T, rdb redis.UniversalClient) []gap.Gap {
	t.Helper()
	list, err := gap.List(context.Background(), rdb, "handsoff", 10)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestACrashLosesNoGap dies before and after each call of a tick that comes back from an absence.
func TestACrashLosesNoGap(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	watcher := redis.NewClient(&redis.Options{Addr: address})
	t.Cleanup(func() { _ = watcher.Close() })
	points := 1
	for point := 0; point <= points; point++ {
		for _, after := range []bool{false, true} {
			if err := watcher.FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			h := newHall(t, watcher, "clock")
			h.time.Add(10 * time.Minute)
			for _, death := range []jobtest.Death{{Point: point, After: after}, {}, {}} {
				life := jobtest.NewLife(death)
				if err := watcher.Del(t.Context(), tickKey).Err(); err != nil {
					t.Fatal(err)
				}
				h.mortal(t, address, life, func(rdb *redis.Client, jobs *job.Store) {
					if err := h.again(rdb, jobs, "v1.2.0").tick(t.Context()); err != nil && !life.Dead() {
						t.Error(err)
					}
				})
				points = max(points, life.Points())
				h.time.Add(5 * time.Second)
			}
			list := ledger(t, watcher)
			if len(list) != 1 || list[0].To.Sub(list[0].From) < 10*time.Minute || list[0].To.Sub(list[0].From) > 10*time.Minute+5*time.Second {
				t.Errorf("death at %d (after: %v): the ledger has %+v", point, after, list)
			}
		}
	}
	if points < 5 {
		t.Errorf("a tick has only %d points", points)
	}
}
