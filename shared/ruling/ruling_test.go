package ruling_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/ruling"
)

// TestDecisionsAreReadInSlices, the newest first, and no further than is asked for.
func TestDecisionsAreReadInSlices(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for i := range 450 {
			values := []any{"at", 1000 + i, "event", fmt.Sprint("e", i), "rule", fmt.Sprint("r", i%3), "outcome", ruling.Ran}
			if err := rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: ruling.DecisionsKey, Values: values}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		seen := 0
		list, err := ruling.Decisions(t.Context(), rdb, 3, func(*ruling.Decision) bool { seen++; return true })
		if err != nil || len(list) != 3 || list[0].Event != "e449" || !list[0].At.Equal(time.UnixMilli(1449)) || seen > 3 {
			t.Errorf("%+v, %d looked at: %v", list, seen, err)
		}
		list, err = ruling.Decisions(t.Context(), rdb, 1000, func(d *ruling.Decision) bool { return d.Rule == "r0" })
		if err != nil || len(list) != 150 || list[149].Event != "e0" {
			t.Errorf("%d of them: %v", len(list), err)
		}
		if list, err = ruling.Decisions(t.Context(), rdb, 9, func(d *ruling.Decision) bool { return d.Event == "e0" }); err != nil || len(list) != 1 {
			t.Errorf("%+v: %v", list, err)
		}
	})
}

func TestRulesRestAndAreCounted(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		p := ruling.Pause{By: "telnet:ann", At: time.UnixMilli(5).UTC(), Reason: "it votes twice"}
		set := func(want bool, p *ruling.Pause) {
			t.Helper()
			if got, err := ruling.SetPause(t.Context(), rdb, "verify", p); err != nil || got != want {
				t.Errorf("%v, %v", got, err)
			}
		}
		set(true, &p)
		set(false, &ruling.Pause{By: "telnet:bob"})
		if all, err := ruling.Pauses(t.Context(), rdb); err != nil || len(all) != 1 || all["verify"] != p || p.String() != "paused by telnet:ann: it votes twice" {
			t.Errorf("%+v: %v", all, err)
		}
		set(true, nil)
		set(false, nil)
		rdb.HSet(t.Context(), ruling.TallyKey, "verify", 1, "verify at", 1000, "tip", 12, "tip at", 2000)
		all, err := ruling.Tallies(t.Context(), rdb)
		if err != nil || len(all) != 2 || all["verify"].Since(time.UnixMilli(61_000)) != "acted once, 1 m ago" || all["tip"].Since(time.UnixMilli(62_000)) != "acted 12 times, 1 m ago" || all["none"].Since(time.Now()) != "never acted" {
			t.Errorf("%+v: %v", all, err)
		}
	})
}
