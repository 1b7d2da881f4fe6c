package main

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Who looks after something is nudged now and then, though no job is due; nobody else is.
func TestWhoLooksAfterSomethingIsNudged(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.ticks(t)
		if n := h.times(command.AnyJob, "openstack"); n != 0 {
			t.Errorf("nudged %d times for nothing", n)
		}
		if err := rdb.SAdd(t.Context(), job.TendedKey, "openstack").Err(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			h.time.Add(2 * time.Second)
			if err := rdb.Del(t.Context(), tickKey).Err(); err != nil { // Redis keeps its own time
				t.Fatal(err)
			}
			h.ticks(t)
		}
		if n := h.times(command.AnyJob, "openstack"); n != 1 {
			t.Errorf("nudged %d times in five minutes", n)
		}
		if left := rdb.TTL(t.Context(), tendKey).Val(); left <= 4*time.Minute || left > tendEvery {
			t.Error(left)
		}
	})
}
