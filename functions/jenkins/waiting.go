package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// patience is how many looks in a row must miss a thing before it is believed to be gone: a Jenkins that is loading its jobs
// answers 404 for a while.
const patience = 3

// waitInQueue looks at the queue item. It fills in p.Number when the build has started.
func (b *builder) waitInQueue(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	item, err := b.api.QueueItem(ctx, p.Item)
	switch {
	case remote.Is(err, remote.NotFound):
		return b.forgotten(ctx, run, p)
	case err != nil:
		return b.verdict(err)
	case item.Executable != nil:
		p.reach(b.api, item.Executable.Number, item.Executable.URL)
		return job.Outcome{}, b.tellStarted(ctx, run, p)
	case item.Cancelled:
		return job.Fail(fmt.Sprintf("somebody cancelled %s in Jenkins' queue before it started (item %d)", p.Job, p.Item), nil), nil
	}
	p.Missing = 0
	wait := p.pace()
	progress := job.Progress{Percent: -1, Line: b.queueLine(ctx, p, item)}
	if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &progress}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Wait(wait), nil
}

func (b *builder) queueLine(ctx context.Context, p *pursuit, item *remote.QueueItem) string {
	line := "in Jenkins' queue"
	if place, length, err := b.api.Position(ctx, p.Item); err == nil && place > 0 {
		line += fmt.Sprintf(", %d of %d", place, length)
	}
	if why := chat.Brief(item.Why, 160); why != "" {
		line += ": " + why
	}
	if item.Stuck {
		line += " (Jenkins calls it stuck)"
	}
	return line
}

// forgotten looks for the build of a queue item that Jenkins has forgotten, as it does after five minutes.
func (b *builder) forgotten(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	build, whole, err := b.buildOf(ctx, p)
	if err != nil {
		return b.verdict(err)
	}
	if build != nil {
		p.reach(b.api, build.Number, build.URL)
		return job.Outcome{}, b.tellStarted(ctx, run, p)
	}
	p.Missing++
	if p.Missing < patience {
		if err := run.Save(ctx, job.Change{Checkpoint: p}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		return job.Wait(2 * time.Second), nil
	}
	if !whole {
		return job.Unsure(fmt.Sprintf("Jenkins has forgotten queue item %d of %s, and some builds since then are no longer there; "+
			"it may have been one of them.", p.Item, p.Job)), nil
	}
	return job.Fail(fmt.Sprintf("Jenkins has forgotten queue item %d of %s and no build came of it; somebody cancelled it there, most likely",
		p.Item, p.Job), nil), nil
}

// buildOf finds the build that came of the queue item; nil for none. whole says that none can have been missed.
func (b *builder) buildOf(ctx context.Context, p *pursuit) (build *remote.Build, whole bool, err error) {
	seen, err := b.traces(ctx, p)
	if err != nil {
		return nil, false, err
	}
	for i := range seen.builds {
		if seen.builds[i].QueueID == p.Item {
			return &seen.builds[i], seen.whole, nil
		}
	}
	return nil, seen.whole, nil
}
