package life

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/job"
)

// stopFor is how long taking back may take before its fate is unknown. It gives up by itself well before.
const stopFor = 4 * time.Hour

// reserveEffect is the effect under which the name of an environment is taken.
const reserveEffect = "reserve the name"

// creator steps "openstack env create".
type creator struct{ *Life }

var _ job.Patient = (*creator)(nil)

// StopFor implements job.Patient.
func (*creator) StopFor() time.Duration { return stopFor }

// Step implements job.Stepper: one round.
func (c *creator) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Phase == planning {
		return c.begin(ctx, run, at)
	}
	h, err := c.take(ctx, run, at)
	switch {
	case errors.Is(err, errElsewhere):
		return job.Fail(vanished(at), nil), nil
	case err != nil:
		return job.Outcome{}, err
	}
	if !at.Leased { // before anything is made: whatever becomes of this job, the environment ends
		if err := h.ensureLease(ctx); err != nil {
			return job.Outcome{}, err
		}
	}
	return h.round(ctx)
}

// begin plans and checks, says the plan and takes the name: nothing is made before that.
func (c *creator) begin(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	if !run.Intended(reserveEffect) {
		w := wishOf(run.Job())
		if out, done, err := c.gate(ctx, run, at, c.templates.Named(w.template), c.planned(w, run.Job().ID)); done || err != nil {
			return out, err
		}
	}
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	told, out, err := c.reserve(ctx, run, now)
	if told == nil || err != nil {
		return out, err
	}
	env, err := c.envs.Get(ctx, wishOf(run.Job()).name)
	if err != nil {
		return job.Outcome{}, err
	}
	at.Name, at.Cloud, at.Maker, at.Phase, at.Began = env.Name, env.Cloud, run.Job().ID, rising, now
	h, err := c.take(ctx, run, at)
	if err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(0), h.save(ctx, "it begins", told...)
}

// planned is the plan of what somebody asks for.
func (c *creator) planned(w wish, maker string) planned {
	return func(ctx context.Context) ([]string, string, error) {
		now, err := c.jobs.Now(ctx)
		if err != nil {
			return nil, "", err
		}
		d, wrong, err := c.draft(ctx, w, maker, now)
		if err != nil || len(wrong) > 0 {
			return nil, refusal(wrong), err
		}
		return d.told, "", nil
	}
}

// reserve plans, checks, and takes the name. Without told, the plan, the outcome is what to answer. A name that was taken by a
// worker which died then is this job's: what it is to be stands in the record.
func (c *creator) reserve(ctx context.Context, run *job.Run, now time.Time) (told []string, out job.Outcome, err error) {
	if run.Intended(reserveEffect) {
		env, err := c.envs.Get(ctx, wishOf(run.Job()).name)
		switch {
		case err == nil && env.Maker == run.Job().ID:
			return []string{fmt.Sprintf("%s, from %s at %s: %s.", env.Name, env.Template, env.Cloud, counted(env.Plan.Counts()))}, out, nil
		case err != nil && !errors.Is(err, environment.ErrNotFound):
			return nil, out, err
		}
	}
	draft, wrong, err := c.draft(ctx, wishOf(run.Job()), run.Job().ID, now)
	switch {
	case err != nil:
		return nil, out, err
	case len(wrong) > 0:
		return nil, job.Fail(refusal(wrong), nil), nil
	}
	sealed := ""
	if draft.private != "" {
		if sealed, err = c.seal(draft.record.Name, draft.private); err != nil {
			return nil, out, err
		}
	}
	reserve := func(ctx context.Context) (string, error) {
		return run.Job().ID, notTaken(c.envs.Reserve(ctx, environment.By(run), draft.record, now.Add(draft.record.TTL), sealed, c.ceiling(draft.record.Owner)))
	}
	again := func(ctx context.Context) (string, job.Sighting, error) {
		maker, err := reserve(ctx)
		return maker, job.Present, err
	}
	_, err = job.Once(ctx, run, reserveEffect, again, reserve)
	if taken := new(environment.TakenError); errors.As(err, &taken) {
		return nil, job.Fail(refusal([]string{takenText(taken)}), nil), nil
	}
	if full := new(environment.FullError); errors.As(err, &full) {
		return nil, job.Fail(refusal([]string{fullText(draft.record.Owner, full)}), nil), nil
	}
	return draft.told, out, err
}

// notTaken marks that a name which is another's, or which its owner may not have, was surely not taken.
func notTaken(err error) error {
	taken, full := new(environment.TakenError), new(environment.FullError)
	if errors.As(err, &taken) || errors.As(err, &full) {
		return job.NotDone(err)
	}
	return err
}

// takenText says whose a name is.
func takenText(taken *environment.TakenError) string {
	return fmt.Sprintf("There is an environment %s already (%s, made by %s): choose another name, or give it back with: %s %s",
		taken.Name, taken.State, taken.Maker, deleteWords, taken.Name)
}

// refusal puts everything that is wrong into one text.
func refusal(wrong []string) string {
	sentences := make([]string, 0, len(wrong)+1)
	for _, one := range wrong {
		sentences = append(sentences, sentence(one))
	}
	return strings.Join(append(sentences, "Nothing was made."), " ")
}

// Cancel implements job.Canceller: everything that was made is taken back, in reverse order, and seen to be gone.
func (c *creator) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Phase == planning {
		if at.Child != "" {
			return c.stopGate(ctx, run, at)
		}
		if !run.Intended(reserveEffect) {
			return job.Stopped("nothing had been made"), nil
		}
		at.Name, at.Maker = wishOf(run.Job()).name, run.Job().ID
	}
	return c.undo(ctx, run, at)
}
