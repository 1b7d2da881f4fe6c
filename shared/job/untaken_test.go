package job_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestUntakenIsWhatAWorkerWouldGet: not what stands in line, waits for a person or a time, or is in hand.
func TestUntakenIsWhatAWorkerWouldGet(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		accept := func(changes ...func(*job.Request)) string {
			a, err := store.Accept(t.Context(), jobtest.Request(changes...))
			if err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		late := func(want time.Duration) {
			t.Helper()
			if due, _, err := store.Lags(t.Context()); due != want || err != nil {
				t.Errorf("the oldest is due for %s, not %s (%v)", due, want, err)
			}
		}
		wants := func(when string, want ...string) {
			t.Helper()
			list, err := store.Untaken(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			got := make(map[string]bool)
			for _, u := range list {
				got[fmt.Sprint(u.ID, " ", u.Function, " ", u.Fence)] = true
			}
			for _, line := range want {
				if !got[line] {
					t.Errorf("%s: %q is not there", when, line)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %v, not %q", when, got, want)
			}
		}
		lock := func(r *job.Request) { r.Lock = "x" }
		holder := accept(lock)
		accept(lock) // stands in line behind it
		signed := accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver", Within: time.Minute} })
		wants("accepted", holder+" test 0")
		if _, err := store.Due(t.Context(), 10); err != nil { // they are nudged, and hide for a while
			t.Fatal(err)
		}
		wants("nudged", holder+" test 0")
		clock.Add(3 * time.Second)
		late(3 * time.Second)
		began := make(chan struct{})
		ended := make(chan struct{})
		worker := job.NewWorker(store, job.WorkerOptions{
			Function: "test", Name: "w", Lease: 8 * time.Second, Heartbeat: time.Hour,
			Steps: map[string]job.Stepper{"test run": stepFunc(func(context.Context, *job.Run) (job.Outcome, error) {
				began <- struct{}{}
				<-ended
				return job.Wait(5 * time.Second), nil
			})},
		})
		if took, err := worker.Take(t.Context(), holder); !took || err != nil {
			t.Fatal(took, err)
		}
		<-began
		wants("in hand")
		late(0)
		clock.Add(9 * time.Second)
		wants("its lease has lapsed", holder+" test 1")
		late(time.Second)
		close(ended)
		jobtest.Eventually(t, "the wait", func() bool {
			j, err := store.Get(t.Context(), holder)
			return err == nil && j.State == job.Waiting
		})
		wants("it waits")
		clock.Add(6 * time.Second)
		wants("it has waited", holder+" test 1")
		for range 3 { // nobody comes, however often it is nudged
			if _, err := store.Due(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			clock.Add(20 * time.Second)
		}
		late(61 * time.Second)
		wants("the sign-off is late", holder+" test 1", signed+" test 0")
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
