package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// approve counts the caller's word for a job that waits for a sign-off, or lets it past by force.
func (d *desk) approve(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	force := command.Values(call.Args).Bool("force")
	if j.State != job.Confirming || j.Signoff == nil {
		return notConfirming(j), nil
	}
	switch {
	case force && !has(call, config.Force):
		return d.refuse(ctx, call, j, config.Force), nil
	case !force && !d.maySign(call, j):
		return d.refuse(ctx, call, j, role(j.Signoff)), nil
	}
	if force { // before the deed: nobody may be left untold because this process dies after it
		if err := d.alert(ctx, j.ID); err != nil {
			return command.Answer{}, err
		}
	}
	known := d.config.Known(call.Principal)
	approved, err := d.jobs.Approve(ctx, j.ID, call.Principal, force, known[1:]...)
	switch {
	case errors.Is(err, job.ErrNotConfirming) || errors.Is(err, job.ErrNotFound):
		return tooLate(j), nil
	case errors.Is(err, job.ErrOwnWord):
		return problem(command.CodeForbidden, fmt.Sprintf("You asked for %s yourself, so it needs the word of somebody else. %s",
			j.ID, d.could(role(j.Signoff), call.Principal))), nil
	case errors.Is(err, job.ErrOnlyOwnWord): // the configuration was changed meanwhile, and says otherwise who is whom
		return d.refuse(ctx, call, j, job.SignoffRequester), nil
	case errors.Is(err, job.ErrAlreadyApproved):
		return problem(command.CodeConflict, fmt.Sprintf("You have approved %s already; it needs the word of somebody else too.", j.ID)), nil
	case err != nil:
		return command.Answer{}, err
	}
	d.nudgeAll(ctx, approved.Nudge)
	answer := command.Answer{Job: j.ID, State: approved.State}
	switch {
	case approved.State == job.Failed:
		answer.Text = fmt.Sprintf("Your word counts, but %s could never begin: `why %s` says what it would have waited for.", j.ID, j.ID)
	case force:
		answer.Text = j.ID + " goes past its sign-off by force. That is in the audit trail, and the admins are told."
		return answer, nil
	case approved.State == job.Confirming:
		answer.Text = fmt.Sprintf("Your word counts: %s has %d of %d approvals.", j.ID, approved.Got, approved.Need)
	case role(j.Signoff) == job.SignoffRequester:
		answer.Text = j.ID + " is confirmed and begins."
	default:
		answer.Text = j.ID + " is approved and begins."
	}
	return answer, nil
}

// alert has every admin whom the configuration names, and the addresses of bot.alerts, follow a job that was forced, so
// that notify tells them what was done, by whom, and how it ends. The count of forced jobs is in `status`.
func (d *desk) alert(ctx context.Context, id string) error {
	for _, address := range append(d.config.Addressees(config.Admin), d.config.Bot.Alerts...) {
		nudges, err := d.jobs.Watch(ctx, id, address)
		if err != nil {
			return fmt.Errorf("tell %s of the forced job %s: %w", address, id, err)
		}
		d.nudgeAll(ctx, nudges)
	}
	return d.jobs.Count(ctx, "signoffs_forced", 1)
}

// reject stops a job that waits for a sign-off.
func (d *desk) reject(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	if j.State != job.Confirming || j.Signoff == nil {
		return notConfirming(j), nil
	}
	if !d.maySign(call, j) && !d.config.Same(call.Principal, j.Principal) {
		return d.refuse(ctx, call, j, role(j.Signoff)), nil
	}
	why := "rejected"
	if more := reason(call); more != "" {
		why += ": " + more
	}
	return d.stopJob(ctx, call, j, why)
}

// tooLate says that a job which waited for a sign-off a moment ago does so no longer: its time ran out, or somebody was
// faster.
func tooLate(j *job.Job) command.Answer {
	answer := problem(command.CodeConflict, fmt.Sprintf("%s waits for a sign-off no longer; `job %s` shows what became of it.", j.ID, j.ID), "job "+j.ID)
	answer.Job = j.ID
	return answer
}

func notConfirming(j *job.Job) command.Answer {
	text := fmt.Sprintf("%s does not wait for a sign-off: its state is %s.", j.ID, stateWord(j.State))
	if !j.State.Final() && j.State != job.Confirming {
		text += fmt.Sprintf(" `cancel %s` stops it.", j.ID)
	}
	answer := problem(command.CodeConflict, text)
	answer.Job, answer.State = j.ID, j.State
	return answer
}
