package health_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestHowCallsWent: trouble is known at once, and so is its end; while all goes on as before nothing is written. What
// passes by itself is not held against it for long, what is to be mended is.
func TestHowCallsWent(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		read := func() health.Calls {
			t.Helper()
			c, err := health.ReadCalls(t.Context(), rdb, "github")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if c := read(); !c.Well(time.Now()) || !c.Good.IsZero() {
			t.Errorf("before the first call: %+v", c)
		}
		caller := &health.Caller{Redis: rdb, Door: "github"}
		reset := time.Now().Add(time.Hour).Truncate(time.Second)
		caller.Good(t.Context(), &health.Rate{Left: 4999, Most: 5000, Reset: reset})
		caller.Good(t.Context(), &health.Rate{Left: 1, Most: 5000, Reset: reset})
		first := read()
		if !first.Well(first.Good) || first.Good.IsZero() || first.Left != 4999 || first.Most != 5000 || !first.Reset.Equal(reset) {
			t.Errorf("%+v", first)
		}
		caller.Bad(t.Context(), "it does not answer", health.Passing)
		if c := read(); c.Well(c.Bad.Add(9*time.Minute)) || !c.Well(c.Bad.Add(11*time.Minute)) || c.Why != "it does not answer" || !c.Good.Equal(first.Good) {
			t.Errorf("%+v", c)
		}
		caller.Bad(t.Context(), "it refuses us", health.ToMend)
		if c := read(); c.Well(c.Bad.Add(24*time.Hour)) || c.Why != "it refuses us" {
			t.Errorf("%+v", c)
		}
		caller.Good(t.Context(), nil)
		if c := read(); !c.Well(c.Good) || c.Bad.IsZero() || c.Left != 4999 {
			t.Errorf("%+v", c)
		}
		if ttl := rdb.PTTL(t.Context(), "handsoff:calls:github").Val(); ttl <= 0 {
			t.Errorf("it is kept for %s", ttl)
		}
	})
	(&health.Caller{}).Bad(t.Context(), "nobody is told", health.Passing)
}

// TestAClockThatIsSetBack changes nothing about which call was the last one, and makes what passes by itself last no longer.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	passing := health.Calls{Good: noon.Add(-time.Hour), Bad: noon, Worse: true, Until: noon.Add(health.Passing)}
	for back := range 24 * 60 {
		now := noon.Add(-time.Duration(back) * time.Minute)
		if well := passing.Well(now); well != (back > 5) {
			t.Errorf("%d minutes back, what passes by itself is over: %v", back, well)
		}
		mended := health.Calls{Good: now, Bad: noon, Until: noon.Add(health.Passing)}
		if !mended.Well(now) {
			t.Errorf("%d minutes back, a call that was answered does not count", back)
		}
		refused := health.Calls{Good: noon, Bad: now, Worse: true}
		if refused.Well(now) {
			t.Errorf("%d minutes back, a call that was refused does not count", back)
		}
	}
}

// TestTheLastCallCounts whatever the clocks of those who note say.
func TestTheLastCallCounts(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		caller := &health.Caller{Redis: rdb, Door: "slack"}
		ahead := func(field string) {
			if err := rdb.HSet(t.Context(), "handsoff:calls:slack", field, time.Now().Add(time.Hour).UnixMilli()).Err(); err != nil {
				t.Fatal(err)
			}
		}
		well := func() bool {
			t.Helper()
			c, err := health.ReadCalls(t.Context(), rdb, "slack")
			if err != nil {
				t.Fatal(err)
			}
			return c.Well(time.Now())
		}
		caller.Good(t.Context(), nil)
		ahead("good")
		caller.Bad(t.Context(), "it refuses us", health.ToMend)
		if well() {
			t.Error("a refusal does not count after the clock was set back")
		}
		ahead("bad")
		caller.Good(t.Context(), nil)
		if !well() {
			t.Error("an answer does not count after the clock was set back")
		}
	})
}
