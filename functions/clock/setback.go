package main

import (
	"context"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// setBack has everything that waits look again now, if Redis' clock was set back since the last tick: else each would wait for that
// much longer. To be woken early does a job no harm.
func (c *clock) setBack(ctx context.Context, ticked, now time.Time) error {
	by := ticked.Sub(now)
	if by <= unheard {
		return nil
	}
	c.log.WarnContext(ctx, "Redis' clock was set back; what waits looks again now", "by", by)
	const most = 100_000
	open, err := c.jobs.Browse(ctx, job.Browse{
		Open: true, Limit: most, Look: most,
		Wants: func(j *job.Job) bool { return j.State == job.Waiting || j.State == job.Cancelling },
	})
	if err != nil {
		return err
	}
	var woken []job.Pointer
	for _, j := range open.Jobs {
		pointers, err := c.jobs.Wake(ctx, j.ID)
		if err != nil {
			return err
		}
		woken = append(woken, pointers...)
	}
	return c.nudgeAll(ctx, woken)
}
