package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
)

// What is overheard is met with silence when it was done, and when it was not meant for us. Only the function that a line is for
// could say which; while that one is away a channel is not told so for each line with a mark, but the line is carried out when it is back.
const (
	// retry is how often that is tried.
	retry = 5 * time.Second
	// waits is for how long what the same person says next waits behind it.
	waits = time.Minute
)

// unavailable reports whether a line has no answer because of something that passes.
func unavailable(answer command.Answer, err error) bool {
	if refused := new(command.RefusedError); errors.As(err, &refused) {
		return refused.Status >= http.StatusInternalServerError
	}
	return err != nil || answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable
}

// notYetError has a line tried again.
type notYetError struct{}

func (notYetError) Error() string             { return "what was overheard cannot be carried out now" }
func (notYetError) RetryAfter() time.Duration { return retry }

// again has a line that was overheard carried out later: for a minute in the order in which its author speaks, then beside what
// else they say.
func (i *Intake) again(ctx context.Context, c *inbox.Claim, line *session.Line, age time.Duration) error {
	if c.Kind == kindLate || age < waits {
		return notYetError{}
	}
	_, err := i.Box().Put(ctx, inbox.Delivery{ID: c.ID + " late", Kind: kindLate, Lane: line.Principal + " late", Body: c.Body}, nil)
	return err
}

// missed tells whoever said it that a line was not carried out: them alone, and once an hour for all such lines of theirs in a channel.
func (i *Intake) missed(ctx context.Context, c *inbox.Claim, line *session.Line) error {
	place, ok := irc.ParseAddress(line.Where)
	if !ok {
		return inbox.Never(fmt.Errorf("%q is no address", line.Where))
	}
	once := fmt.Sprint("missed ", line.Principal, " ", line.Where, " ", c.Received.Unix()/3600)
	text := "What you said in " + place.Channel + ", `" + line.Text + "`, I could not carry out for a while, and have not. " +
		"If it was for me, say it again, and what you said after it."
	return irc.NewOutgoing(i.Redis, place.Network).Post(ctx, line.Person, text, once, "")
}
