// Package handin gives commands to the function command from within a job.
package handin

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// ErrUnreachable stands for what the log has in detail.
var ErrUnreachable = errors.New("the function command cannot be reached")

// Became is what became of a command that was handed in.
type Became struct {
	Job string `json:"job,omitempty"`
	Why string `json:"why,omitempty"` // why it was not taken
}

// Way is how commands get to the function command.
type Way struct {
	Say   func(context.Context, command.Envelope) (command.Answer, error)
	Limit time.Duration // for one command
	Log   *slog.Logger
}

// Once gives a command to the function command, once under its id and under its name as an effect of the job.
func (w Way) Once(ctx context.Context, run *job.Run, effect string, e command.Envelope) (Became, error) {
	ask := func(ctx context.Context) (Became, error) {
		ctx, cancel := context.WithTimeout(ctx, w.Limit)
		defer cancel()
		answer, err := command.Settled(w.Say(ctx, e))
		switch {
		case err != nil:
			w.Log.WarnContext(ctx, "a command was not handed in", "job", run.Job().ID, "command", e.Command, "error", err)
			return Became{}, ErrUnreachable
		case answer.Accepted:
			return Became{Job: answer.Job}, nil
		case answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable: // it passes, and is not what became of the command
			return Became{}, ErrUnreachable
		}
		return Became{Why: answer.Text}, nil
	}
	again := func(ctx context.Context) (Became, job.Sighting, error) {
		got, err := ask(ctx)
		return got, job.Present, err
	}
	return job.Once(ctx, run, effect, again, ask)
}
