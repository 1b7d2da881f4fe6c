package emit

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/job"
)

// errUnsaid says that a message was not said before the job was stopped, and will not be.
var errUnsaid = errors.New("not said")

// Cancel implements job.Canceller: it finds out in which channels it was said. What was said stays.
func (e *Emitter) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p plan
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	all := len(p.Channels) > 0
	var left []string
	for i := range p.Channels {
		c := &p.Channels[i]
		err := e.found(ctx, run, &p, c)
		switch {
		case errors.Is(err, errUnsaid):
			all = false
		case err != nil:
			return e.interrupted(ctx, &p, c, err)
		default:
			left = append(left, fmt.Sprintf("what was said in %s stays there", c.Name))
		}
	}
	if all {
		return job.Done(p.result()), nil
	}
	return job.Stopped(p.sentence(), left...), nil
}

// found finds out whether it was said in a channel: errUnsaid says that it was not.
func (e *Emitter) found(ctx context.Context, run *job.Run, p *plan, c *channel) error {
	if c.Said {
		return nil
	}
	name := "say " + c.ID
	if !run.Intended(name) {
		return errUnsaid
	}
	look := func(ctx context.Context) (said, job.Sighting, error) { return e.look(ctx, run.Job(), p, c) }
	never := func(context.Context) (said, error) { return said{}, job.NotDone(errUnsaid) }
	_, err := job.Once(ctx, run, name, look, never)
	c.Said = err == nil
	return err
}
