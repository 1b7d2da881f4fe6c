package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Limits of a batch. Of lines there are at most 200, as items in any list.
const (
	maxLines = 200
	maxLine  = 2000 // bytes
)

// lookAgain is when a line's job is looked at for its progress. Its end wakes the batch at once, if it is its child.
const lookAgain = 10 * time.Second

// batch is a run whose steps are lines, one after the other. It stops at the first that does not succeed.
type batch struct{}

var _ script = batch{}

// ended is what became of a line: the batch's result is a list of them.
type ended struct {
	Line  string `json:"line"`
	Job   string `json:"job,omitempty"` // the job that it made; none for a command that answered at once
	State string `json:"state"`         // the job's; "answered" or "refused" without one
}

func linesOf(j *job.Job) []string { return command.Values(j.Args).List("lines") }

func (batch) plan(ctx context.Context, r *runner, j *job.Job) (*standing, string, error) {
	lines := linesOf(j)
	switch {
	case len(lines) == 0:
		return nil, "there is no line in it", nil
	case len(lines) > maxLines:
		return nil, fmt.Sprintf("it has %d lines; there may be %d. Nothing was started", len(lines), maxLines), nil
	}
	known := r.known(ctx)
	for i, line := range lines {
		if len(line) > maxLine {
			return nil, fmt.Sprintf("line %d has %d bytes; it may have %d. Nothing was started", i+1, len(line), maxLine), nil
		}
		if _, d := r.reads(ctx, known, j.Principal, line); d != nil && d.Words == j.Command {
			return nil, fmt.Sprintf("line %d is a batch itself, and a batch holds other commands only. Nothing was started", i+1), nil
		}
	}
	return &standing{Steps: make([]stage, len(lines))}, "", nil
}

func (batch) tasks(_ *job.Job, s *standing) ([]task, error) {
	tasks := make([]task, len(s.Steps))
	for i := 1; i < len(tasks); i++ {
		tasks[i] = task{needs: []int{i - 1}}
	}
	return tasks, nil
}

func (batch) order(ctx context.Context, r *runner, j *job.Job, _ *standing, i int) (order, error) {
	line := linesOf(j)[i]
	shown, d := r.reads(ctx, r.known(ctx), j.Principal, line)
	return order{envelope: command.Envelope{Text: line}, shown: shown, readable: d != nil, now: d != nil && d.Now}, nil
}

// unfit: a batch that got past the first look, as the retry of one, is not to run.
func (batch) unfit(j, child *job.Job) string {
	if child.Command == j.Command {
		return "it is a batch itself, and a batch holds other commands only"
	}
	return ""
}

// handInID is the id under which a line is handed in, however often.
func handInID(batch string, line int) string { return fmt.Sprintf("batch %s %d", batch, line+1) }

func (batch) id(j *job.Job, _ *standing, i, _ int) string { return handInID(j.ID, i) }

func (batch) effect(_ *standing, i, _ int) string { return fmt.Sprintf("line %d", i+1) }

func (batch) place(s *standing, i int) string { return fmt.Sprintf("line %d of %d", i+1, len(s.Steps)) }

func (b batch) name(s *standing, i int) string { return b.place(s, i) + ", " + s.Steps[i].Shown }

// progress is how far the batch is, the line under way counted as far as it is.
func (b batch) progress(s *standing, l live) job.Progress {
	next := 0
	for next < len(s.Steps) && s.Steps[next].over() {
		next++
	}
	percent := 0
	if child := l[next]; child != nil {
		percent = max(child.Progress.Percent, 0)
	}
	p := job.Progress{Percent: (100*next + percent) / len(s.Steps)}
	if next == len(s.Steps) {
		return p
	}
	p.Line = b.place(s, next)
	if stage := &s.Steps[next]; stage.runs() {
		p.Line += ": " + stage.Shown + ", " + stage.Job
	}
	return p
}

func (batch) parts(*standing, live) []job.Part { return nil }

func (batch) result(s *standing) any {
	list := []ended{}
	for i := range s.Steps {
		if stage := &s.Steps[i]; stage.over() {
			list = append(list, ended{Line: stage.Shown, Job: stage.Job, State: stage.State})
		}
	}
	return list
}

// failure says why a batch failed, and how many lines will not be run.
func (batch) failure(s *standing) string {
	switch _, n := s.done(); n {
	case 0:
		return s.Failed
	case 1:
		return s.Failed + "; one more line was not begun"
	default:
		return fmt.Sprintf("%s; %d more lines were not begun", s.Failed, n)
	}
}

func (batch) counted(done, all int) string {
	return fmt.Sprintf("%d of %d lines had been done", done, all)
}

func (batch) look() time.Duration { return lookAgain }

func (batch) bound(text string) string { return chat.Bound(text, answerBytes, answerLines) }
