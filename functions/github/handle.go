package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/inbox"
)

// progress is what has been done of a delivery; it is kept with the delivery.
type progress struct {
	Put     bool     `json:"put,omitempty"`     // the rules have the event
	Done    int      `json:"done,omitempty"`    // the number of the comment's command from which on none is dealt with
	Answers []answer `json:"answers,omitempty"` // what is to be said of them
}

// handle deals with one delivery. What cannot be understood, or GitHub does not have for us, is put with the dead; any other error
// is tried again.
func (d *door) handle(ctx context.Context, c *inbox.Claim) error {
	p, err := webhook.Read(c.Kind, c.Body)
	if err == nil {
		err = d.deal(ctx, c, p)
	}
	if errors.Is(err, webhook.ErrMalformed) {
		d.Log.ErrorContext(ctx, "a delivery cannot be understood", "event", c.Kind, "delivery", c.ID, "error", err)
		if failed := d.Jobs.Count(ctx, "github_malformed", 1); failed != nil {
			return failed
		}
		return inbox.Never(err)
	}
	return err
}

// deal goes on where the try before it stopped. What the rules cannot be given does not keep anybody's command from being
// heard.
func (d *door) deal(ctx context.Context, c *inbox.Claim, p *webhook.Payload) error {
	var done progress
	if _, err := c.Noted(&done); err != nil {
		return err
	}
	if err := d.see(ctx, p); err != nil {
		return err
	}
	self, err := d.self(ctx)
	if err != nil {
		return err
	}
	v := &visit{door: d, claim: c, payload: p, done: &done, self: self}
	if !done.Put {
		switch err := d.tellRules(ctx, c, p, self); {
		case errors.Is(err, errOversize):
			v.oversize = err
		case err != nil:
			return err
		default:
			done.Put = true
			if err := c.Note(ctx, done); err != nil {
				return err
			}
		}
	}
	if err = v.listen(ctx); err == nil {
		err = v.oversize
	}
	c.Led(v.led())
	return d.orNever(ctx, c.ID, p, v.delayed(ctx, err))
}

// led is what the delivery came to, for whoever lists it.
func (v *visit) led() string {
	var words []string
	if v.done.Put {
		words = append(words, "told the rules")
	}
	if n := len(v.done.Answers); n > 0 {
		words = append(words, fmt.Sprintf("answered %d of its commands", n))
	}
	return strings.Join(words, ", ")
}

// listen does what somebody asks for by the delivery.
func (v *visit) listen(ctx context.Context) error {
	switch p := v.payload; {
	case v.app == nil:
		return nil // who asks could neither be known nor answered
	case p.Button != "" || p.Action == "rerequested":
		return v.clicked(ctx)
	}
	return v.commented(ctx)
}

// tellRules hands the event to the function event.
func (d *door) tellRules(ctx context.Context, c *inbox.Claim, p *webhook.Payload, self github.Identity) error {
	e := p.Of(c.ID, c.Body, c.Received)
	e.Author.Self = self.Is(p.Sender.Login, p.Sender.ID)
	var err error
	if e.Cause, err = event.CausedBy(ctx, d.Redis, d.Jobs, e); err != nil {
		return err
	}
	return d.hand(ctx, e)
}

// hand puts an event into the inbox of the function event, and has it look there. It gives errOversize.
func (d *door) hand(ctx context.Context, e *event.Event) error {
	verdict, err := event.Put(ctx, d.events, e)
	if errors.Is(err, inbox.ErrTooLarge) {
		return fmt.Errorf("%w: %w", errOversize, err)
	}
	if err != nil {
		return fmt.Errorf("hand %s to the rules: %w", e.ID, err)
	}
	if verdict != inbox.Done {
		d.nudgeEvents(ctx)
	}
	return nil
}

// self is who we are at GitHub; nobody without an account. While GitHub refuses the account nothing there can be of our own
// making, so that nobody waits for it to be mended.
func (d *door) self(ctx context.Context) (github.Identity, error) {
	if d.app == nil {
		return github.Identity{}, nil
	}
	self, err := d.app.Self(ctx)
	if isRefusal(err) {
		d.Log.ErrorContext(ctx, "GitHub refuses our account", "error", err)
		return github.Identity{}, nil
	}
	return self, err
}
