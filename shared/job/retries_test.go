package job_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhatRepeatsAJobIsKnown in order, each once however often it is asked for, and forgotten with the job; what is forgotten
// leaves nothing behind, not even when it is repeated after that.
func TestWhatRepeatsAJobIsKnown(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb, stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Fail("no", nil), nil }))
		retry := func(of, key string) string {
			return b.accept(func(r *job.Request) { r.RetryOf, r.Key = of, key })
		}
		want := func(seen map[string]int, want map[string][]string) {
			t.Helper()
			got, err := b.store.Retries(t.Context(), seen)
			if err != nil || !maps.EqualFunc(got, want, slices.Equal[[]string]) {
				t.Errorf("%v: %v, want %v: %v", seen, got, want, err)
			}
		}
		first, other := b.accept(), b.accept()
		b.run(first)
		one, two := retry(first, "a"), retry(first, "b")
		if again := retry(first, "b"); again != two {
			t.Fatalf("%s, want %s", again, two)
		}
		want(nil, map[string][]string{})
		want(map[string]int{first: 0, other: 0}, map[string][]string{first: {one, two}})
		want(map[string]int{first: 1}, map[string][]string{first: {two}})
		want(map[string]int{first: 2}, map[string][]string{})
		if n, err := b.store.Sweep(t.Context(), job.Keep{For: time.Hour}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		retry(first, "c")
		want(map[string]int{first: 0}, map[string][]string{})
	})
}
