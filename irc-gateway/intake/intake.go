// Package intake has what was said to the bot carried out: it is kept in an inbox first, so that it outlives the process,
// then handed to the function command, and the answer put into the outbox of the place where it was said. The lines of one
// person are carried out in their order.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/irc-gateway/words"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// Function is the name of the inbox.
	Function = "irc-gateway"
	// kindLine is the kind of a line, and kindLate of one that was overheard and could not be carried out for a while.
	kindLine, kindLate = "line", "late"
	// known is for how long a line is known that history may bring again.
	known = 3 * time.Hour
	// patience is how long an answer may take.
	patience = 90 * time.Second
	// stale is how long a line may have waited for a gateway: after that its author does not expect it any more.
	stale = 10 * time.Minute
	// channelLines is how many lines a channel is told at once, and personLines how many somebody alone.
	channelLines, personLines = 4, 60
)

// Commander hands in what people say; *command.Client does.
type Commander interface {
	Do(ctx context.Context, e command.Envelope) (command.Answer, error)
}

// Intake is that of all networks.
type Intake struct {
	Redis    redis.UniversalClient
	Commands Commander
	Log      *slog.Logger
	Now      func() time.Time // by Redis' clock, as well as it is known
}

// Box is the inbox.
func (i *Intake) Box() *inbox.Inbox {
	const (
		most   = 2000
		listed = 500 // of those dealt with, without what was said
	)
	return inbox.Open(i.Redis, Function, inbox.Options{KeepDone: known, MaxBody: 16 << 10, MaxPending: most, GiveUp: 2 * stale, KeepBodies: listed, KeepBodyBytes: -1})
}

// Put keeps lines, in their order. After an error they are to be put again: the same line counts once. What can never be
// kept is logged and left out.
func (i *Intake) Put(ctx context.Context, box *inbox.Inbox, lines []session.Line) error {
	list := make([]inbox.Delivery, 0, len(lines))
	for _, line := range lines {
		body, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("irc: keep a line: %w", err)
		}
		list = append(list, inbox.Delivery{ID: line.ID, Kind: kindLine, Lane: line.Principal, Body: body})
	}
	_, errs, err := box.PutAll(ctx, list, nil)
	if err != nil {
		return err
	}
	for n, err := range errs {
		if errors.Is(err, inbox.ErrFull) {
			return err
		}
		if err != nil {
			i.Log.Error("a line cannot be kept", "who", lines[n].Principal, "error", err)
		}
	}
	return nil
}

// Putter is Put for an inbox.
func (i *Intake) Putter(box *inbox.Inbox) func(context.Context, []session.Line) error {
	return func(ctx context.Context, lines []session.Line) error { return i.Put(ctx, box, lines) }
}

// Handle carries a line out. A fault of command is told to whoever said it, and is not tried for longer: they would say it
// again. When the process ends meanwhile, the next one goes on with it, under the same id.
func (i *Intake) Handle(ctx context.Context, c *inbox.Claim) error {
	var line session.Line
	if err := json.Unmarshal(c.Body, &line); err != nil {
		return inbox.Never(fmt.Errorf("read a line: %w", err))
	}
	age := i.Now().Sub(c.Received)
	switch {
	case age > stale && line.Overheard:
		return i.missed(ctx, c, &line)
	case age > stale:
		return i.say(ctx, &line, "`"+line.Text+"` waited while I was away, and was not carried out. Say it again if you still want it.", "")
	}
	limited, done := context.WithTimeout(ctx, patience)
	defer done()
	answer, err := i.Commands.Do(limited, envelope(&line))
	if ctx.Err() != nil {
		return fmt.Errorf("carry a line out: %w", context.Cause(ctx))
	}
	if line.Overheard && unavailable(answer, err) {
		return i.again(ctx, c, &line, age)
	}
	if err != nil {
		i.Log.Error("a line has no answer", "who", line.Principal, "error", err)
		return i.say(ctx, &line, failure(&line, err), "")
	}
	c.Led(answer.Led())
	if answer.Problem != nil && answer.Problem.Code == command.CodeOverheard {
		return nil
	}
	made := ""
	if answer.Accepted {
		made = answer.Job
	}
	if answer.Private {
		return i.whisper(ctx, &line, answer.String())
	}
	return i.say(ctx, &line, answer.String(), made)
}

func envelope(line *session.Line) command.Envelope {
	return command.Envelope{
		ID: line.ID, Principal: line.Principal, Name: command.DisplayName(line.Nick), Groups: line.Groups,
		Text: line.Text, Overheard: line.Overheard,
		Origin: job.Origin{Door: irc.Door, Address: line.Where}, Watch: []string{line.Where},
	}
}

// failure says why a line has no answer, and what to do about it.
func failure(line *session.Line, err error) string {
	var refused *command.RefusedError
	if errors.As(err, &refused) && refused.Status < 500 {
		return "`" + line.Text + "` was refused by my inner door (" + refused.Text + "). Nothing was done; tell the person who runs me."
	}
	return "No answer to `" + line.Text + "` came in time. It may have been carried out or not: look at `jobs` before you say it again."
}

// say puts an answer into the outbox. In a channel it begins with whom it is for; what is too long for everybody goes to them
// alone.
func (i *Intake) say(ctx context.Context, line *session.Line, text, made string) error {
	if text == "" {
		return nil
	}
	place, ok := irc.ParseAddress(line.Where)
	if !ok {
		return inbox.Never(fmt.Errorf("%q is no address", line.Where))
	}
	out := irc.NewOutgoing(i.Redis, place.Network)
	if place.Channel == "" {
		return out.Post(ctx, line.Where, bounded(text), line.ID, made)
	}
	if _, more := words.First(text, channelLines); more > 0 {
		return tellAlone(ctx, out, line, "that is long, so I say it to you alone.", text, made)
	}
	return out.Post(ctx, line.Where, line.Nick+": "+text, line.ID, made)
}

// tellAlone tells a text to whoever asked alone. The channel hears of it first: the text takes its time, line by line.
func tellAlone(ctx context.Context, out *irc.Outgoing, line *session.Line, hint, text, made string) error {
	if err := out.Post(ctx, line.Where, line.Nick+": "+hint, line.ID, ""); err != nil {
		return err
	}
	return out.Post(ctx, line.Person, bounded(text), line.ID+" alone", made)
}

// whisper tells an answer to whoever asked alone; in a channel it says only that it did.
func (i *Intake) whisper(ctx context.Context, line *session.Line, text string) error {
	place, ok := irc.ParseAddress(line.Where)
	if !ok {
		return inbox.Never(fmt.Errorf("%q is no address", line.Where))
	}
	out := irc.NewOutgoing(i.Redis, place.Network)
	if place.Channel == "" {
		return out.Post(ctx, line.Where, bounded(text), line.ID, "")
	}
	return tellAlone(ctx, out, line, "I tell you that alone.", text, "")
}

// bounded is as much of a text as is said to one person at once.
func bounded(text string) string {
	head, more := words.First(text, personLines)
	if more > 0 {
		head += fmt.Sprintf("\n… and %d lines more than I say at once here; ask for a part of it.", more)
	}
	return head
}
