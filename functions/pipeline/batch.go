package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Limits of a batch. Of lines there are at most 200, as items in any list.
const (
	maxLines = 200
	maxLine  = 2000 // bytes
)

// batcher steps "batch".
type batcher struct {
	jobs      *job.Store
	say       func(context.Context, command.Envelope) (command.Answer, error) // to the function command
	catalogue func(context.Context) (*command.Catalogue, error)
	aliases   *command.Aliases
	nudge     func(context.Context, job.Pointer) error
	log       *slog.Logger
}

var (
	_ job.Stepper   = (*batcher)(nil)
	_ job.Canceller = (*batcher)(nil)
)

// standing is how far a batch has come, its checkpoint.
type standing struct {
	Next   int     `json:"next"`             // the line under way or to come, from 0
	Shown  string  `json:"shown,omitempty"`  // that line as people may see it, once it was handed in
	Child  string  `json:"child,omitempty"`  // the job that it made
	Failed string  `json:"failed,omitempty"` // why the batch stops here
	Ended  []ended `json:"ended,omitempty"`
}

// ended is what became of a line: the batch's result is a list of them.
type ended struct {
	Line  string `json:"line"`
	Job   string `json:"job,omitempty"` // the job that it made; none for a command that answered at once
	State string `json:"state"`         // the job's; "answered" or "refused" without one
}

// Step implements job.Stepper.
func (b *batcher) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	lines := command.Values(run.Job().Args).List("lines")
	var s standing
	known, err := run.Load(&s)
	if err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if !known {
		if why := b.unfit(ctx, run.Job(), lines); why != "" {
			return job.Fail(why, nil), nil
		}
	}
	switch {
	case s.Failed != "":
		return job.Fail(s.Failed, s.Ended), nil
	case s.Next >= len(lines):
		return job.Done(s.Ended), nil
	case s.Child == "":
		return b.handIn(ctx, run, lines, &s)
	default:
		return b.follow(ctx, run, lines, &s)
	}
}

// unfit says why no line of a batch will be run at all; "" when they can be.
func (b *batcher) unfit(ctx context.Context, j *job.Job, lines []string) string {
	switch {
	case len(lines) == 0:
		return "there is no line in it"
	case len(lines) > maxLines:
		return fmt.Sprintf("it has %d lines; there may be %d. Nothing was started", len(lines), maxLines)
	}
	known := b.known(ctx)
	for i, line := range lines {
		if len(line) > maxLine {
			return fmt.Sprintf("line %d has %d bytes; it may have %d. Nothing was started", i+1, len(line), maxLine)
		}
		if _, words := b.reads(ctx, known, j.Principal, line); words == j.Command {
			return fmt.Sprintf("line %d is a batch itself, and a batch holds other commands only. Nothing was started", i+1)
		}
	}
	return ""
}
