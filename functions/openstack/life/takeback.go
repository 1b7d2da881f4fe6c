package life

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/job"
)

// turnBack begins to take back. The job notes it first: an environment that is called going has a job which knows that.
func (h *hand) turnBack(ctx context.Context) error {
	h.at.Phase, h.at.Began, h.at.Seen = falling, h.now, false
	h.at.Moved, h.at.Away, h.at.Looked, h.at.Left, h.at.Things, h.at.Back = time.Time{}, time.Time{}, time.Time{}, nil, 0, 0
	if err := h.run.Save(ctx, job.Change{Checkpoint: h.at}); err != nil {
		return err
	}
	return h.write(ctx, environment.Change{State: environment.Going})
}

// untouched reports whether nothing of an environment was told to go yet, though its job had begun to take it back.
func (h *hand) untouched() bool { return h.at.Phase == falling && atRest(h.env.State) }

// atRest reports whether an environment in a state is there, with nothing under way.
func atRest(state environment.State) bool {
	return state == environment.Ready || state == environment.Stopped || state == environment.Kept
}

// undo takes back the environment of a job that was asked to stop.
func (l *Life) undo(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	h, err := l.take(ctx, run, at)
	switch {
	case errors.Is(err, errElsewhere):
		return job.Stopped(gone(at)), nil
	case err != nil:
		return job.Outcome{}, err
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	if at.Phase != falling {
		if err := h.turnBack(ctx); err != nil {
			return job.Outcome{}, err
		}
		if err := h.save(ctx, "taking back what was made"); err != nil {
			return job.Outcome{}, err
		}
	}
	if out, over, err := h.takeBack(ctx); !over || err != nil {
		return out, err
	}
	return job.Stopped(gone(at), at.Left...), nil
}

// lower is one round of taking back, also while the cloud is away.
func (h *hand) lower(ctx context.Context) (turn, error) {
	if h.untouched() || h.env.State == environment.Making { // a worker died before it had written that
		if err := h.write(ctx, environment.Change{State: environment.Going}); err != nil {
			return turn{}, err
		}
	}
	t, err := h.fall(ctx)
	if err == nil {
		return t, nil
	}
	return h.offline(ctx, err)
}

// takeBack is one round of taking back; over says that it was the last one, and that nothing is left but what would not go.
func (h *hand) takeBack(ctx context.Context) (out job.Outcome, over bool, err error) {
	t, err := h.lower(ctx)
	switch {
	case err != nil:
		return out, false, err
	case !t.done:
		return job.Wait(t.wait), false, h.save(ctx, t.line)
	}
	return out, true, h.bury(ctx)
}

// bury forgets an environment of which nothing is left. What is left keeps it.
func (h *hand) bury(ctx context.Context) error {
	if err := h.save(ctx, "done"); err != nil {
		return err
	}
	if len(h.at.Left) > 0 {
		return nil
	}
	if err := h.envs.Remove(ctx, h.by, h.env.Name); err != nil {
		return err
	}
	return h.wakeLease(ctx)
}
