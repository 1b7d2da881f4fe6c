package job_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestNoIDComesAgainAfterALoss: people have ids in their messages, which outlive a Redis that lost everything. None may mean another job.
func TestNoIDComesAgainAfterALoss(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		given := make(map[string]bool)
		for range 3 {
			for range 50 {
				a, err := store.Accept(t.Context(), jobtest.Request())
				if err != nil || given[a.ID] {
					t.Fatalf("%+v, %v: it was given before", a, err)
				}
				given[a.ID] = true
			}
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			clock.Add(time.Hour)
		}
	})
}
