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
	if _, err := d.Accept(ctx, notice); err != nil {
		return fmt.Errorf("tell of %s: %w", notice.Key, err)
	}
	return nil
}

// hooksNotice tells them something about the webhooks.
func (d *door) hooksNotice(ctx context.Context, key, text string) error {
	return d.notice(ctx, key, text, "The function github looks after the webhooks that github.hooks lists")
}

// nudgeEvents has the function event look into its inbox.
func (d *door) nudgeEvents(ctx context.Context) {
	d.Nudge(ctx, job.Pointer{ID: command.AnyJob, Function: event.Function})
}
