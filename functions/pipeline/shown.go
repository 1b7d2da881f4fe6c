package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// did is what became of a step: a run's result has them by name, under "steps".
type did struct {
	State  string          `json:"state,omitempty"` // a job's, or "skipped"; none for a step that was not begun
	Job    string          `json:"job,omitempty"`
	Text   string          `json:"text,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

func (f *flow) result(s *standing) any {
	steps := make(map[string]did, len(s.Steps))
	for i := range s.Steps {
		stage := &s.Steps[i]
		steps[s.pipeline.Steps[i].Name] = did{stateFor(stage), stage.Job, chat.Brief(stage.Text, answerCells), stage.Result}
	}
	return map[string]any{"steps": steps}
}

// progress is how far a run is: the steps that are over, those that run counted as far as they are.
func (f *flow) progress(s *standing, l live) job.Progress {
	over, sum := 0, 0
	var running []string
	last := ""
	for i := range s.Steps {
		stage, name := &s.Steps[i], s.pipeline.Steps[i].Name
		switch {
		case stage.over():
			over++
		case stage.runs():
			running = append(running, name)
			if child := l[i]; child != nil {
				sum += min(max(child.Progress.Percent, 0), 100)
				last = child.Progress.Line
			}
		}
	}
	p := job.Progress{Percent: (100*over + sum) / len(s.Steps), Line: fmt.Sprintf("%d of %d steps are over", over, len(s.Steps))}
	switch len(running) {
	case 0:
	case 1:
		p.Line += "; " + running[0]
		if last != "" {
			p.Line += ": " + chat.Brief(last, answerCells)
		}
	default:
		p.Line += "; " + strings.Join(running, ", ")
	}
	return p
}

// parts are the steps as people see them.
func (f *flow) parts(s *standing, l live) []job.Part {
	parts := make([]job.Part, len(s.Steps))
	for i := range s.Steps {
		stage := &s.Steps[i]
		part := job.Part{
			Name: s.pipeline.Steps[i].Name, State: stateFor(stage), Job: stage.Job, Started: stage.Started, Ended: stage.Ended,
		}
		switch {
		case stage.State == again:
			part.State, part.Started, part.Ended = string(job.Queued), time.Time{}, time.Time{}
			part.Note = fmt.Sprintf("failed %s; it is run again at %s", times(stage.Try), stage.Again.UTC().Format("15:04:05 UTC"))
		case stage.State == kept:
			part.State = kept
		case stage.runs():
			following(&part, l[i])
		case !stage.good():
			part.Note = stage.Why
		}
		parts[i] = part
	}
	return parts
}

// following shows how a step's job does.
func following(part *job.Part, child *job.Job) {
	if child == nil || child.State.Final() {
		return
	}
	part.State = string(child.State)
	switch child.State {
	case job.Confirming:
		part.Note = "say: approve " + child.ID
	case job.Queued:
		if part.Note = "behind " + child.Behind; child.Behind == "" { // it begins in a moment
			part.State, part.Note = string(job.Running), ""
		}
	default:
		part.Note = chat.Brief(child.Progress.Line, lineCells)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
