package main

import (
	"context"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// tendEvery is how often those are nudged that look after something besides their jobs.
const tendEvery = 5 * time.Minute

// tend has each function that looks after something look whether all is well with it.
func (c *clock) tend(ctx context.Context) error {
	functions, err := c.jobs.Tended(ctx)
	if err != nil || len(functions) == 0 {
		return err
	}
	mine, err := c.turn(ctx, tendKey, tendEvery)
	if err != nil || !mine {
		return err
	}
	list := make([]job.Pointer, len(functions))
	for i, name := range functions {
		list[i] = job.Pointer{ID: command.AnyJob, Function: name}
	}
	return c.nudgeAll(ctx, list)
}
