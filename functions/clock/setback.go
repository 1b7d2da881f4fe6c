package main

import (
	"context"
	"time"
)

// setBack has everything that waits look again soon, if Redis' clock was set back since the last tick: else each would wait for that
// much longer. It nudges nobody: what is due is handed out by the next tick, as ever.
func (c *clock) setBack(ctx context.Context, ticked, now time.Time) error {
	by := ticked.Sub(now)
	if by <= unheard {
		return nil
	}
	c.log.WarnContext(ctx, "Redis' clock was set back; what waits looks again now", "by", by)
	return c.jobs.SetBack(ctx)
}
