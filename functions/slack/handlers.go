package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// direct answers a request that waits and changes nothing, with a body in JSON; nil for an empty one.
type direct func(ctx context.Context, body []byte) (any, error)

// clicked deals with a click that runs no command.
type clicked func(ctx context.Context, c *inbox.Claim, by person, k *click) error

// tables says who deals with what.
func (d *door) tables() {
	d.handlers = map[string]inbox.Handler{
		kindSlash:   d.slash,
		kindMessage: d.message,
		kindMention: d.message,
		kindClick:   d.click,
		kindUpload:  d.upload,

		kindShortcut:            d.shortcut,
		kindSubmission:          d.submitted,
		"event app_home_opened": d.homeOpened,
		"event link_shared":     d.linksShared,

		"event user_change":             d.userChanged,
		"event subteam_created":         d.groupsChanged,
		"event subteam_updated":         d.groupsChanged,
		"event subteam_members_changed": d.groupsChanged,
		"event app_rate_limited":        d.rateLimited,
	}
	d.direct = map[string]direct{kindOptions: d.offer}
	d.clicks = map[string]clicked{"home": d.homeClicked, "run": d.runClicked}
}

// handle deals with one delivery. What cannot be understood, and what comes from somebody who is not listened to, is over
// with that; any other error is tried again.
func (d *door) handle(ctx context.Context, c *inbox.Claim) error {
	handler, known := d.handlers[c.Kind]
	if !known {
		d.Log.DebugContext(ctx, "nobody deals with this", "kind", c.Kind)
		return nil
	}
	err := handler(ctx, c)
	nobody := new(nobodyError)
	switch {
	case errors.As(err, &nobody):
		err = d.ignore(ctx, c, nobody)
	case errors.Is(err, errMalformed):
		d.Log.ErrorContext(ctx, "a delivery cannot be understood", "kind", c.Kind, "delivery", c.ID, "error", err)
		err = d.Jobs.Count(ctx, "slack_malformed", 1)
	}
	if err == nil {
		d.waiting.answer(c.ID, nil)
	}
	return err
}

// ignore does nothing for somebody who is not listened to, but notes it.
func (d *door) ignore(ctx context.Context, c *inbox.Claim, nobody *nobodyError) error {
	c.Led("ignored: " + nobody.why)
	d.Log.WarnContext(ctx, "somebody is not listened to", "user", nobody.id, "why", nobody.why, "kind", c.Kind)
	err := d.Jobs.Count(ctx, "ignored_"+nobody.why, 1)
	if err == nil && d.unheard.Allow() {
		err = d.Jobs.AuditStranger(ctx, job.AuditEntry{Who: "slack:" + nobody.id, Act: "ignored", Detail: nobody.why + ": " + c.Kind})
	}
	return err
}

// userChanged forgets what was known of a person: they may be deactivated now, or a guest.
func (d *door) userChanged(ctx context.Context, c *inbox.Claim) error {
	e, err := decodeEvent(c.Body)
	if err != nil {
		return err
	}
	if !slack.IsID(string(e.Event.User), slack.Users) {
		return errMalformed
	}
	return d.people.changed(ctx, string(e.Event.User))
}

// groupsChanged forgets who is in which user group.
func (d *door) groupsChanged(ctx context.Context, _ *inbox.Claim) error {
	return d.people.groupsChanged(ctx)
}

// rateLimited notes that Slack drops events of ours: there were more than 30,000 in an hour. What people said then is lost.
func (d *door) rateLimited(ctx context.Context, _ *inbox.Claim) error {
	d.Log.ErrorContext(ctx, "Slack drops events, because there are too many; what people say may not be heard")
	err := d.Jobs.Audit(ctx, job.AuditEntry{Who: "slack", Act: "events dropped", Detail: "Slack sends at most 30,000 events an hour"})
	if err != nil {
		return err
	}
	return d.Jobs.Count(ctx, "slack_events_dropped", 1)
}
