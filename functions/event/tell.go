package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
)

// notify tells whom a rule names.
func (d *desk) notify(ctx context.Context, m *matter, r *match) (outcome, error) {
	text, err := r.Message(r.env)
	if err != nil {
		return d.stumble(ctx, m, r, failed, err.Error())
	}
	if text == "" {
		return outcome{What: told, Text: "there was nothing to say"}, nil
	}
	id, err := d.tell(ctx, notice{
		key: actID(actNotify, m.event.ID, r.Name), text: text, rule: r.Name, watch: r.Notify.To,
		why: job.Why{Cause: causes(r.Rule, m.event, m.causes...), Notes: d.notes(ctx, m, r)},
	})
	return outcome{What: told, Job: id}, err
}

// remember keeps what a rule remembers of an event.
func (d *desk) remember(ctx context.Context, m *matter, r *match) (outcome, error) {
	kept, err := r.Memory(r.env)
	if err != nil {
		return d.stumble(ctx, m, r, failed, err.Error())
	}
	if kept.Value == "" {
		return outcome{What: remembered, Text: "there was nothing to remember as " + kept.Name}, nil
	}
	changed, err := memory.Remember(ctx, d.Redis, kept.Name, memory.Change{
		Value: kept.Value, Subject: kept.Subject, URL: kept.URL, At: m.event.At, Rule: r.Name, Event: m.event.ID,
	})
	switch {
	case errors.Is(err, memory.ErrName), errors.Is(err, memory.ErrValue), errors.Is(err, memory.ErrFull):
		return d.stumble(ctx, m, r, failed, err.Error())
	case err != nil:
		return outcome{}, err
	}
	text := fmt.Sprintf("%s is %.100s", kept.Name, kept.Value)
	if !changed {
		text = kept.Name + " stays as it is: nothing new"
	}
	return outcome{What: remembered, Text: text}, nil
}

// reply tells whoever asked in so many words what came of it, where they asked; a rule that would say too much there says
// no more.
func (d *desk) reply(ctx context.Context, m *matter, r *match, what, text string) error {
	holds, err := d.fuse(ctx, m, fuseKey(r.Name, m.event.Subject+" reply"), r.Most)
	if err != nil || !holds {
		return err
	}
	_, err = d.tell(ctx, notice{
		key: actID("reply "+what, m.event.ID, r.Name), text: sentence(m.event, text), rule: r.Name,
		watch: []string{m.event.Answer}, no: what != ran,
		why: job.Why{Cause: causes(r.Rule, m.event, m.causes...)},
	})
	return err
}

// sentence is what whoever asked is told, with what they asked for.
func sentence(e *event.Event, text string) string {
	if words := askedWords(e); words != nil && words.Line != "" {
		return "/" + words.Line + ": " + text
	}
	return text
}

// answer tells whoever asked for something in so many words; to what nobody asked for nobody is to hear an answer.
func (d *desk) answer(ctx context.Context, m *matter, r *match, what, text string) error {
	if !m.event.Asked || m.event.Answer == "" {
		return nil
	}
	return d.reply(ctx, m, r, what, text)
}

// delayed tells whoever asked for an event, once, that it waits because GitHub refuses our account. It gives the error, so that
// the event is tried again.
func (d *desk) delayed(ctx context.Context, e *event.Event, err error) error {
	if !errors.Is(err, errForNow) || !e.Asked || e.Answer == "" {
		return err
	}
	_, failed := d.tell(ctx, notice{
		key: "delayed " + e.ID, text: sentence(e, waits), watch: []string{e.Answer},
		why: job.Why{Cause: []string{"event:" + e.ID}, Notes: []string{"GitHub refuses our account"}},
	})
	return errors.Join(err, failed)
}

// waits is said to whoever asks while GitHub refuses our account.
const waits = "GitHub does not let me look up just now what I need for that. Those who run me are told. I try again by myself for up to " +
	"a day; you need not ask again."

// complain tells that a rule could not do what it is for: whoever asked for it, else those who run the bot.
func (d *desk) complain(ctx context.Context, m *matter, r *match, what, text string) error {
	if m.dry {
		return nil
	}
	if m.event.Asked && m.event.Answer != "" {
		return d.reply(ctx, m, r, what, text)
	}
	text = fmt.Sprintf("The rule %s could not act on %s about %s: %s", r.Name, m.event.Topic, m.subject(), text)
	return d.alert(ctx, r.Rule, m.event, what, "", text)
}

// alarm tells those who run the bot that a rule was stopped at a subject, and writes it into the audit trail.
func (d *desk) alarm(ctx context.Context, m *matter, r *match, what, text string) error {
	text = fmt.Sprintf("The rule %s was stopped at %s: %s.", r.Name, m.event.Topic, text)
	err := d.Jobs.Audit(ctx, job.AuditEntry{Who: "rule:" + r.Name, Act: "rule stopped", Detail: what + " " + m.event.ID + ": " + text})
	if err != nil {
		return err
	}
	return d.alert(ctx, r.Rule, m.event, what, m.event.Subject, text)
}
