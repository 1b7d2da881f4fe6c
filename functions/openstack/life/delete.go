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

// deleter steps "openstack env delete".
type deleter struct{ *Life }

var _ job.Patient = (*deleter)(nil)

// StopFor implements job.Patient.
func (*deleter) StopFor() time.Duration { return stopFor }

// Step implements job.Stepper: one round of taking back.
func (d *deleter) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Phase == planning {
		if out, over, err := d.begin(ctx, run, at); over || err != nil {
			return out, err
		}
	}
	h, err := d.take(ctx, run, at)
	switch {
	case errors.Is(err, errElsewhere):
		return d.given(ctx, run, at)
	case err != nil:
		return job.Outcome{}, err
	}
	if out, over, err := h.takeBack(ctx); !over || err != nil {
		return out, err
	}
	if len(at.Left) > 0 {
		return job.Fail(ended(at), at.result()), nil
	}
	return d.given(ctx, run, at)
}

// begin checks who asks, and turns the environment back. over ends the job.
func (d *deleter) begin(ctx context.Context, run *job.Run, at *course) (out job.Outcome, over bool, err error) {
	args := command.Values(run.Job().Args)
	env, wrong, err := d.known(ctx, args.String("name"))
	switch {
	case err != nil:
		return out, true, err
	case wrong == "":
		wrong = d.foreignTo(env, run.Job())
	}
	if wrong != "" {
		return job.Fail(wrong+" Nothing was taken back.", nil), true, nil
	}
	at.Name, at.Cloud, at.Maker, at.Lease = env.Name, env.Cloud, env.Maker, env.Lease
	h, err := d.take(ctx, run, at)
	if err != nil {
		return out, true, err
	}
	if args.Bool("expired") && h.now.Before(deleteAt(env)) {
		return job.Done(h.result()), true, run.Say(ctx, "%s was extended meanwhile: it stays until %s.", env.Name, clock(env.Expires))
	}
	if err := h.turnBack(ctx); err != nil {
		return out, true, err
	}
	began := fmt.Sprintf("Taking back %s: %s.", env.Name, counted(countOf(env)))
	return out, false, h.save(ctx, "it begins", began)
}

// given ends the job of an environment that is gone.
func (d *deleter) given(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	if at.Lease != "" {
		if err := d.wake(ctx, at.Lease); err != nil {
			return job.Outcome{}, err
		}
	}
	err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: 100, Line: "gone"}, Say: []string{"✓ " + at.Name + " is given back. " + seen(at)}})
	return job.Done(at.result()), err
}

// Cancel implements job.Canceller: nothing more is told to go. What was told cannot be called back.
func (d *deleter) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Phase == planning {
		return job.Stopped("nothing had been taken back"), nil
	}
	h, err := d.take(ctx, run, at)
	if errors.Is(err, errElsewhere) {
		return d.given(ctx, run, at)
	}
	if err != nil {
		return job.Outcome{}, err
	}
	if h.untouched() {
		return job.Stopped("nothing had been taken back"), nil
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	if err := h.recount(ctx); err != nil {
		if f, passing := away(err); f == nil || !passing {
			return job.Outcome{}, err
		}
		return job.Wait(h.pace()), nil
	}
	why := "taking it back was stopped half way"
	if err := h.write(ctx, environment.Change{State: environment.Left, Why: &why}); err != nil {
		return job.Outcome{}, err
	}
	var left []string
	for _, item := range append(h.standing(), h.suspects()...) {
		left = append(left, remains(h.env.Cloud, item))
	}
	return job.Stopped(fmt.Sprintf("looked: of %s, %s gone, and nothing more is told to go; %s %s goes on with it",
		h.env.Name, thingsAre(at.Things), deleteWords, h.env.Name), left...), nil
}

// recount looks how the things are that were told to go.
func (h *hand) recount(ctx context.Context) error {
	var told []*environment.Item
	for _, item := range h.standing() {
		if item.State == environment.Leaving || item.State == environment.Stays {
			told = append(told, item)
		}
	}
	if len(told) == 0 {
		return nil
	}
	things, err := h.look(ctx, told)
	if err != nil {
		return err
	}
	var changed []*environment.Item
	for _, item := range told {
		if seen := h.sunk(item, things[item.Kind+" "+item.ID]); seen.State == environment.Gone {
			changed = append(changed, seen)
			h.at.Things++
		}
	}
	return h.write(ctx, environment.Change{Items: changed})
}

// countOf says how many things of each kind an environment has.
func countOf(env *environment.Environment) map[string]int {
	counts := make(map[string]int)
	for _, item := range env.Items {
		if item.State != environment.Gone {
			counts[item.Kind]++
		}
	}
	return counts
}
