package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// runner steps runs: of pipelines, and batches, whose steps are lines.
type runner struct {
	jobs      *job.Store
	say       func(context.Context, command.Envelope) (command.Answer, error) // to the function command
	catalogue func(context.Context) (*command.Catalogue, error)
	aliases   *command.Aliases
	nudge     func(context.Context, ...job.Pointer)
	log       *slog.Logger
	script    script
}

var (
	_ job.Stepper = (*runner)(nil)
	_ job.Patient = (*runner)(nil)
)

// script is what is run: the lines of a batch, or a pipeline.
type script interface {
	// plan is what there is to do, or why nothing of it will be done.
	plan(ctx context.Context, r *runner, j *job.Job) (s *standing, why string, err error)
	// tasks are the steps of a run.
	tasks(j *job.Job, s *standing) ([]task, error)
	// order is what is to be handed in for a step.
	order(ctx context.Context, r *runner, j *job.Job, s *standing, i int) (order, error)
	// unfit says why a job that a step became is not to be; empty when it may.
	unfit(j, child *job.Job) string

	id(j *job.Job, s *standing, i, try int) string // under which a try of a step is handed in, however often
	effect(s *standing, i, try int) string         // the same within the run, for people
	place(s *standing, i int) string               // the step, for people: "line 2 of 5"
	name(s *standing, i int) string                // the same with what it runs
	progress(s *standing, l live) job.Progress     // how far the run is
	parts(s *standing, l live) []job.Part          // what people see of the steps; nil for nothing
	result(s *standing) any                        // what the run produced
	failure(s *standing) string                    // why it failed
	counted(done, all int) string                  // "3 of 5 lines had been done"
	look() time.Duration                           // when running jobs are looked at again
	bound(text string) string                      // of what a command answered, what is kept
}

// live are the jobs that run now, by step, as they were when last looked at.
type live map[int]*job.Job

// order is what is to be handed in.
type order struct {
	envelope command.Envelope
	shown    string // as people may see it
	readable bool   // it is a command that is known: an answer that repeats it tells no secret
	now      bool   // it answers at once, as far as is known
	skip     bool   // it is not to be done
	refused  string // why it cannot be handed in
}

// turn is one call of Step or Cancel.
type turn struct {
	*runner
	run     *job.Run
	s       *standing
	tasks   []task
	closing bool // the run is to stop
	live    live
	now     time.Time
}

// Step implements job.Stepper: it makes one change, if there is one to make.
func (r *runner) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	t, known, err := r.turn(ctx, run)
	if err != nil {
		return job.Outcome{}, err
	}
	if !known {
		return r.begin(ctx, run)
	}
	moved, err := t.move(ctx)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case moved:
		return job.Wait(0), nil
	case !t.s.finished(t.tasks, false):
		return job.Wait(t.pause()), nil
	case t.s.Failed != "":
		return job.Fail(r.script.failure(t.s), r.script.result(t.s)), nil
	}
	return job.Done(r.script.result(t.s)), nil
}

// turn loads what is known of a run; false when it has not begun.
func (r *runner) turn(ctx context.Context, run *job.Run) (*turn, bool, error) {
	t := &turn{runner: r, run: run, s: &standing{}, live: live{}}
	known, err := run.Load(t.s)
	if err != nil || !known {
		return t, false, err
	}
	if t.tasks, err = r.script.tasks(run.Job(), t.s); err != nil {
		return nil, false, err
	}
	t.now, err = r.jobs.Now(ctx)
	return t, true, err
}

// begin plans the run and keeps the plan, before anything happens.
func (r *runner) begin(ctx context.Context, run *job.Run) (job.Outcome, error) {
	s, why, err := r.script.plan(ctx, r, run.Job())
	switch {
	case err != nil:
		return job.Outcome{}, err
	case why != "":
		return job.Fail(why, nil), nil
	}
	progress := r.script.progress(s, nil)
	change := job.Change{Checkpoint: s, Progress: &progress, Parts: r.script.parts(s, nil), Say: s.opening}
	if err := run.Save(ctx, change); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(0), nil
}

// move makes one change: a job that has ended is noted, or a step is begun. Without one it shows how far the jobs are. How jobs ended comes first:
// a hand-in that is not answered holds that up for nobody. A step that is on its way comes next, whatever bars others by then: its job
// would be nobody's.
func (t *turn) move(ctx context.Context) (moved bool, err error) {
	ended, err := t.watch(ctx)
	if err != nil {
		return false, err
	}
	if ended >= 0 {
		return true, t.conclude(ctx, ended)
	}
	for i := range t.s.Steps {
		if t.onItsWay(i) && (t.tasks[i].always || !t.closing) {
			return true, t.start(ctx, i)
		}
	}
	for i := range t.s.Steps {
		if t.s.Steps[i].State == again && !t.tasks[i].always && t.s.barred(t.closing) {
			return true, t.giveUp(ctx, i)
		}
		if t.s.ready(t.tasks, i, t.closing, t.now) {
			return true, t.start(ctx, i)
		}
	}
	return false, t.show(ctx)
}

// onItsWay reports whether a step was handed in, or nearly, and what became of it was not noted: a worker died, or got no answer.
func (t *turn) onItsWay(i int) bool {
	return t.s.Steps[i].waits() && t.run.Intended(t.effect(i))
}

// show brings what people see up to date.
func (t *turn) show(ctx context.Context) error {
	progress := t.script.progress(t.s, t.live)
	return t.run.Save(ctx, job.Change{Progress: &progress, Parts: t.script.parts(t.s, t.live)})
}

// save keeps a change with what people are told of it.
func (t *turn) save(ctx context.Context, change job.Change) error {
	progress := t.script.progress(t.s, t.live)
	change.Checkpoint, change.Progress, change.Parts = t.s, &progress, t.script.parts(t.s, t.live)
	return t.run.Save(ctx, change)
}

// pause is when to look again: the end of a job wakes the run by itself.
func (t *turn) pause() time.Duration {
	pause := t.script.look()
	for i := range t.s.Steps {
		if stage := &t.s.Steps[i]; stage.State == again {
			pause = min(pause, max(stage.Again.Sub(t.now), 10*time.Millisecond))
		}
	}
	return pause
}

// unwanted reports whether the run was asked to stop meanwhile: what fails then is the stop's affair.
func (t *turn) unwanted(ctx context.Context) (bool, error) {
	if t.closing {
		return false, nil
	}
	fresh, err := t.jobs.Get(ctx, t.run.Job().ID)
	if err != nil {
		return false, fmt.Errorf("whether it is to stop: %w", err)
	}
	return fresh.Cancel != nil, nil
}
