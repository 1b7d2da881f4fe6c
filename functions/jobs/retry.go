package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
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
	needed := d.neededRole(ctx, j)
	granted, ok := command.Granted(d.config, call.Principal, needed)
	if !ok {
		return d.refuse(ctx, call, j, needed), nil
	}
	made, err := d.jobs.Accept(ctx, again(call, j, needed, granted))
	if err != nil {
		return command.Answer{}, err
	}
	d.nudgeAll(ctx, made.Nudge)
	text := fmt.Sprintf("%s does %s again: %s", made.ID, j.ID, jobtext.Command(j))
	if made.State == job.Confirming {
		text += fmt.Sprintf("\nIt needs its sign-off anew: say `approve %s` or `reject %s`.", made.ID, made.ID)
	}
	return command.Answer{Text: text, Job: made.ID, State: made.State}, nil
}

// neededRole is the role that a job's command needs today; where today's declaration cannot be had, the one it needed then.
func (d *desk) neededRole(ctx context.Context, j *job.Job) string {
	if declared := d.declared(ctx, j.Command); declared != nil {
		return declared.Role
	}
	return cmp.Or(j.Why.Role, config.Admin)
}

// again is the request for a job that repeats another. The call's id makes a repeated call the same job.
func again(call command.Call, j *job.Job, needed, granted string) job.Request {
	r := job.Request{
		Function: j.Function, Command: j.Command, Text: j.Text, Args: j.Args,
		Principal: call.Principal, Origin: call.Origin, Watch: call.Watch,
		Lock: j.Lock, Limit: j.Limit, RetryOf: j.ID,
		Why: job.Why{
			Role: needed, Granted: granted,
			Notes: []string{fmt.Sprintf("it repeats %s, which %s asked for and which ended as %s", j.ID, chat.OneLine(j.Principal), j.State)},
		},
	}
	if call.ID != "" {
		r.Key = "retry " + call.Principal + " " + call.ID
	}
	if s := j.Signoff; s != nil {
		r.Signoff = &job.Signoff{Need: s.Need, Role: s.Role, Self: s.Self, Within: s.Within}
	}
	return r
}
