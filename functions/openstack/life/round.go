package life

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// round is one round of making, or of taking back what could not be made as a whole.
func (h *hand) round(ctx context.Context) (job.Outcome, error) {
	switch h.at.Phase {
	case rising:
		return h.roundUp(ctx)
	case keeping:
		return h.roundKeep(ctx)
	case over:
		return h.settled(ctx)
	case planning, falling:
	}
	if out, over, err := h.takeBack(ctx); !over || err != nil {
		return out, err
	}
	return job.Fail(ended(h.at), h.at.result()), nil
}

func (h *hand) roundUp(ctx context.Context) (job.Outcome, error) {
	t, err := h.rise(ctx)
	if f, passing := away(err); f != nil {
		t, err = h.upAway(passing, f.After, f.Error()), nil
	}
	switch {
	case err != nil:
		return job.Outcome{}, err
	case t.problem != "":
		return h.failed(ctx, t.problem)
	case t.done:
		return h.finished(ctx)
	}
	return job.Wait(t.wait), h.save(ctx, t.line)
}

// upAway is what to do when the cloud does not answer while something is made.
func (h *hand) upAway(passing bool, after time.Duration, what string) turn {
	if h.at.Away.IsZero() {
		h.at.Away = h.now
	}
	if !passing || h.now.Sub(h.at.Away) > h.times.Patient {
		return turn{problem: said(what)}
	}
	return turn{wait: max(after, h.pace()), line: "waiting: " + said(what)}
}

// failed ends the making: what there is is taken back, or kept for inspection.
func (h *hand) failed(ctx context.Context, problem string) (job.Outcome, error) {
	h.at.Why = problem
	if h.env.Keep {
		h.at.Phase, h.at.Away = keeping, time.Time{}
		return job.Wait(0), h.save(ctx, "keeping what was made")
	}
	if err := h.turnBack(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(0), h.save(ctx, "taking back what was made", "✗ "+sentence(problem)+" What was made is taken back.")
}

// roundKeep looks for what was asked for without an answer, so that the inventory has all that is kept. A cloud that is away for
// too long is not waited for: what may be there stays intended, and a delete looks for it.
func (h *hand) roundKeep(ctx context.Context) (job.Outcome, error) {
	t, more, err := h.recover(ctx)
	if f, passing := away(err); f != nil {
		t, err = h.upAway(passing, f.After, f.Error()), nil
		more = t.problem == ""
	}
	switch {
	case err != nil:
		return job.Outcome{}, err
	case more:
		return job.Wait(t.wait), h.save(ctx, t.line)
	}
	return h.keep(ctx, h.at.Why)
}

// keep leaves what was made for inspection. It has a lease like any other.
func (h *hand) keep(ctx context.Context, problem string) (job.Outcome, error) {
	if err := h.write(ctx, environment.Change{State: environment.Kept, Why: &problem}); err != nil {
		return job.Outcome{}, err
	}
	h.at.Phase = over
	return job.Wait(0), h.save(ctx, "what was made is kept", "✗ "+sentence(problem))
}

// finished notes that all is there.
func (h *hand) finished(ctx context.Context) (job.Outcome, error) {
	stacks, err := h.furnish(ctx)
	if f, passing := away(err); f != nil && passing && h.now.Sub(h.at.Moved) < h.times.Patient {
		return job.Wait(max(f.After, h.pace(resource.KindStack))), h.save(ctx, "waiting: "+said(f.Error()))
	} else if err != nil && f == nil {
		return job.Outcome{}, err
	}
	nothing := ""
	record := h.env.Record
	change := environment.Change{Record: &record, State: environment.Ready, Why: &nothing, Took: h.now.Sub(h.at.Began), Items: stacks}
	if err := h.write(ctx, change); err != nil {
		return job.Outcome{}, err
	}
	h.at.Phase = over
	return job.Wait(0), h.save(ctx, "all is there")
}

// settled hands the environment to its lease and tells what a person needs.
func (h *hand) settled(ctx context.Context) (job.Outcome, error) {
	if err := h.ensureLease(ctx); err != nil {
		return job.Outcome{}, err
	}
	if h.env.State == environment.Kept {
		return job.Fail(fmt.Sprintf("%s What was made is kept for inspection until %s: %s %s, and then %s %s",
			sentence(h.env.Why), clock(h.env.Expires), showWords, h.env.Name, deleteWords, h.env.Name), h.result()), nil
	}
	progress := h.progress("")
	progress.Percent = 100
	err := h.run.Save(ctx, job.Change{Checkpoint: h.at, Progress: &progress, Parts: h.parts(), Links: h.links(), Say: h.farewell()})
	return job.Done(h.result()), err
}
