package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// notice is something that people should know and nobody asked for. It is a job like any other: whoever watches the
// addresses of bot.alerts is shown it at their door, and it stands among the jobs.
type notice struct {
	key  string   // the same key is told once
	text string   // a sentence or two
	to   []string // the addresses that are shown it; bot.alerts when there are none
	why  string   // who wants it told; the clock itself when empty
}

// publish makes a job of a notice. After an error it is to be published again, with the same key.
func (c *clock) publish(ctx context.Context, n notice) error {
	to, why := n.to, n.why
	if len(to) == 0 {
		to = c.alerts
	}
	if why == "" {
		why = "The clock tells what those should know who run the bot; bot.alerts in the configuration says where."
	}
	request := job.Notice("clock", n.key, n.text, to)
	request.Why.Notes = []string{why}
	accepted, err := c.jobs.Accept(ctx, request)
	if err != nil {
		c.log.WarnContext(ctx, "a notice could not be told; it will be", "notice", n.text, "error", err)
		return fmt.Errorf("clock: tell %s: %w", n.key, err)
	}
	if !accepted.Existing {
		c.log.InfoContext(ctx, "notice", "job", accepted.ID, "text", n.text)
	}
	return c.nudgeAll(ctx, accepted.Nudge)
}

// crier is the step of a notice's job. There is nothing to do: whoever watches is shown the text as the last word.
type crier struct{}

// Step is done at once.
func (crier) Step(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nil), nil }

// notices tells what is new since the last tick: that the bot came to life, and, once a minute, what runs low, and once a day the head of the
// audit trail.
func (c *clock) notices(ctx context.Context) error {
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return err
	}
	before, text, err := c.recall(ctx)
	if err != nil {
		return err
	}
	after := before
	if err := c.setBack(ctx, before.Ticked, now); err != nil {
		return err
	}
	if err := c.wake(ctx, now, &after); err != nil {
		return err // the memo stays as it is, so that the next tick tells of the same
	}
	after.Ticked = now
	if now.Sub(before.Checked).Abs() >= checkEvery {
		c.check(ctx, now, &after)
	}
	if err := c.announce(ctx, now, &after); err != nil { // what was told besides is written down all the same
		c.log.WarnContext(ctx, "the head of the audit trail could not be told; it will be", "error", err)
	}
	written, err := c.remember(ctx, text, after)
	c.born = c.born || written
	return err
}

// wake tells that the bot came to life, if it did, and writes that down in the memo. What it may have missed before is in the
// ledger of gaps.
func (c *clock) wake(ctx context.Context, now time.Time, m *memo) error {
	version := c.version
	if c.born {
		version = m.Version // another process of another version may be on its way out; it has the word no more
	}
	found := birth(*m, now, version)
	if err := c.deaf(ctx, found.away, now); err != nil {
		return err
	}
	if found.kind != alive {
		standing, err := c.jobs.Standing(ctx)
		if err != nil {
			return err
		}
		key := fmt.Sprintf("birth %d", m.Born.UnixMilli())
		if err := c.publish(ctx, notice{key: key, text: found.sentence(c.name, c.version, m.Version, standing.Open)}); err != nil {
			return err
		}
		m.Born = now
	}
	if !c.born {
		m.Version = cmp.Or(c.version, m.Version)
	}
	return nil
}
