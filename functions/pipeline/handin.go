package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// handed is what the function command made of a step.
type handed struct {
	Job     string `json:"job,omitempty"`     // the job it became
	Text    string `json:"text,omitempty"`    // what was answered, shortened
	Code    string `json:"code,omitempty"`    // of the problem, when it was refused
	Waiting bool   `json:"waiting,omitempty"` // the job waits for a sign-off
}

// effect is the name under which the engine remembers that a step is handed in now.
func (t *turn) effect(i int) string { return t.script.effect(t.s, i, t.s.Steps[i].Try+1) }

// errUnreachable stands for what the log has in detail.
var errUnreachable = errors.New("the function command cannot be reached")

// start gives a step to the function command, once. After a crash it is handed in again under the same id: a job that it made
// is found by it, and a command that answers at once knows it by it, too.
func (t *turn) start(ctx context.Context, i int) error {
	o, err := t.script.order(ctx, t.runner, t.run.Job(), t.s, i)
	if err != nil {
		return err
	}
	stage := &t.s.Steps[i]
	stage.Shown, stage.Job, stage.Again, stage.Ended = o.shown, "", time.Time{}, time.Time{}
	switch {
	case o.skip:
		stage.State = skipped
		return t.save(ctx, job.Change{Say: []string{"– " + t.script.name(t.s, i) + ": skipped"}})
	case o.refused != "":
		stage.Why = o.refused
		return t.end(ctx, i, refused, o.refused, "")
	}
	got, err := t.handIn(ctx, i, o)
	if err != nil {
		return err
	}
	stage.Try++
	stage.Started = t.now
	if got.Code != "" {
		stage.Why = chat.Brief(got.Text, answerCells)
	}
	switch {
	case got.Code == command.CodeUnavailable:
		return t.end(ctx, i, string(job.Failed), got.Text, "")
	case got.Code != "":
		return t.end(ctx, i, refused, got.Text, "")
	case got.Job == "":
		return t.end(ctx, i, answered, chat.Brief(got.Text, answerCells), got.Text)
	}
	return t.begun(ctx, i, got)
}

func (t *turn) handIn(ctx context.Context, i int, o order) (handed, error) {
	ask := func(ctx context.Context) (handed, error) {
		got, err := t.ask(ctx, i, o)
		if got.Code != "" && !o.readable {
			got.Text = unquoted(got.Text)
		}
		return got, err
	}
	again := func(ctx context.Context) (handed, job.Sighting, error) {
		got, err := ask(ctx)
		return got, job.Present, err
	}
	return job.Once(ctx, t.run, t.effect(i), again, ask)
}

// ask hands a step in as the person who asked for the run.
func (t *turn) ask(ctx context.Context, i int, o order) (handed, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	j, e := t.run.Job(), o.envelope
	e.ID = t.script.id(j, t.s, i, t.s.Steps[i].Try+1)
	e.Principal, e.Groups, e.Origin = j.Principal, j.Groups, j.Origin
	e.Parent, e.Cause = j.ID, append([]string{"job:" + j.ID}, j.Why.Cause...)
	if t.tasks[i].always {
		e.Closing = j.Fence
	}
	answer, err := t.say(ctx, e)
	if refused := new(command.RefusedError); errors.As(err, &refused) && refused.Final() {
		return handed{Code: command.CodeUsage, Text: "it was not taken: " + refused.Text}, nil
	}
	if err != nil {
		t.log.WarnContext(ctx, "a step was not handed in", "job", j.ID, "step", t.script.place(t.s, i), "error", err)
		return handed{}, errUnreachable
	}
	got := handed{Text: t.script.bound(chat.Clean(answer.Text)), Waiting: answer.State == job.Confirming}
	if answer.Problem != nil {
		got.Code = answer.Problem.Code
	} else if answer.Accepted {
		got.Job = answer.Job
	}
	return got, nil
}

// begun goes on with the job that a step became.
func (t *turn) begun(ctx context.Context, i int, got handed) error {
	child, err := t.jobs.Get(ctx, got.Job)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return err
	}
	stage := &t.s.Steps[i]
	stage.Job = got.Job
	if child != nil {
		if why := t.script.unfit(t.run.Job(), child); why != "" {
			if err := t.stopChild(ctx, child, why); err != nil {
				return err
			}
			return t.end(ctx, i, refused, why, "")
		}
	}
	stage.State = string(job.Running)
	t.live[i] = child
	change := job.Change{}
	if child != nil && child.State == job.Confirming {
		change.Say = []string{fmt.Sprintf("%s: %s", t.script.place(t.s, i), chat.Brief(got.Text, answerCells))}
	}
	return t.save(ctx, change)
}
