package job_test

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestByKey(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		const key = "slack:U1 slack message C1 1700000000.000100"
		if id, err := store.ByKey(t.Context(), key); !errors.Is(err, job.ErrNotFound) || id != "" {
			t.Errorf("before: %q, %v", id, err)
		}
		a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Key = key }))
		if err != nil {
			t.Fatal(err)
		}
		if id, err := store.ByKey(t.Context(), key); id != a.ID || err != nil {
			t.Errorf("%q, %v; it is %s", id, err, a.ID)
		}
		if id, err := store.ByKey(t.Context(), ""); !errors.Is(err, job.ErrNotFound) || id != "" {
			t.Errorf("no key: %q, %v", id, err)
		}
	})
}
