package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// reportEvery is how often what git says is written down while it works.
	reportEvery = 250 * time.Millisecond
	// maxBatch is how many lines are kept between two writings; a git that says more is not worth reading.
	maxBatch = 1000
)

// reporter writes down what git says, a few times a second, from one place: what a run saves is saved one after the other.
type reporter struct {
	run *job.Run

	mu       sync.Mutex
	lines    []string
	dropped  int
	progress job.Progress
	moved    bool
	from, to int // the part of the whole that is under way, in percent
	what     string

	saving sync.Mutex
}

// report begins to write; end it with the function that it returns.
func report(ctx context.Context, run *job.Run) (*reporter, func()) {
	r := &reporter{run: run, progress: run.Job().Progress}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(reportEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = r.save(ctx, job.Change{}) // what cannot be written now is written with the next
			}
		}
	}()
	return r, func() { cancel(); <-ended }
}

// save writes a change with what git has said since the last one.
func (r *reporter) save(ctx context.Context, change job.Change) error {
	r.saving.Lock()
	defer r.saving.Unlock()
	r.mu.Lock()
	change.Log = append(r.lines, change.Log...)
	if r.dropped > 0 {
		change.Log = append(change.Log, fmt.Sprintf("[%d lines of git's are left out]", r.dropped))
	}
	if r.moved && change.Progress == nil {
		progress := r.progress
		change.Progress = &progress
	}
	r.lines, r.dropped, r.moved = nil, 0, false
	r.mu.Unlock()
	if change.Log == nil && change.Progress == nil && change.Checkpoint == nil && change.Say == nil && change.Links == nil {
		return nil
	}
	if err := r.run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// phase says what is done now, and from where to where in the whole it leads.
func (r *reporter) phase(what string, from, to int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.what, r.from, r.to = what, from, to
	r.progress, r.moved = job.Progress{Percent: from, Line: what}, true
}

// parts are what git works at, with how far each leads within a phase, in percent.
var parts = map[string][2]int{
	"Enumerating objects": {0, 5}, "Counting objects": {0, 5}, "Compressing objects": {5, 15},
	"Receiving objects": {15, 90}, "Writing objects": {15, 90}, "Resolving deltas": {90, 100}, "Updating files": {0, 100},
}

func (r *reporter) heard(p git.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	part, known := parts[p.Part]
	if !known {
		return
	}
	within := part[0] + (part[1]-part[0])*p.Percent/100
	percent := max(r.progress.Percent, r.from+(r.to-r.from)*within/100)
	line := fmt.Sprintf("%s: %s %d %%", r.what, strings.ToLower(p.Part), p.Percent)
	if percent != r.progress.Percent || line != r.progress.Line {
		r.progress.Percent, r.progress.Line, r.moved = percent, line, true
	}
}

func (r *reporter) line(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) >= maxBatch {
		r.dropped++
		return
	}
	r.lines = append(r.lines, text)
}

// watch is how git is listened to.
func (r *reporter) watch() git.Watch {
	return git.Watch{
		Progress: r.heard, Line: r.line,
		Held:    func() time.Duration { return time.Since(r.run.Held()) },
		Told:    func(signal string) { r.line("git was sent " + signal) },
		Waiting: func() { r.phase("waiting for somebody else who works with the same repository", r.from, r.to) },
	}
}

// watchPush is watch for a git that may change something outside: its keeper is written down before it begins.
func (r *reporter) watchPush(begin func(attend.Ref) error) git.Watch {
	w := r.watch()
	w.Begin = begin
	return w
}
