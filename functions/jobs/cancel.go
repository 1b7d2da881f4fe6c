package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// reasonCells bounds what a person gives as reason.
const reasonCells = 300

// cancel asks a job to stop.
func (d *desk) cancel(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	if j.State.Final() {
		return d.over(ctx, j.ID, "there is nothing left to cancel")
	}
	if !d.mayStop(call, j) {
		needed := stopRole(j)
		if slices.Contains(d.config.Who(needed), j.Principal) {
			return d.refuse(ctx, call, j, needed), nil
		}
		return d.refuse(ctx, call, j, needed, chat.OneLine(j.Principal)+" asked for it and may too."), nil
	}
	return d.stopJob(ctx, call, j, reason(call))
}

// reason is what the caller typed behind the id.
func reason(call command.Call) string {
	return chat.Brief(command.Values(call.Args).String("reason"), reasonCells)
}

func (d *desk) stopJob(ctx context.Context, call command.Call, j *job.Job, reason string) (command.Answer, error) {
	done, err := d.jobs.Cancel(ctx, j.ID, call.Principal, reason, call.Groups...)
	switch {
	case errors.Is(err, job.ErrFinished) || errors.Is(err, job.ErrNotFound):
		return d.over(ctx, j.ID, "there is nothing left to cancel")
	case err != nil:
		return command.Answer{}, err
	}
	d.nudgeAll(ctx, done.Nudge)
	answer := command.Answer{Job: j.ID, State: done.State}
	if done.State == job.Cancelled {
		answer.Text = j.ID + " is cancelled: it had not begun, and nothing was started."
		return answer, nil
	}
	answer.Text = "Cancelling " + j.ID + "; "
	if done.Already {
		answer.Text = j.ID + " is being cancelled already"
		if j.Cancel != nil {
			answer.Text += ", as " + jobtext.Who(j.Cancel.By) + " asked"
		}
		answer.Text += "; "
	}
	follows, err := d.follow(ctx, call, j.ID)
	if err != nil {
		return command.Answer{}, err
	}
	if !follows {
		answer.Text += fmt.Sprintf("`job %s` shows the receipt when it has been seen stopped.", j.ID)
		return answer, nil
	}
	answer.Text += "the receipt will follow."
	return answer, nil
}

// over says how a job ended that somebody wanted to change.
func (d *desk) over(ctx context.Context, id, so string) (command.Answer, error) {
	j, err := d.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return problem(command.CodeNotFound, id+" ended long ago and is forgotten; "+so+"."), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	answer := problem(command.CodeConflict, j.ID+" "+jobtext.Standing(j, j.Finished)+"; "+so+".")
	answer.Job, answer.State = j.ID, j.State
	return answer, nil
}
