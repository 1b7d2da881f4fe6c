package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// arguments shows a job's arguments, those masked that its command declares secret. When the declaration cannot be had,
// nobody can tell which those are, and none is shown.
func (d *desk) arguments(ctx context.Context, j *job.Job) []string {
	if len(j.Args) == 0 {
		return nil
	}
	return command.Known(ctx, d.rdb, d.log).Arguments(j.Command, j.Args)
}
