package emit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// maxChannels is how many channels one message may go to.
const maxChannels = 20

// Emitter steps "emit".
type Emitter struct {
	Client *goslack.Client
	Now    func(ctx context.Context) (time.Time, error) // the clock that all workers share
	Log    *slog.Logger
}

var (
	_ job.Stepper   = (*Emitter)(nil)
	_ job.Canceller = (*Emitter)(nil)
)

// plan is the checkpoint: where it is to be said.
type plan struct {
	Channels []channel `json:"channels"`
	Doubt    time.Time `json:"doubt,omitzero"` // when Slack last did not say whether it took the message
}

// channel is where it is said.
type channel struct {
	ID   string `json:"id"`
	Name string `json:"name"` // "#ops"
	Said bool   `json:"said,omitempty"`
	Link string `json:"link,omitempty"` // of the message; empty when Slack did not tell it
}

// refused is a sentence that says why it will not be said.
type refused string

// Error implements error.
func (r refused) Error() string { return string(r) }

// Step implements job.Stepper.
func (e *Emitter) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p plan
	known, err := run.Load(&p)
	if err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	text, err := message(run.Job())
	if err != nil {
		return job.Fail(err.Error(), nil), nil
	}
	if !known {
		if p.Channels, err = e.resolve(ctx, names(run.Job())); err != nil {
			return e.verdict(err, "Nothing was said.")
		}
		if err := run.Save(ctx, job.Change{Checkpoint: &p}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
	}
	return e.sayAll(ctx, run, &p, text)
}

// message is what is to be said, as Slack takes it: it pings nobody.
func message(j *job.Job) (string, error) {
	text := mrkdwn.Text(strings.TrimSpace(command.Values(j.Args).String("message")))
	switch n := mrkdwn.Length(text); {
	case n == 0:
		return "", refused("There is nothing to say: the message is empty.")
	case n > slack.MaxText:
		return "", refused(fmt.Sprintf("The message has %d characters, and Slack shows %d in one. Say it in parts.", n, slack.MaxText))
	}
	return text, nil
}

func names(j *job.Job) []string { return command.Values(j.Args).List("channels") }

// verdict is what an error means for the job: what passes is waited out, as long as Slack says if it does; all else ends
// it, together with a sentence about what was said.
func (e *Emitter) verdict(err error, said string) (job.Outcome, error) {
	if no := refused(""); errors.As(err, &no) {
		return job.Fail(string(no)+" "+said, nil), nil
	}
	fault, ok := errors.AsType[*slack.Error](err)
	switch {
	case !ok:
		return job.Outcome{}, err
	case fault.Kind == slack.RateLimited:
		return job.Wait(max(fault.After, time.Second)), nil
	case fault.Passing():
		return job.Outcome{}, err
	case fault.Kind == slack.Refused:
		return job.Fail(fault.Error()+". "+said+" Whoever keeps the app must give it the token or the scope that is missing.", nil), nil
	}
	return job.Fail(fault.Error()+". "+said, nil), nil
}
