package question

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// tryOut makes an environment, and gives it back.
func (v *verifier) tryOut(ctx context.Context, run *job.Run, c *cloud.Cloud, at *verifying) (job.Outcome, error) {
	if at.Create == "" {
		return v.create(ctx, run, c, at)
	}
	made, err := v.child(ctx, at.Create)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case made == nil:
		return job.Fail("What became of "+at.Create+", which made the environment, is not known any more.", at.result(c)),
			at.settle(ctx, run, job.Unknown)
	case !made.State.Final():
		return job.Wait(time.Minute), nil
	case made.State != job.Succeeded:
		return job.Fail(fmt.Sprintf("No environment could be made at %s: %s ended %s. %s", c.Name(), made.ID, made.State, full(made.Error)), at.result(c)),
			at.settle(ctx, run, made.State)
	case at.Delete == "":
		if err := v.arrive(ctx, run, at); err != nil {
			return job.Outcome{}, err
		}
		return v.giveBack(ctx, run, at, 0)
	}
	gone, err := v.child(ctx, at.Delete)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case gone != nil && !gone.State.Final():
		return job.Wait(time.Minute), nil
	case gone == nil || gone.State != job.Succeeded:
		return job.Fail(fmt.Sprintf("The environment %s was made at %s, but could not be given back: see the job %s.", at.Name, c.Name(), at.Delete), at.result(c)),
			at.settle(ctx, run, job.Failed)
	}
	if why := unwell(at.Reach); why != "" {
		return job.Fail(fmt.Sprintf("%s is not well: an environment was made and given back; %s", c.Name(), why), at.result(c)), at.settle(ctx, run, job.Succeeded)
	}
	well := fmt.Sprintf("✓ %s is well: %s, and an environment was %s.", c.Name(), at.seen(), at.how())
	return job.Done(at.result(c)), at.settle(ctx, run, job.Succeeded, well)
}

// arrive tries, once, whether the environment can be reached, and says how.
func (v *verifier) arrive(ctx context.Context, run *job.Run, at *verifying) error {
	if len(at.Reach) > 0 {
		return nil
	}
	checks, servers, err := v.reach(ctx, at.Name)
	if err != nil {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	at.Reach, at.Of = checks, servers
	say := make([]string, 0, len(checks)+1)
	for _, one := range checks {
		say = append(say, one.String())
	}
	if servers > len(checks) {
		say = append(say, fmt.Sprintf("Only the first %d of its %s were tried.", len(checks), chat.Count(servers, "server")))
	}
	return run.Save(ctx, job.Change{Checkpoint: at, Say: say, Parts: at.parts()})
}

// how says what was done with the environment: that it was reached only where all of it was that was tried.
func (at *verifying) how() string {
	reached := 0
	for _, one := range at.Reach {
		if !one.Skipped {
			reached++
		}
	}
	all := max(at.Of, len(at.Reach))
	switch reached {
	case all:
		return "made, reached and given back"
	case 0:
		return "made and given back, and not reached (" + at.Reach[0].Note + ")"
	}
	return fmt.Sprintf("made and given back, and %d of its %s reached", reached, chat.Count(all, "server"))
}

// settle notes how the environment ended, and says so.
func (at *verifying) settle(ctx context.Context, run *job.Run, state job.State, say ...string) error {
	at.Stands = string(state)
	return run.Save(ctx, job.Change{Checkpoint: at, Parts: at.parts(), Say: say})
}

// child reads a job; nil when it is forgotten.
func (v *verifier) child(ctx context.Context, id string) (*job.Job, error) {
	j, err := v.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return nil, nil
	}
	return j, err
}

func (v *verifier) create(ctx context.Context, run *job.Run, c *cloud.Cloud, at *verifying) (job.Outcome, error) {
	at.Name = "verify-" + run.Job().ID
	got, err := v.handIn(ctx, run, "create", command.Envelope{
		Command: createWords, Args: map[string]any{"name": at.Name, "template": v.set.Verify.Template, "cloud": c.Name(), "ttl": "2h"},
	})
	switch {
	case err != nil:
		return job.Outcome{}, err
	case got.Job == "":
		return job.Fail("No environment could be asked for: "+full(got.Why), at.result(c)), nil
	}
	at.Create = got.Job
	return job.Wait(time.Minute), run.Save(ctx, job.Change{
		Checkpoint: at, Parts: at.parts(), Progress: &job.Progress{Percent: -1, Line: "an environment is made by " + got.Job},
	})
}

// giveBack asks for the environment to be given back. fence is the job's own when it is to stop.
func (v *verifier) giveBack(ctx context.Context, run *job.Run, at *verifying, fence int64) (job.Outcome, error) {
	got, err := v.handIn(ctx, run, "delete", command.Envelope{Command: giveBackWords, Args: map[string]any{"name": at.Name}, Closing: fence})
	switch {
	case err != nil:
		return job.Outcome{}, err
	case got.Job == "":
		return job.Fail(fmt.Sprintf("The environment %s was made, but could not be given back: %s Try: %s %s", at.Name, full(got.Why), giveBackWords, at.Name), nil),
			at.settle(ctx, run, job.Failed)
	}
	at.Delete = got.Job
	return job.Wait(time.Minute), run.Save(ctx, job.Change{
		Checkpoint: at, Parts: at.parts(), Progress: &job.Progress{Percent: -1, Line: "the environment is given back by " + got.Job},
	})
}

// Cancel implements job.Canceller. What makes an environment is cancelled with this job, and takes it back; one that was made is given
// back by a job with which this one closes.
func (v *verifier) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &verifying{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Create == "" && !run.Intended("create") {
		return job.Stopped("it was only looked at"), nil
	}
	if at.Create == "" { // it was handed in, and nobody wrote down as what
		got, err := v.handIn(ctx, run, "create", command.Envelope{Command: createWords})
		if err != nil || got.Job == "" {
			return job.Stopped("no environment had been taken on"), err
		}
		at.Create, at.Name = got.Job, "verify-"+run.Job().ID
	}
	made, err := v.child(ctx, at.Create)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case made != nil && !made.State.Final():
		return job.Wait(time.Minute), nil
	case made == nil || made.State != job.Succeeded:
		return job.Stopped(fmt.Sprintf("%s, which made the environment, has ended", at.Create)), at.settle(ctx, run, job.Cancelled)
	case at.Delete == "":
		return v.giveBack(ctx, run, at, run.Job().Fence)
	}
	gone, err := v.child(ctx, at.Delete)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case gone != nil && !gone.State.Final():
		return job.Wait(time.Minute), nil
	case gone != nil && gone.State == job.Succeeded:
		return job.Stopped("the environment " + at.Name + " was given back"), at.settle(ctx, run, job.Cancelled)
	}
	return job.Stopped("looked: "+at.Delete+" has ended", "the environment "+at.Name+" may be there: "+giveBackWords+" "+at.Name),
		at.settle(ctx, run, job.Failed)
}
