package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// retry makes a new job that does the same as a finished one. Whoever asks must have the role that the command needs now;
// that they had it then, or that somebody else had, does not count.
func (d *desk) retry(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	if !j.State.Final() {
		answer := problem(command.CodeConflict, fmt.Sprintf("%s has not ended yet; `cancel %s` stops it.", j.ID, j.ID), "cancel "+j.ID)
		answer.Job, answer.State = j.ID, j.State
		return answer, nil
	}
	// What the command is today decides: its role, its lock, its sign-off.
	declared := d.declared(ctx, j.Command)
	if declared == nil {
		return problem(command.CodeUnavailable, fmt.Sprintf(
			"%s is not among the commands that I know just now, so %s cannot be done again; see `help`.", chat.Quote(j.Command, 80), j.ID)), nil
	}
	needed := declared.Role
	granted, ok := command.Granted(d.config, needed, call.Who()...)
	if !ok {
		return d.refuse(ctx, call, j, needed), nil
	}
	parsed, err := declared.Adopt(j.Args)
	if m := new(command.Mistake); errors.As(err, &m) {
		return m.Answer(), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	made, err := d.jobs.Accept(ctx, again(parsed.Request(), call, j, job.Why{Role: needed, Granted: granted}))
	if err != nil {
		return command.Answer{}, err
	}
	d.nudgeAll(ctx, made.Nudge)
	text := fmt.Sprintf("%s does %s again: %s", made.ID, j.ID, jobtext.Command(j))
	if made.State == job.Confirming {
		text += fmt.Sprintf("\nIt needs its sign-off anew: say `approve %s` or `reject %s`.", made.ID, made.ID)
	}
	return command.Answer{Text: text, Job: made.ID, State: made.State, Accepted: true}, nil
}

// again makes the request for a job that repeats another. The call's id makes a repeated call the same job.
func again(r job.Request, call command.Call, j *job.Job, why job.Why) job.Request {
	why.Notes = []string{fmt.Sprintf("it repeats %s, which %s asked for and which ended as %s", j.ID, chat.OneLine(j.Principal), j.State)}
	r.Principal, r.Groups, r.Origin, r.Watch = call.Principal, call.Groups, call.Origin, call.Watch
	r.RetryOf, r.Why = j.ID, why
	if call.ID != "" {
		r.Key = "retry " + call.Principal + " " + call.ID
	}
	return r
}
