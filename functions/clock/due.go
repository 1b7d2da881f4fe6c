package main

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// batch is how many due jobs are taken in one round trip.
	batch = 200
	// batches bounds a tick; what is left is due at the next one.
	batches = 20
	// atOnce is how many nudges are under way at the same time.
	atOnce = 16
	// nudgeLimit bounds one nudge.
	nudgeLimit = 3 * time.Second
)

// nudgeDue nudges everybody who has a job that is due.
func (c *clock) nudgeDue(ctx context.Context) error {
	for range batches {
		due, err := c.jobs.Due(ctx, batch)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return nil
		}
		if err := c.nudgeAll(ctx, due); err != nil {
			return err
		}
		c.tellAbsent(ctx, due)
		if len(due) < batch {
			return nil
		}
	}
	return nil
}

// nudgeAll sends nudges, some at the same time. One that fails is nobody's error: the job stays due. Failures are logged
// with one line a function, and counted.
func (c *clock) nudgeAll(ctx context.Context, list []job.Pointer) error {
	var mu sync.Mutex
	failed := make(map[string]int)
	why := make(map[string]error)
	group := new(errgroup.Group)
	group.SetLimit(atOnce)
	for _, p := range list {
		group.Go(func() error {
			limited, cancel := context.WithTimeout(ctx, nudgeLimit)
			defer cancel()
			if err := c.nudge(limited, p); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[p.Function]++
				why[p.Function] = err
			}
			return nil
		})
	}
	_ = group.Wait() // no nudge returns an error
	return c.countFailed(ctx, failed, why)
}

func (c *clock) countFailed(ctx context.Context, failed map[string]int, why map[string]error) error {
	total := 0
	for function, n := range failed {
		c.log.WarnContext(ctx, "nudges failed; the jobs stay due", "to", function, "jobs", n, "error", why[function])
		total += n
	}
	if total == 0 {
		return nil
	}
	return c.jobs.Count(ctx, "nudges_failed", int64(total))
}
