package main

import (
	"context"
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

// TestAClockThatIsSetBackHoldsUpNobody: what waits is looked at by the next tick, once, and waits no longer than it wants.
func TestAClockThatIsSetBackHoldsUpNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		id := h.accept(t)
		worker := job.NewWorker(h.jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": waiter{}}})
		step := func() {
			t.Helper()
			if took, err := worker.Run(t.Context(), id); !took || err != nil {
				t.Fatal(took, err)
			}
		}
		step()
		h.ticks(t)
		if n := h.times(id, "test"); n != 0 {
			t.Errorf("it waits, and was nudged %d times", n)
		}
		h.time.Add(-time.Hour)
		h.ticks(t)
		if n := h.times(id, "test"); n == 0 {
			t.Error("an hour was taken back, and nobody nudged it")
		}
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
