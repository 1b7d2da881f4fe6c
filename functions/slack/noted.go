package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// noted notes that somebody edited or deleted what they had said. What was asked for stays asked for: to stop it, one says
// so. Whoever looks at its job must know that the words which made it are no longer there.
func (d *door) noted(ctx context.Context, m *message) error {
	before := m.original()
	if err := before.check(); err != nil {
		return err
	}
	self, err := d.app.Self(ctx)
	if err != nil {
		return err
	}
	taken, _ := heedOf(before, self)
	if taken == ignored && before.direct() && len(before.Files) > 0 && before.BotID == "" && !ours(before, self) {
		taken = asked // a file of commands needs no words
	}
	if taken != asked && taken != overheard { // of a line with a mark no job is made
		return nil
	}
	who, err := d.people.of(ctx, string(before.User))
	if err != nil {
		return err
	}
	id, err := d.Jobs.ByKey(ctx, keyOf(who.Principal, before.key()))
	switch {
	case errors.Is(err, job.ErrNotFound) && taken == overheard:
		return nil // people among themselves
	case err != nil && !errors.Is(err, job.ErrNotFound):
		return err
	}
	return d.notedOf(ctx, who, m, id)
}

// original is the message that an edit or a deletion is about, as it was first said.
func (m *message) original() *message {
	before := *m.Before
	before.Type, before.Channel, before.ChannelType, before.Edited = "message", m.Channel, m.ChannelType, nil
	return &before
}

// notedOf writes down an edit or deletion of a command, and on its job if it made one.
func (d *door) notedOf(ctx context.Context, who person, m *message, id string) error {
	act, words := "edited", "was edited"
	if m.Subtype == subtypeDeleted {
		act, words = "deleted", "was deleted"
	}
	if id != "" {
		_, nudges, err := d.Jobs.Tell(ctx, id, act, "The message that asked for this "+words+"; the job goes on as it was asked for.")
		if err != nil {
			return err
		}
		d.Nudge(ctx, nudges...)
	}
	place := slack.Place{Channel: string(m.Channel)}
	err := d.Jobs.Audit(ctx, job.AuditEntry{
		Who: who.Principal, Act: "message " + act, Job: id, Detail: place.Address() + " " + m.Before.TS + ": nothing is changed by it",
	})
	if err != nil {
		return err
	}
	return d.Jobs.Count(ctx, "slack_"+act, 1)
}
