package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// watcher steps "jenkins watch", and "jenkins console … follow=true": it follows a build that somebody else started.
type watcher struct {
	*capability
	reading bool // the console is what is wanted, the result is none of the job's
}

var (
	_ job.Stepper   = (*watcher)(nil)
	_ job.Canceller = (*watcher)(nil)
)

// Step implements job.Stepper.
func (w *watcher) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Number == 0 {
		if err := w.begin(ctx, run, &p); err != nil {
			return w.verdict(err)
		}
	}
	return w.follow(ctx, run, &p, w.reading)
}

func (w *watcher) begin(ctx context.Context, run *job.Run, p *pursuit) error {
	wanted, err := targetOf(command.Values(run.Job().Args))
	if err != nil {
		return err
	}
	build, err := w.find(ctx, wanted)
	if err != nil {
		return err
	}
	p.Job = wanted.job
	p.reach(w.api, build.Number, build.URL)
	say := fmt.Sprintf("Watching %s: %s", p.title(), p.URL)
	if by := build.Actions.StartedBy(); by != "" {
		say = fmt.Sprintf("Watching %s (%s): %s", p.title(), by, p.URL)
	}
	if err := run.Save(ctx, job.Change{Checkpoint: p, Links: p.links(), Say: []string{say}}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// Cancel implements job.Canceller. To stop a watch is to stop the build, as it always was, when the one who says so may
// stop that build. It only ends the watch when that was asked for (only=true), when the console was followed, when
// the watch's own time limit passed, and when that person may not stop the build; then the receipt says that the build
// goes on.
func (w *watcher) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Number == 0 {
		return job.Stopped("it had not begun to watch"), nil
	}
	if why := w.spares(run.Job(), &p); why != "" && p.Stop.Force == "" {
		return job.Stopped("nobody follows "+p.title()+" here any more", fmt.Sprintf("%s goes on: %s", p.title(), why)), nil
	}
	return w.halt(ctx, run, &p)
}

// spares says why a cancel leaves the build alone; empty when it does not.
func (w *watcher) spares(j *job.Job, p *pursuit) string {
	by := j.Cancel.By
	_, late := job.Deadline(by)
	switch {
	case w.reading:
		return "only its console was followed"
	case command.Values(j.Args).Bool("only"):
		return "it was only watched (only=true)"
	case late:
		return "only the watching has a time limit"
	default:
		roles := w.rolesOf(by, j.Cancel.Groups)
		if !slices.Contains(roles, config.Operator) {
			return fmt.Sprintf("%s lacks the role operator, which stopping it needs", by)
		}
		if err := w.set.mayTouch(p.Job, roles); err != nil {
			return "it may not be stopped from here, since " + err.Error()
		}
		return ""
	}
}
