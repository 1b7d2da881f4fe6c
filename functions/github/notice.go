package main

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
)

// notice tells those of bot.alerts something that they should know, once for a key. It is a job like any other, which the
// clock steps. note says why they are told.
func (d *door) notice(ctx context.Context, key, text, note string) error {
	request := job.Notice("github", key, text, d.Config.Bot.Alerts)
	request.Why.Notes = []string{note + "; bot.alerts says who is told"}
	return d.tell(ctx, request)
}

// tell makes a notice.
func (d *door) tell(ctx context.Context, notice job.Request) error {
	accepted, err := d.Jobs.Accept(ctx, notice)
	if err != nil {
		return fmt.Errorf("tell of %s: %w", notice.Key, err)
	}
	d.nudge(ctx, accepted.Nudge...)
	return nil
}

// hooksNotice tells them something about the webhooks.
func (d *door) hooksNotice(ctx context.Context, key, text string) error {
	return d.notice(ctx, key, text, "The function github looks after the webhooks that github.hooks lists")
}

// nudge passes nudges on. One that is lost is made good by the clock.
func (d *door) nudge(ctx context.Context, list ...job.Pointer) {
	for _, p := range list {
		if err := d.Gateway.Nudge(ctx, p); err != nil {
			d.Log.WarnContext(ctx, "a nudge was lost; the clock makes it good", "job", p.ID, "to", p.Function, "error", err)
		}
	}
}

// nudgeEvents has the function event look into its inbox.
func (d *door) nudgeEvents(ctx context.Context) {
	d.nudge(ctx, job.Pointer{ID: command.AnyJob, Function: event.Function})
}
