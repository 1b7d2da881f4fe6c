package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// Results that later steps may use are kept up to these, in bytes: one, and all of a run together.
const (
	resultMost  = 64 << 10
	resultsMost = 512 << 10
)

// watch looks at the jobs that run. It gives the first step whose job is over, or -1.
func (t *turn) watch(ctx context.Context) (ended int, err error) {
	ended = -1
	for i := range t.s.Steps {
		stage := &t.s.Steps[i]
		if !stage.runs() {
			continue
		}
		child, err := t.jobs.Get(ctx, stage.Job)
		if err != nil && !errors.Is(err, job.ErrNotFound) {
			return -1, err
		}
		t.live[i] = child
		if ended < 0 && (child == nil || child.State.Final()) {
			ended = i
		}
	}
	return ended, nil
}

// conclude notes how a step's job ended.
func (t *turn) conclude(ctx context.Context, i int) error {
	child, id := t.live[i], t.s.Steps[i].Job
	delete(t.live, i)
	if child == nil {
		return t.end(ctx, i, string(job.Unknown), id+" is forgotten already, so nobody can tell how it ended", "")
	}
	if t.closing && child.Cancel != nil && !child.Cancel.Signal.IsZero() {
		if err := t.run.Signalled(ctx); err != nil {
			return err
		}
	}
	stage := &t.s.Steps[i]
	if stage.Ended = child.Finished; !child.Started.IsZero() {
		stage.Started = child.Started
	}
	stage.Why = chat.Clip(strings.TrimPrefix(jobtext.Reason(child), "because: "), answerCells)
	if stage.Result, stage.Size = nil, 0; len(child.Result) > resultMost || t.s.size()+len(child.Result) > resultsMost {
		stage.Size = len(child.Result)
	} else {
		stage.Result = child.Result
	}
	return t.end(ctx, i, string(child.State), outcome(child), "")
}

// outcome says how a step's job ended: "k3f8 failed after 3 s, because: the host is down".
func outcome(child *job.Job) string {
	parts := []string{child.ID + " " + jobtext.Standing(child, child.Finished)}
	if why := jobtext.Reason(child); why != "" {
		parts = append(parts, why)
	}
	return strings.Join(parts, ", ")
}

// end notes what became of a step, and tells it. One that failed may be run again. That the run fails is kept first:
// whatever dies then, nothing more is begun that does not always run.
func (t *turn) end(ctx context.Context, i int, state, how, output string) error {
	stage, task := &t.s.Steps[i], t.tasks[i]
	stage.State = state
	t.s.remember(i, chat.Brief(how, textCells))
	mark := "✓"
	if !stage.good() {
		unwanted, err := t.unwanted(ctx)
		if err != nil || unwanted {
			return err // what the cancel finds is noted by it
		}
		mark = "✗"
		if t.retries(i) {
			return t.later(ctx, i, how)
		}
		if !task.onward && !t.closing && t.s.Failed == "" {
			t.s.Failed = fmt.Sprintf("%s: %s", t.script.name(t.s, i), strings.TrimRight(how, "."))
		}
	}
	if stage.Stopped = t.closing && !task.always; stage.Ended.IsZero() {
		stage.Ended = t.now
	}
	change := job.Change{Say: []string{fmt.Sprintf("%s %s: %s", mark, t.script.name(t.s, i), how)}}
	if output != "" {
		t.s.remember(i, output)
		shown := chat.Bound(output, answerBytes, answerLines)
		change.Log = append([]string{t.script.name(t.s, i) + ":"}, strings.Split(shown, "\n")...)
	}
	return t.save(ctx, change)
}

// retries reports whether a step that did not end well is run again: it failed, and has tries left.
func (t *turn) retries(i int) bool {
	stage, task := &t.s.Steps[i], t.tasks[i]
	return stage.State == string(job.Failed) && stage.Try <= task.retry.Count && (task.always || !t.s.barred(t.closing))
}

// later puts a step that failed off.
func (t *turn) later(ctx context.Context, i int, how string) error {
	stage, task := &t.s.Steps[i], t.tasks[i]
	stage.State, stage.Again, stage.Ended = again, t.now.Add(task.retry.Wait), t.now
	when := "at once"
	if task.retry.Wait > 0 {
		when = "in " + chat.Duration(task.retry.Wait)
	}
	return t.save(ctx, job.Change{Say: []string{fmt.Sprintf(
		"✗ %s: %s; it is run again %s (retry %d of %d)", t.script.name(t.s, i), strings.TrimRight(how, "."), when, stage.Try, task.retry.Count)}})
}

// giveUp ends a step that was to be run again, as nothing is begun any more.
func (t *turn) giveUp(ctx context.Context, i int) error {
	t.s.Steps[i].State = string(job.Failed)
	return t.save(ctx, job.Change{})
}
