package life

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// pass lets another job be the lease, which begins where this one is.
func (l *lessor) pass(ctx context.Context, run *job.Run, at *term, env *environment.Environment) (string, error) {
	if !at.Passed {
		at.Passed = true
		if err := run.Save(ctx, job.Change{Checkpoint: at}); err != nil {
			return "", err
		}
		if err := l.envs.Write(ctx, environment.By(run), at.Name, environment.Change{Lease: "passed on"}); err != nil {
			return "", err
		}
	}
	j := run.Job()
	got, err := l.handInFor(ctx, run, env, "pass on", command.Envelope{
		ID: "pass on " + j.ID, Command: leaseWords, Args: map[string]any{"name": at.Name}, Principal: j.Principal, Groups: j.Groups,
		Origin: j.Origin, Cause: j.Why.Cause,
	})
	if err == nil && got.Job == "" {
		err = fmt.Errorf("nobody waits for the end of %s: %s", at.Name, got.Why)
	}
	return got.Job, err
}

// Cancel implements job.Canceller: the environment is given back now. Whoever may look at it may cancel its lease, and yet may not give back what is another's; for
// them, and where it cannot be given back, another lease goes on: no environment is without an end.
func (l *lessor) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at, env, _, err := l.start(ctx, run)
	if err != nil {
		return job.Outcome{}, err
	}
	if env == nil {
		return job.Stopped("the environment is gone"), withdraw(ctx, run)
	}
	asked := run.Job().Cancel
	if at.Passed || outOfTime(asked.By) { // nobody wants it back
		next, err := l.pass(ctx, run, at, env)
		return job.Stopped(next + " goes on with it"), err
	}
	if why := l.foreign(env, deleteWords, asked.By, asked.Groups); why != "" && !at.Closing {
		return l.stays(ctx, run, at, env, why)
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	if !at.Closing {
		at.Closing, at.Child, at.Tries = true, "", 0
		if err := run.Save(ctx, job.Change{Checkpoint: at}); err != nil {
			return job.Outcome{}, err
		}
	}
	if at.Child == "" {
		got, err := l.handInChild(ctx, run, at, env, deleteWords, map[string]any{"name": env.Name}, run.Job().Fence)
		if err != nil {
			return job.Outcome{}, err
		}
		if got.Job == "" {
			return l.stays(ctx, run, at, env, got.Why)
		}
		at.Child = got.Job
		return job.Wait(time.Minute), run.Save(ctx, job.Change{Checkpoint: at, Say: []string{fmt.Sprintf("%s is given back now: %s.", env.Name, got.Job)}})
	}
	return l.closed(ctx, run, at, env)
}

// closed waits for the job that gives the environment back.
func (l *lessor) closed(ctx context.Context, run *job.Run, at *term, env *environment.Environment) (job.Outcome, error) {
	ended, err := l.jobs.Get(ctx, at.Child)
	switch {
	case errors.Is(err, job.ErrNotFound):
		return l.stays(ctx, run, at, env, "")
	case err != nil:
		return job.Outcome{}, err
	case !ended.State.Final():
		return job.Wait(time.Minute), nil
	case ended.State == job.Succeeded:
		return job.Stopped(at.Child + " has given " + at.Name + " back"), withdraw(ctx, run)
	}
	return l.stays(ctx, run, at, env, ended.Error)
}

// stays ends a lease whose environment is still there. Another goes on.
func (l *lessor) stays(ctx context.Context, run *job.Run, at *term, env *environment.Environment, why string) (job.Outcome, error) {
	next, err := l.pass(ctx, run, at, env)
	if err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped(next+" waits for the end of its time", fmt.Sprintf("%s is still there%s", at.Name, because(sentence(why)))), withdraw(ctx, run)
}
