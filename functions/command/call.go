package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
)

// callWithin is how long the function that owns a command may take to answer: people wait for it.
const callWithin = 15 * time.Second

// call has the function that owns a command answer it.
func (d *dispatcher) call(ctx context.Context, a *asked) (command.Answer, error) {
	within, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	answer, err := d.Gateway.Call(within, a.Command.Function, command.Call{
		ID: a.from.ID, Command: a.Command.Words, Args: a.Args, Principal: a.from.Principal, Name: a.from.Name,
		Groups: a.from.Groups, Roles: d.Config.RolesOf(a.from.Who()...), Origin: a.from.Origin, Watch: a.from.Watch,
		Cause: a.from.Cause, Overheard: a.from.Overheard,
	})
	if err == nil {
		return discreet(a.from, answer), nil
	}
	d.Log.ErrorContext(ctx, "a command was not answered", "command", a.Command.Words, "function", a.Command.Function, "error", err)
	return command.Answer{Text: unanswered(a.Command, err), Problem: &command.Problem{Code: command.CodeUnavailable}}, nil
}

// whispering are the doors at which somebody can be told something that nobody else reads.
var whispering = []string{"telnet", "slack", "irc", "cli", "web"}

// discreet keeps an answer that is for whoever asked alone from where others would read it: a door that cannot whisper, or what a rule
// or a schedule asked for, whose answers are announced.
func discreet(e command.Envelope, answer command.Answer) command.Answer {
	if !answer.Private || len(e.Cause) == 0 && slices.Contains(whispering, e.Origin.Door) {
		return answer
	}
	return command.Answer{
		Text:    "The answer is for you alone, and here others read along: say that to me in telnet, Slack or IRC.",
		Problem: &command.Problem{Code: command.CodeConflict},
	}
}

// unanswered says why a function did not answer, and what to do.
func unanswered(d *command.Declared, err error) string {
	status := new(function.StatusError)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("The function %s took more than %s, so I stopped waiting; try again in a moment.",
			d.Function, command.FormatDuration(callWithin))
	case !errors.As(err, &status):
		return fmt.Sprintf("The function %s cannot be reached; try again in a moment.", d.Function)
	case status.Status == http.StatusNotFound:
		return fmt.Sprintf("The function %s does not know %s; it may be of another version, and needs to be deployed again.", d.Function, d.Words)
	case status.Status == http.StatusTooManyRequests:
		return fmt.Sprintf("The function %s has too much to do; try again in a moment.", d.Function)
	default:
		return fmt.Sprintf("The function %s failed (%d); its log says why: faas-cli logs %s", d.Function, status.Status, d.Function)
	}
}
