package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/audit"
)

// seal writes down how often strangers were turned away, where their hour is over, and gives the entries of the audit trail that are
// new their links in its chain.
func (c *clock) seal(ctx context.Context) error {
	return errors.Join(c.jobs.CountStrangers(ctx), audit.Seal(ctx, c.rdb), c.witness(ctx))
}

// witness puts each new head of the chain into the log, whoever sealed: a collector of logs has it then where Redis' keeper cannot
// change it, so that a tail that is cut off is missed also between two announcements.
func (c *clock) witness(ctx context.Context) error {
	head, err := audit.Newest(ctx, c.rdb)
	if err != nil {
		return err
	}
	if seen := c.head.Swap(&head); head == (audit.Head{}) || seen != nil && *seen == head {
		return nil
	}
	_, links, err := audit.Lengths(ctx, c.rdb)
	c.log.InfoContext(ctx, "audit sealed", "head", head.String(), "count", links, "last", head.ID)
	return err
}

// announce tells the head of the audit trail once a day, UTC, so that there is a copy of it where Redis' keeper cannot change
// it. The first day of all is let pass: there is nothing to hold against it yet. A trail that does not stand up to the head
// that was told last has no head that is worth keeping: that is told instead, each day while it is so.
func (c *clock) announce(ctx context.Context, now time.Time, m *memo) error {
	day := now.UTC().Format(time.DateOnly)
	if m.Announced == day {
		return nil
	}
	if m.Announced == "" {
		m.Announced = day
		return nil
	}
	text, head, err := c.headline(ctx, m.Head)
	if err != nil || text == "" {
		return err
	}
	if err := c.publish(ctx, notice{key: "audit head " + day, text: text}); err != nil {
		return err
	}
	m.Announced, m.Head = day, head
	return nil
}

// headline is what is to be told of the trail, given the head that was told last, and which head was told last then; no text
// while the trail is empty.
func (c *clock) headline(ctx context.Context, before string) (text, head string, err error) {
	stuck := c.seal(ctx)
	if stuck != nil && !errors.Is(stuck, audit.ErrStuck) {
		return "", "", stuck
	}
	asked, err := audit.ParseHead(before)
	if err != nil {
		c.log.ErrorContext(ctx, "the head that was told last is none; the trail is looked at without it", "error", err)
		before = ""
	}
	report, err := audit.Against(ctx, c.rdb, asked)
	switch {
	case err != nil:
		return "", "", err
	case stuck != nil || !report.Good():
		c.log.ErrorContext(ctx, "the audit trail is not as it was sealed", "found", report.String(), "stuck", stuck)
		return alarming(before, report, stuck), before, nil
	case report.Head == (audit.Head{}):
		return "", "", nil
	}
	return calm(before, report), report.Head.String(), nil
}

// alarming says that the trail is not as it was sealed, or can be sealed no more.
func alarming(before string, found audit.Report, stuck error) string {
	text := "The audit trail is NOT as it was sealed, so no head of it is told today."
	if found.Good() {
		text = "The audit trail cannot be sealed, so no head of it is told today."
	}
	if stuck != nil {
		text += fmt.Sprintf(" What is new has no seal (%v).", stuck)
	}
	if before == "" {
		return fmt.Sprintf("%s This is what `audit verify` finds: %s", text, found)
	}
	return fmt.Sprintf("%s This is what `audit verify head=%s` finds, the head that was told last: %s", text, before, found)
}

// calm tells a head, and the one before, which whoever keeps these messages can hold against what they were told then.
func calm(before string, found audit.Report) string {
	text := fmt.Sprintf("The head of the audit trail is `%s`. Whoever keeps it can tell later whether anything up to it was changed: "+
		"`audit verify head=…`", found.Head)
	if before != "" {
		text += fmt.Sprintf(". The one before was %#q", before)
	}
	switch found.Found {
	case audit.Stands:
		text += "; if that is what you were told then, nothing up to it was changed since"
	case audit.TooOld:
		text += ", whose entry is no longer kept: so much was written since, or put in its place. Nothing can be told of it"
	case audit.NotAsked, audit.Rewritten, audit.NotYet: // no head was told before; the others are alarming
	}
	return text
}
