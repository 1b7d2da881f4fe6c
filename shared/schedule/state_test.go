package schedule_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

// Of two who read the same, one writes; what was not changed is not written.
func TestOneOfTwoWrites(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := hourly(t, "")
		load := func() schedule.State {
			states, err := schedule.Load(t.Context(), rdb, s)
			if err != nil {
				t.Fatal(err)
			}
			return states[0]
		}
		for range 2 { // the first time there is nothing, then something
			one, other := load(), load()
			one.Paused = &schedule.Pause{By: "telnet:ann", At: start.Add(time.Duration(len(load().Cron)))}
			one.Cron += "x"
			other.Paused = &schedule.Pause{By: "telnet:bob"}
			if err := schedule.Save(t.Context(), rdb, s.Name, &one); err != nil {
				t.Fatal(err)
			}
			if err := schedule.Save(t.Context(), rdb, s.Name, &other); !errors.Is(err, schedule.ErrMeanwhile) {
				t.Errorf("the second one: %v", err)
			}
			if got := load(); got.Paused == nil || got.Paused.By != "telnet:ann" {
				t.Errorf("it stands as %+v", got)
			}
			one.Cron += "y" // who wrote may write on
			if err := schedule.Save(t.Context(), rdb, s.Name, &one); err != nil {
				t.Error(err)
			}
		}
	})
}
