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
		jobtest.Eventually(t, "another millisecond", func() bool { return time.Now().Truncate(time.Millisecond).After(first.Good) })
		caller.Bad(t.Context(), "it does not answer", health.Passing)
		if c := read(); c.Well(c.Bad.Add(9*time.Minute)) || !c.Well(c.Bad.Add(11*time.Minute)) || c.Why != "it does not answer" || !c.Good.Equal(first.Good) {
			t.Errorf("%+v", c)
		}
		caller.Bad(t.Context(), "it refuses us", health.ToMend)
		if c := read(); c.Well(c.Bad.Add(24*time.Hour)) || c.Why != "it refuses us" {
			t.Errorf("%+v", c)
		}
		jobtest.Eventually(t, "yet another", func() bool { return time.Now().Truncate(time.Millisecond).After(read().Bad) })
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
