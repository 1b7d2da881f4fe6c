package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// watch makes the caller follow a job.
func (d *desk) watch(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	follows, err := d.follow(ctx, call, j.ID)
	if err != nil {
		return command.Answer{}, err
	}
	if !follows {
		return problem(command.CodeConflict, "I cannot write to where you are now, so you cannot follow a job from there; "+
			"`job "+j.ID+"` shows how it stands.", "job "+j.ID), nil
	}
	return command.Answer{Text: "You follow " + j.ID + "; `unwatch " + j.ID + "` ends that.", Job: j.ID, State: j.State}, nil
}

// unwatch ends that.
func (d *desk) unwatch(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	for _, address := range call.Watch {
		if err := d.jobs.Unwatch(ctx, j.ID, address); err != nil {
			return command.Answer{}, err
		}
	}
	return command.Answer{Text: "You no longer follow " + j.ID + ".", Job: j.ID, State: j.State}, nil
}

// follow adds the caller's addresses to those that follow a job. It reports whether there are any.
func (d *desk) follow(ctx context.Context, call command.Call, id string) (bool, error) {
	for _, address := range call.Watch {
		nudges, err := d.jobs.Watch(ctx, id, address)
		if errors.Is(err, job.ErrNotFound) {
			return false, nil // retired in this moment
		}
		if err != nil {
			return false, err
		}
		d.nudgeAll(ctx, nudges)
	}
	return len(call.Watch) > 0, nil
}
