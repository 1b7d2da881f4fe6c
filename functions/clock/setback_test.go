package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

type waiter struct{}

func (waiter) Step(context.Context, *job.Run) (job.Outcome, error) {
	return job.Wait(10 * time.Second), nil
}

// dies takes a job, and is gone.
func (h *hall) dies(t *testing.T, address, id string) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address})
	t.Cleanup(func() { _ = rdb.Close() })
	worker := job.NewWorker(jobtest.Open(t, rdb, job.Options{Now: h.time.Now}), job.WorkerOptions{Function: "test", Name: "gone"})
	rdb.AddHook(jobtest.NewLife(jobtest.Death{Point: 1, After: true}))
	if _, err := worker.Run(t.Context(), id); !errors.Is(err, jobtest.ErrDead) {
		t.Fatal(err)
	}
	if j, err := h.jobs.Get(t.Context(), id); err != nil || j.State != job.Running {
		t.Fatal(j, err)
	}
}

// TestAClockThatIsSetBackHoldsUpNobody: what waits is looked at soon, once, and waits no longer than it wants; so is what was handed
// out, and what a worker had that is gone.
func TestAClockThatIsSetBackHoldsUpNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		id := h.accept(t)
		worker := job.NewWorker(h.jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": waiter{}}})
		runs := func(id string) {
			t.Helper()
			if took, err := worker.Run(t.Context(), id); !took || err != nil {
				t.Fatal(took, err)
			}
		}
		step := func() { t.Helper(); runs(id) }
		step()
		queued, lost, stopping := h.accept(t), h.accept(t), h.accept(t)
		h.dies(t, rdb.Options().Addr, lost)
		h.dies(t, rdb.Options().Addr, stopping)
		if _, err := h.jobs.Cancel(t.Context(), stopping, "telnet:ann", "enough"); err != nil {
			t.Fatal(err)
		}
		h.ticks(t)
		if n := h.times(id, "test"); n != 0 {
			t.Errorf("it waits, and was nudged %d times", n)
		}
		if n := h.times(queued, "test"); n != 1 {
			t.Errorf("it is due, and was nudged %d times", n)
		}
		h.time.Add(-time.Hour)
		h.ticks(t)
		h.ticks(t)
		if n := h.times(id, "test"); n == 0 {
			t.Error("an hour was taken back, and nobody nudged it")
		}
		if n := h.times(queued, "test"); n < 2 {
			t.Error("an hour was taken back, and nobody nudged what is queued")
		}
		runs(queued)
		step()
		before := h.times(id, "test")
		h.ticks(t)
		if n := h.times(id, "test"); n != before {
			t.Errorf("it waits again, and was nudged %d times", n-before)
		}
		h.time.Add(11 * time.Second)
		h.ticks(t)
		if n := h.times(id, "test"); n == before {
			t.Error("it has waited, and nobody nudged it")
		}
		for _, id := range []string{lost, stopping} {
			if n := h.times(id, "test"); n == 0 {
				t.Error("its worker is gone, and nobody nudged it")
			}
			runs(id)
		}
		if n := h.logs.count("was set back"); n != 1 {
			t.Errorf("it is in the log %d times", n)
		}
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestATurnEndsAlsoWhenTheClockIsSetBack: Redis keeps the key of a turn until a time, which is far then.
func TestATurnEndsAlsoWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		if err := rdb.Set(t.Context(), sweepKey, "1", time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		for _, want := range []bool{true, false} {
			if mine, err := h.turn(t.Context(), sweepKey, sweepEvery); mine != want || err != nil {
				t.Errorf("it is our turn: %v, %v", mine, err)
			}
		}
	})
}
