package job_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestAClockThatIsSetBackTakesNothingAway: who holds a lease that is no longer than leases are keeps it, and who stands in line stays there.
func TestAClockThatIsSetBackTakesNothingAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		ids := make([]string, 2)
		for i := range ids {
			a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Lock = "deploy" }))
			if err != nil {
				t.Fatal(err)
			}
			ids[i] = a.ID
		}
		if _, err := store.Due(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		taken, release := make(chan struct{}), make(chan struct{})
		holds := stepFunc(func(ctx context.Context, _ *job.Run) (job.Outcome, error) {
			close(taken)
			select {
			case <-release:
				return job.Done(nil), nil
			case <-ctx.Done():
				return job.Outcome{}, ctx.Err()
			}
		})
		worker := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "w", Lease: 30 * time.Second, Steps: map[string]job.Stepper{"test run": holds}})
		ended := make(chan error, 1)
		go func() { _, err := worker.Run(context.WithoutCancel(t.Context()), ids[0]); ended <- err }()
		<-taken
		if err := store.SetBack(t.Context()); err != nil {
			t.Error(err)
		}
		if j, err := store.Get(t.Context(), ids[0]); err != nil || j.State != job.Running || !j.Lease.Equal(clock.Now().Add(30*time.Second)) {
			t.Errorf("%v %v", j, err)
		}
		if due, err := store.Due(t.Context(), 10); err != nil || len(due) != 0 {
			t.Errorf("due: %v %v", due, err)
		}
		close(release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if j, err := store.Get(t.Context(), ids[0]); err != nil || j.State != job.Succeeded {
			t.Errorf("%v %v", j, err)
		}
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
