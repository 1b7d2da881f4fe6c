package main

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// standing is how far a run has come, its checkpoint.
type standing struct {
	Name   string  `json:"name,omitempty"`   // the pipeline's
	Source string  `json:"source,omitempty"` // the pipeline as it was when the run began
	Steps  []stage `json:"steps"`            // all of them, as listed
	Failed string  `json:"failed,omitempty"` // why the run fails: from then on nothing is begun but what always runs

	pipeline *pipeline.Pipeline // the source, read
	opening  []string           // what is told when the run begins
}

// stage is where one step stands.
type stage struct {
	Shown   string          `json:"shown,omitempty"`  // what it runs, as people may see it
	State   string          `json:"state,omitempty"`  // a job's state, or one of those below; empty before it began
	Try     int             `json:"try,omitempty"`    // how often it was begun
	Job     string          `json:"job,omitempty"`    // the job that does it; none for a command that answered at once
	Why     string          `json:"why,omitempty"`    // why it failed, as short as it is known
	Text    string          `json:"text,omitempty"`   // what was answered, or how the job ended
	Result  json.RawMessage `json:"result,omitempty"` // the job's
	Size    int             `json:"size,omitempty"`   // of a result that was too large to be kept, in bytes
	Started time.Time       `json:"started,omitzero"`
	Ended   time.Time       `json:"ended,omitzero"`
	Again   time.Time       `json:"again,omitzero"`    // when it is run again
	Stopped bool            `json:"stopped,omitempty"` // it ended after the run was asked to stop
}

// What a stage may be besides what a job may.
const (
	answered = "answered"      // the command answered at once
	refused  = "refused"       // the command was not carried out
	unsure   = "unsure"        // it was on its way when the run was stopped, and may have been carried out
	again    = "again"         // it failed, and is to be run again
	skipped  = job.PartSkipped // its condition did not hold
	kept     = job.PartKept    // the run that this one repeats had done it
)

// task is what the runner must know of a step.
type task struct {
	needs  []int // which must be fine before; for one that always runs, settled
	always bool
	onward bool // that it fails is not the run's failure
	retry  pipeline.Retry
}

// over reports whether a stage needs no more to be done.
func (s *stage) over() bool {
	switch s.State {
	case answered, refused, unsure, skipped, kept:
		return true
	}
	return job.State(s.State).Final()
}

// good reports whether what a stage is for was done.
func (s *stage) good() bool {
	return s.State == answered || s.State == kept || s.State == skipped || s.State == string(job.Succeeded)
}

// runs reports whether a job does it now.
func (s *stage) runs() bool { return s.State != "" && s.State != again && !s.over() }

// waits reports whether it has not begun, or not yet again.
func (s *stage) waits() bool { return s.State == "" || s.State == again }

// ready reports whether a step may be begun. closing says that the run is to stop.
func (s *standing) ready(tasks []task, i int, closing bool, now time.Time) bool {
	stage, task := &s.Steps[i], tasks[i]
	if !stage.waits() || stage.Again.After(now) {
		return false
	}
	if task.always {
		return !slices.ContainsFunc(task.needs, func(need int) bool { return !s.settled(tasks, need, closing) })
	}
	return !s.barred(closing) && !slices.ContainsFunc(task.needs, func(need int) bool {
		return !s.Steps[need].over() || !s.Steps[need].good() && !tasks[need].onward
	})
}

// barred reports whether nothing is begun any more but what always runs.
func (s *standing) barred(closing bool) bool { return closing || s.Failed != "" }

// settled reports whether nothing more happens to a step.
func (s *standing) settled(tasks []task, i int, closing bool) bool {
	return s.Steps[i].over() || s.Steps[i].State == "" && !tasks[i].always && s.barred(closing)
}

// finished reports whether nothing more happens to any.
func (s *standing) finished(tasks []task, closing bool) bool {
	for i := range s.Steps {
		if !s.settled(tasks, i, closing) {
			return false
		}
	}
	return true
}

// done counts the steps that were done, and unbegun those that were not begun at all.
func (s *standing) done() (done, unbegun int) {
	for i := range s.Steps {
		if s.Steps[i].good() {
			done++
		}
		if s.Steps[i].State == "" {
			unbegun++
		}
	}
	return done, unbegun
}

// size is how many bytes what steps gave takes in the checkpoint, which has an end.
func (s *standing) size() int {
	sum := 0
	for i := range s.Steps {
		sum += len(s.Steps[i].Result) + written(s.Steps[i].Text)
	}
	return sum
}

// written is how many bytes a text takes as JSON.
func written(text string) int {
	encoded, err := json.Marshal(text)
	if err != nil {
		return 0
	}
	return len(encoded)
}

// remember keeps what a step said, as long as there is room.
func (s *standing) remember(i int, text string) {
	s.Steps[i].Text = ""
	if s.size()+written(text) > resultsMost {
		text = chat.Brief(text, briefCells)
	}
	s.Steps[i].Text = text
}
