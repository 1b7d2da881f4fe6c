package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// handed is what the function command made of a line.
type handed struct {
	Job  string `json:"job,omitempty"`  // the job it became
	Text string `json:"text,omitempty"` // what was answered, shortened
	Code string `json:"code,omitempty"` // of the problem, when it was refused
}

// effect is the name under which the engine remembers that a line was handed in.
func effect(line int) string { return fmt.Sprintf("line %d", line+1) }

// handInID is the id under which a line is handed in, however often.
func handInID(batch string, line int) string { return fmt.Sprintf("batch %s %d", batch, line+1) }

// errUnreachable stands for what the log has in detail.
var errUnreachable = errors.New("the function command cannot be reached")

// handIn gives the next line to the function command, once. After a crash it is handed in again under the same id: a job
// that it made is found by it, and a command that answers at once knows it by it, too.
func (b *batcher) handIn(ctx context.Context, run *job.Run, lines []string, s *standing) (job.Outcome, error) {
	shown, words := b.reads(ctx, b.known(ctx), run.Job().Principal, lines[s.Next])
	s.Shown = shown
	ask := func(ctx context.Context) (handed, error) {
		got, err := b.ask(ctx, run.Job(), s.Next, lines[s.Next])
		if got.Code != "" && words == "" {
			got.Text = unquoted(got.Text)
		}
		return got, err
	}
	again := func(ctx context.Context) (handed, job.Sighting, error) {
		got, err := ask(ctx)
		return got, job.Present, err
	}
	got, err := job.Once(ctx, run, effect(s.Next), again, ask)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case got.Code != "":
		return b.stop(ctx, run, lines, s, ended{Line: s.Shown, State: "refused"}, got.Text)
	case got.Job != "":
		return b.begun(ctx, run, lines, s, got)
	}
	e := ended{Line: s.Shown, State: "answered"}
	return b.tick(ctx, run, lines, s, e, chat.Clip(chat.OneLine(got.Text), answerCells), got.Text)
}

// ask hands a line in as the person who asked for the batch.
func (b *batcher) ask(ctx context.Context, j *job.Job, number int, line string) (handed, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := b.say(ctx, command.Envelope{
		ID:        handInID(j.ID, number),
		Principal: j.Principal, Groups: j.Groups, Origin: j.Origin, Text: line,
		Parent: j.ID, Cause: append([]string{"job:" + j.ID}, j.Why.Cause...),
	})
	if refused := new(command.RefusedError); errors.As(err, &refused) && surelyNot(refused.Status) {
		return handed{Code: command.CodeUsage, Text: "it was not taken: " + refused.Text}, nil
	}
	if err != nil {
		b.log.WarnContext(ctx, "a line was not handed in", "job", j.ID, "line", number+1, "error", err)
		return handed{}, errUnreachable
	}
	got := handed{Text: chat.Bound(chat.Clean(answer.Text), answerBytes, answerLines)}
	if answer.Problem != nil {
		got.Code = answer.Problem.Code
	} else if answer.Accepted {
		got.Job = answer.Job
	}
	return got, nil
}

// surelyNot reports whether a status says that the line itself was not taken, and never will be.
func surelyNot(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge
}

// begun goes on with the job that a line became. A batch that got past the first look, as the retry of one, is stopped.
func (b *batcher) begun(ctx context.Context, run *job.Run, lines []string, s *standing, got handed) (job.Outcome, error) {
	child, err := b.jobs.Get(ctx, got.Job)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return job.Outcome{}, err
	}
	if child != nil && child.Command == run.Job().Command {
		if err := b.stopChild(ctx, run.Job(), child, "a batch holds other commands only"); err != nil {
			return job.Outcome{}, err
		}
		e := ended{Line: s.Shown, Job: got.Job, State: "refused"}
		return b.stop(ctx, run, lines, s, e, "it is a batch itself, and a batch holds other commands only")
	}
	s.Child = got.Job
	progress := s.progress(lines, 0)
	change := job.Change{Checkpoint: s, Progress: &progress}
	if child != nil && child.State == job.Confirming {
		change.Say = []string{s.place(lines) + ": " + chat.Clip(chat.OneLine(got.Text), answerCells)}
	}
	if err := run.Save(ctx, change); err != nil {
		return job.Outcome{}, err
	}
	return b.follow(ctx, run, lines, s)
}
