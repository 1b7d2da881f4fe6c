package job_test

import (
	"errors"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestRefusesARedisThatEvicts: a lease or a lock that Redis may drop is none.
func TestRefusesARedisThatEvicts(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	for _, policy := range []string{"allkeys-lru", "volatile-lru", "noeviction"} {
		if err := rdb.ConfigSet(t.Context(), "maxmemory-policy", policy).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := job.Open(t.Context(), rdb, job.Options{}); errors.Is(err, job.ErrEvicts) != (policy != "noeviction") {
			t.Errorf("%s: %v", policy, err)
		}
	}
}
