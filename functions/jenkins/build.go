package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// builder steps "jenkins build" and the shortcuts: it asks for a build, waits in Jenkins' queue with it and follows it to
// its end.
type builder struct{ *capability }

var (
	_ job.Stepper   = (*builder)(nil)
	_ job.Canceller = (*builder)(nil)
)

// buildEffect is the name under which the engine remembers that a build was asked for.
const buildEffect = "build"

// triggered is what asking for a build gave: its queue item or, when it was found later, the build itself.
type triggered struct {
	Item   int64  `json:"item,omitempty"`
	Number int64  `json:"number,omitempty"`
	URL    string `json:"url,omitempty"`
	Shared bool   `json:"shared,omitempty"`
}

// Step implements job.Stepper.
func (b *builder) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Item == 0 && p.Number == 0 {
		if out, err := b.start(ctx, run, &p); p.Item == 0 && p.Number == 0 {
			return out, err
		} else if err != nil {
			return job.Outcome{}, err
		}
	}
	if p.Number == 0 {
		if out, err := b.waitInQueue(ctx, run, &p); p.Number == 0 || err != nil {
			return out, err
		}
	}
	return b.follow(ctx, run, &p, false)
}

// start asks for the build, once. It leaves p without item and number when there is nothing to follow yet, or ever.
func (b *builder) start(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	ready, err := b.prepare(ctx, run, p)
	if err != nil {
		return b.verdict(err)
	}
	found, err := b.ask(ctx, run, p, ready)
	switch {
	case errors.Is(err, errLookAgain):
		return job.Wait(b.set.Settle / 2), nil
	case errors.Is(err, job.ErrUnsure):
		return job.Unsure(p.evidence(err)), nil
	case err != nil:
		return b.verdict(err)
	}
	return job.Outcome{}, b.took(ctx, run, p, found)
}

// prepare checks the wish and records how Jenkins stands before anything is asked of it. It gives nil when an earlier step
// has done so.
func (b *builder) prepare(ctx context.Context, run *job.Run, p *pursuit) (*plan, error) {
	if p.Base != nil {
		return nil, nil // prepared before
	}
	ready, err := b.plan(ctx, run.Job())
	if err != nil {
		return nil, err
	}
	queue, _, err := b.api.Queue(ctx)
	if err != nil {
		return nil, err
	}
	p.Job, p.Mark, p.Secrets = ready.name, ready.mark(), ready.secrets
	p.Base = &baseline{Next: ready.job.NextNumber}
	for _, item := range queue {
		if item.Job() == p.Job {
			p.Base.Queue = append(p.Base.Queue, item.ID)
		}
	}
	progress := job.Progress{Percent: -1, Line: "asking Jenkins for a build of " + p.Job}
	if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &progress, Say: ready.warnings}); err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	return ready, nil
}

// requestGrace is how long the request for a build may outlive the step that made it, so that its fate is known.
const requestGrace = 2 * time.Second

// ask makes the request, unless an earlier step did.
func (b *builder) ask(ctx context.Context, run *job.Run, p *pursuit, ready *plan) (triggered, error) {
	look := func(ctx context.Context) (triggered, job.Sighting, error) { return b.look(ctx, run, p) }
	do := func(ctx context.Context) (triggered, error) {
		if ready == nil {
			again, err := b.plan(ctx, run.Job())
			if err != nil {
				return triggered{}, job.NotDone(err)
			}
			ready = again
		}
		if !p.Looked.IsZero() { // should this request be lost too, the looking begins anew
			p.Looked = time.Time{}
			if err := run.Save(ctx, job.Change{Checkpoint: p}); err != nil {
				return triggered{}, job.NotDone(err)
			}
		}
		ctx, cancel := outlast(ctx, requestGrace)
		defer cancel()
		queued, err := b.api.Trigger(ctx, ready.order(run.Job().ID))
		if surelyNot(err) {
			return triggered{}, job.NotDone(err)
		}
		return triggered{Item: queued.Item, Shared: queued.Merged || slices.Contains(p.Base.Queue, queued.Item)}, err
	}
	return job.Once(ctx, run, buildEffect, look, do)
}

// surelyNot reports whether a failed request has certainly started no build.
func surelyNot(err error) bool {
	fault, ok := errors.AsType[*remote.Error](err)
	return ok && (fault.Unsent || !fault.Passing())
}

// took records what the request gave, and tells people.
func (b *builder) took(ctx context.Context, run *job.Run, p *pursuit, found triggered) error {
	p.Item, p.Shared, p.Polls = found.Item, found.Shared, 0
	if found.Number > 0 {
		p.reach(b.api, found.Number, found.URL)
		return b.tellStarted(ctx, run, p)
	}
	say := []string{fmt.Sprintf("Jenkins has put %s into its queue, as item %d.", p.Job, p.Item)}
	if p.Shared {
		say = append(say, "The same build was already waiting there, and Jenkins makes one of the two: whoever stops it stops it for both.")
	}
	if err := run.Save(ctx, job.Change{Checkpoint: p, Say: say}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

func (b *builder) tellStarted(ctx context.Context, run *job.Run, p *pursuit) error {
	progress := job.Progress{Percent: -1, Line: fmt.Sprintf("building #%d", p.Number)}
	err := run.Save(ctx, job.Change{
		Checkpoint: p, Progress: &progress, Links: p.links(),
		Say: []string{fmt.Sprintf("Build #%d of %s has started: %s", p.Number, p.Job, p.URL)},
	})
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}
