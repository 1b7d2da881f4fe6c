package main

import (
	"cmp"
	"context"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
)

// message does what a message asks for, if it does.
func (d *door) message(ctx context.Context, c *inbox.Claim) error {
	e, err := decodeEvent(c.Body)
	if err != nil {
		return err
	}
	m := &e.Event
	if m.revised() {
		return d.noted(ctx, m)
	}
	self, err := d.app.Self(ctx)
	if err != nil {
		return err
	}
	taken, text := heedOf(m, self)
	switch taken {
	case ignored:
		return nil
	case automatic:
		return &nobodyError{cmp.Or(string(m.User), m.BotID), whyBot}
	case misplaced:
		return d.hint(ctx, m, self)
	}
	return d.obey(ctx, c, m, taken, text)
}

// obey does what a message that is a command, or perhaps one, asks for.
func (d *door) obey(ctx context.Context, c *inbox.Claim, m *message, taken heed, text string) error {
	place := m.place()
	about, err := d.about(ctx, place)
	if err != nil || taken == overheard && about == "" {
		return err
	}
	who, err := d.people.of(ctx, string(m.User))
	if err != nil {
		return err
	}
	if text, err = d.channels.named(ctx, text); err != nil {
		return err
	}
	if text == "" && about != "" {
		text = "status"
	}
	return d.ask(ctx, c, &asking{
		by: who, at: place, id: m.key(), Text: orHelp(text), Job: about, Overheard: taken == overheard || taken == marked,
		to: reply{place: m.answerPlace(), user: string(m.User)},
	})
}

// about is the job that a thread means; empty for none.
func (d *door) about(ctx context.Context, place slack.Place) (string, error) {
	if place.Thread == "" {
		return "", nil
	}
	return slack.ThreadJob(ctx, d.Redis, place)
}

// place is where a message was said: a channel, or a thread in it.
func (m *message) place() slack.Place {
	place := slack.Place{Channel: string(m.Channel)}
	if m.reply() {
		place.Thread = m.Thread
	}
	return place
}

// answerPlace is where a message is answered: in its thread, or in one of its own; direct messages need none.
func (m *message) answerPlace() slack.Place {
	place := m.place()
	if place.Thread == "" && !m.direct() {
		place.Thread = m.TS
	}
	return place
}

// hint tells somebody who named the bot in the middle of a message how to ask.
func (d *door) hint(ctx context.Context, m *message, self slack.Self) error {
	who, err := d.people.of(ctx, string(m.User))
	if err != nil {
		return err
	}
	d.Log.DebugContext(ctx, "a message names the bot, but not first", "principal", who.Principal)
	return d.say(ctx, hintHowToAsk(self), reply{place: m.place(), user: who.ID, quiet: true})
}
