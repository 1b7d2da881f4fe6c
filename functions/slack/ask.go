package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// lateAfter is when somebody is told that the answer takes a while.
	lateAfter = 10 * time.Second
	// longestAnswer is how much of an answer is told, in bytes: a few messages, and as JSON it fits a note on its delivery.
	longestAnswer = 20_000
	// expires is how long after it was said a command may still be started: later than that nobody expects it any more.
	expires = time.Hour
)

// progress is what has been done of a delivery that asks for something; it is kept with the delivery.
type progress struct {
	Answer *command.Answer `json:"answer,omitempty"` // so that a command which answers at once is not done again
	Told   int             `json:"told,omitempty"`   // how many messages of the answer are posted
	Late   bool            `json:"late,omitempty"`   // whether the person knows that it takes a while

	Shown string `json:"shown,omitempty"` // of a file: the digest of the one whose lines were shown, all of which can be done
	Parts int    `json:"parts,omitempty"` // of a file: how many messages about its lines are posted
}

// ask has the function command do what somebody asks for, and tells them the answer. The same delivery does so once: a
// retry goes on where the one before it stopped.
func (d *door) ask(ctx context.Context, c *inbox.Claim, a *asking) error {
	var p progress
	if _, err := c.Noted(&p); err != nil {
		return err
	}
	if p.Answer == nil {
		answer, err := d.submit(ctx, c, &p, a)
		if err != nil {
			return err
		}
		if !a.to.wants(answer) {
			c.Led(answer.Led())
			return nil
		}
		p.Answer = shortened(answer)
		if err := c.Note(ctx, p); err != nil {
			return err
		}
	}
	c.Led(p.Answer.Led())
	to := a.to
	to.quiet = to.quiet || p.Answer.Private
	return d.tell(ctx, c, &p, to)
}

// submit hands an envelope in and waits for its answer. When that takes long, the person is told once.
func (d *door) submit(ctx context.Context, c *inbox.Claim, p *progress, a *asking) (command.Answer, error) {
	age, err := d.age(ctx, c)
	if err != nil {
		return command.Answer{}, err
	}
	if age > a.expires() {
		return d.expired(ctx, a)
	}
	type outcome struct {
		answer command.Answer
		err    error
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	came := make(chan outcome, 1)
	go func() {
		answer, err := d.command.Do(limited, a.envelope())
		came <- outcome{answer, err}
	}()
	late := time.NewTimer(max(d.late-age, d.late/10)) // what waited before it was taken up gets its chance to be quick
	defer late.Stop()
	for {
		select {
		case o := <-came:
			answer, err := command.Settled(o.answer, o.err)
			if err != nil && age > d.late {
				d.sayLate(ctx, c, p, a)
			}
			if err == nil && a.marked() && answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable {
				return answer, awayError{}
			}
			return answer, err
		case <-late.C:
			d.sayLate(ctx, c, p, a)
		}
	}
}

// age is how long ago a delivery came.
func (d *door) age(ctx context.Context, c *inbox.Claim) (time.Duration, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return 0, err
	}
	return now.Sub(c.Received), nil
}

// expired is the answer to what could not be handed in for so long that it is no longer wanted.
func (d *door) expired(ctx context.Context, a *asking) (command.Answer, error) {
	id, err := d.Jobs.ByKey(ctx, keyOf(a.by.Principal, a.id))
	switch {
	case err == nil:
		return command.Answer{Job: id, Accepted: true}, nil
	case !errors.Is(err, job.ErrNotFound):
		return command.Answer{}, err
	case a.marked():
		d.missed(ctx, a)
		return command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}, nil
	case a.chatter():
		return command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}, nil
	}
	d.Log.ErrorContext(ctx, "a command could not be handed in for an hour, and is given up", "id", a.id, "principal", a.by.Principal)
	text := fmt.Sprintf("I could not do this for an hour and have stopped trying: %s\nAsk again if it is still wanted.", a)
	return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeUnavailable}}, nil
}

// keyOf is the idempotency key of a job that the function command makes of what we hand in.
func keyOf(principal, id string) string { return principal + " slack " + id }

// sayLate tells somebody that the answer takes a while, once. Should that fail, the answer comes all the same.
func (d *door) sayLate(ctx context.Context, c *inbox.Claim, p *progress, a *asking) {
	if p.Late || a.chatter() {
		return
	}
	text := "This takes longer than it should; I keep trying and say how it went: " + a.String()
	err := d.whisper(ctx, text, a.to)
	if err == nil {
		p.Late = true
		err = c.Note(ctx, p)
	}
	if err != nil {
		d.Log.WarnContext(ctx, "somebody was not told that an answer takes a while", "error", err)
	}
}

// shortened is an answer that fits a note on its delivery.
func shortened(a command.Answer) *command.Answer {
	if len(a.Text) > longestAnswer {
		a.Text = chat.Cut(a.Text, longestAnswer) + "\n… That is not all; ask for less at a time."
	}
	return &a
}

// awayError has a line with a mark tried again that was overheard while the function was away whose mark it is. Only that function knows
// whether the line is meant for it, so nobody is told of that but by its being done.
type awayError struct{}

func (awayError) Error() string { return "the function whose mark it is cannot be reached" }

// RetryAfter is how soon.
func (awayError) RetryAfter() time.Duration { return 5 * time.Second }

// expires is how long after it was said it may still be started. What an event talks of now changes by the minute.
func (a *asking) expires() time.Duration {
	const marked = 10 * time.Minute
	if a.marked() {
		return marked
	}
	return expires
}

// missed tells whoever said it, and nobody else, that a line with a mark was not carried out.
func (d *door) missed(ctx context.Context, a *asking) {
	d.Log.WarnContext(ctx, "a line with a mark could not be handed in, and is given up", "id", a.id, "principal", a.by.Principal)
	text := fmt.Sprintf("I could not carry this out for a while, and have not: %s\nIf it was for me, say it again.", a)
	if err := d.whisper(ctx, text, a.to); err != nil {
		d.Log.WarnContext(ctx, "somebody was not told that a line was not carried out", "error", err)
	}
}
