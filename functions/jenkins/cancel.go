package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// stopping is how far the stopping of a build has come.
type stopping struct {
	Queue time.Time    `json:"queue,omitzero"`  // when the queue item was last asked to go
	Force remote.Force `json:"force,omitempty"` // the hardest way tried on the build
	At    time.Time    `json:"at,omitzero"`     // when it was first tried
	Again time.Time    `json:"again,omitzero"`  // when it was last tried
}

// errNothingAsked says that no build was ever asked for.
var errNothingAsked = errors.New("nothing was asked of Jenkins")

// Cancel implements job.Canceller: it finds out how far things have come in Jenkins, undoes that, and looks until it is
// undone.
func (b *builder) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Item == 0 && p.Number == 0 {
		if out, err := b.findToStop(ctx, run, &p); p.Item == 0 && p.Number == 0 || err != nil {
			return out, err
		}
	}
	if p.Number == 0 {
		if out, err := b.unqueue(ctx, run, &p); p.Number == 0 || err != nil {
			return out, err
		}
	}
	return b.halt(ctx, run, &p)
}

// findToStop looks for a build that may have been asked for. It leaves p as it was when there is none, or none yet.
func (b *builder) findToStop(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	if !run.Intended(buildEffect) {
		return job.Stopped("nothing had been asked of Jenkins yet"), nil
	}
	look := func(ctx context.Context) (triggered, job.Sighting, error) { return b.look(ctx, run, p) }
	never := func(context.Context) (triggered, error) { return triggered{}, job.NotDone(errNothingAsked) }
	found, err := job.Once(ctx, run, buildEffect, look, never)
	switch {
	case errors.Is(err, errNothingAsked):
		return job.Stopped(fmt.Sprintf("Jenkins has no build and no queue item of %s that came of this job", p.Job)), nil
	case errors.Is(err, errLookAgain):
		return job.Wait(b.set.Settle / 2), nil
	case errors.Is(err, job.ErrUnsure):
		return job.Unsure(p.evidence(err)), nil
	case err != nil:
		return b.unstopped(err)
	}
	return job.Outcome{}, b.took(ctx, run, p, found)
}

// resend is after how long a request to stop that shows no effect is made again.
const resend = 15 * time.Second

// unqueue takes the build out of Jenkins' queue. It fills in p.Number when the build has started instead.
func (b *builder) unqueue(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	if err := b.askQueue(ctx, run, p); err != nil {
		return b.unstopped(err)
	}
	item, err := b.api.QueueItem(ctx, p.Item)
	switch {
	case remote.Is(err, remote.NotFound):
		return b.goneFromQueue(ctx, run, p)
	case err != nil:
		return b.unstopped(err)
	case item.Executable != nil:
		p.reach(b.api, item.Executable.Number, item.Executable.URL)
		return job.Outcome{}, b.tellTooLate(ctx, run, p)
	case item.Cancelled:
		return job.Stopped(fmt.Sprintf("queue item %d of %s is cancelled; it never became a build", p.Item, p.Job), p.sharers()...), nil
	}
	return job.Wait(b.gentle(p)), nil
}

func (b *builder) askQueue(ctx context.Context, run *job.Run, p *pursuit) error {
	now, err := b.clock(ctx)
	if err != nil || now.Sub(p.Stop.Queue).Abs() < resend {
		return err
	}
	if err := b.api.CancelItem(ctx, p.Item); err != nil {
		return err
	}
	if err := run.Signalled(ctx); err != nil {
		return fmt.Errorf("record the signal: %w", err)
	}
	change := job.Change{Checkpoint: p}
	if p.Stop.Queue.IsZero() {
		change.Say = []string{fmt.Sprintf("Asked Jenkins to drop item %d from its queue.", p.Item)}
	}
	p.Stop.Queue = now
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

func (b *builder) tellTooLate(ctx context.Context, run *job.Run, p *pursuit) error {
	err := run.Save(ctx, job.Change{
		Checkpoint: p, Links: p.links(),
		Say: []string{fmt.Sprintf("It has just left the queue and is now build #%d: %s", p.Number, p.URL)},
	})
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// goneFromQueue is for an item that Jenkins has forgotten: it was cancelled, or became a build.
func (b *builder) goneFromQueue(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	build, whole, err := b.buildOf(ctx, p)
	if err != nil {
		return b.unstopped(err)
	}
	if build != nil {
		p.reach(b.api, build.Number, build.URL)
		return job.Outcome{}, b.tellTooLate(ctx, run, p)
	}
	p.Missing++
	if p.Missing < patience {
		if err := run.Save(ctx, job.Change{Checkpoint: p}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		return job.Wait(b.gentle(p)), nil
	}
	if !whole {
		return job.Unsure(fmt.Sprintf("Queue item %d of %s is gone, and so are some builds since then; whether one of them was it cannot be told.",
			p.Item, p.Job)), nil
	}
	return job.Stopped(fmt.Sprintf("Jenkins has no queue item %d of %s any more, and no build came of it", p.Item, p.Job), p.sharers()...), nil
}

// gentle is how long to wait between looks at what is being stopped.
func (c *capability) gentle(p *pursuit) time.Duration {
	p.Polls++
	return min(2*time.Second, 200*time.Millisecond*time.Duration(p.Polls))
}

// unstopped is verdict for what could not be stopped.
func (c *capability) unstopped(err error) (job.Outcome, error) {
	text, final := c.final(err)
	if !final {
		return job.Outcome{}, err
	}
	return job.Fail("it could not be stopped: "+text, nil), nil
}
