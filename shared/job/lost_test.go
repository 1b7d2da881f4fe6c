package job_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestALostIDIsNotGivenAgain: Redis' machine stops, and what it had answered last is gone. A message about the lost job, with its
// buttons, must not mean somebody else's.
func TestALostIDIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		accept := func() string {
			a, err := store.Accept(t.Context(), jobtest.Request())
			if err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		given := map[string]bool{accept(): true}
		kept := rdb.Get(t.Context(), job.Prefix+"seq").Val()
		for range 3 {
			given[accept()] = true
		}
		// It comes back as it was after the first one; its scripts are never kept.
		if err := rdb.Set(t.Context(), job.Prefix+"seq", kept, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if err := rdb.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if id := accept(); given[id] {
				t.Errorf("%s is given again", id)
			}
		}
	})
}
