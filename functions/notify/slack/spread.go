package slack

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/slack"
)

// spread has every channel in which the bot is follow the job, in place of the address that means all of them. Whoever is there
// already is not shown it twice, so that a crash on the way costs nothing.
func (d *Door) spread(ctx context.Context, id string) error {
	channels, err := d.app.Joined(ctx)
	if fault, ok := errors.AsType[*slack.Error](err); ok && fault.Kind == slack.RateLimited {
		return door.LaterError{After: max(fault.RetryAfter(), unsaid), Reached: true}
	}
	if err != nil {
		return err
	}
	for _, address := range channels {
		if _, err := d.jobs.Watch(ctx, id, address); err != nil {
			return err
		}
	}
	return d.jobs.Unwatch(ctx, id, slack.Everywhere)
}
