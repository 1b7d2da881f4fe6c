package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// stopAgain is when the jobs of a run that is to stop are looked at again.
	stopAgain = time.Second
	// stopFor is how long a run may take to stop: its jobs an hour, as any, and what always runs the rest.
	stopFor = 4 * time.Hour
	// closeFor is how long after a cancel what always runs may run: then it is stopped, which may take an hour, too.
	closeFor = 3 * time.Hour
)

// errNotHandedIn says that a step was never given to the function command.
var errNotHandedIn = errors.New("the step was not handed in")

// StopFor implements job.Patient.
func (*runner) StopFor() time.Duration { return stopFor }

// Cancel implements job.Canceller: whatever the run started is stopped, and seen stopped; then runs what always runs. Nothing
// else can be started in its name from the moment that the wish was recorded.
func (r *runner) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	t, known, err := r.turn(ctx, run)
	if err != nil {
		return job.Outcome{}, err
	}
	if !known {
		return job.Stopped("nothing of it was running"), nil
	}
	t.closing = true
	if err := t.underWay(ctx); err != nil {
		return job.Outcome{}, err
	}
	running, err := t.stopAll(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if running > 0 {
		return job.Wait(stopAgain), errors.Join(t.run.Signalled(ctx), t.look(ctx))
	}
	moved, err := t.move(ctx)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case moved:
		return job.Wait(0), nil
	case !t.s.finished(t.tasks, true):
		return job.Wait(min(t.pause(), stopAgain)), nil
	}
	return t.stopped(ctx)
}

// look shows how the jobs that are being stopped do.
func (t *turn) look(ctx context.Context) error {
	if _, err := t.watch(ctx); err != nil {
		return err
	}
	return t.show(ctx)
}

// underWay finds the jobs of steps that were handed in and not noted. A step that may have been answered at once is not
// handed in again to find out: nobody will know. What always runs is simply handed in again, under the same id.
func (t *turn) underWay(ctx context.Context) error {
	for i := range t.s.Steps {
		if t.tasks[i].always || !t.onItsWay(i) {
			continue
		}
		o, err := t.script.order(ctx, t.runner, t.run.Job(), t.s, i)
		if err != nil {
			return err
		}
		if err := t.find(ctx, i, o); err != nil {
			return err
		}
	}
	return nil
}

// find looks for what became of a step that was handed in.
func (t *turn) find(ctx context.Context, i int, o order) error {
	look := func(ctx context.Context) (handed, job.Sighting, error) {
		child, err := t.childOf(ctx, i)
		switch {
		case child != "" || err != nil:
			return handed{Job: child}, job.Present, err
		case o.readable && !o.now:
			return handed{}, job.Absent, nil // a run that is to stop gets no more children
		}
		return handed{}, job.Hidden, nil
	}
	never := func(context.Context) (handed, error) { return handed{}, job.NotDone(errNotHandedIn) }
	got, err := job.Once(ctx, t.run, t.effect(i), look, never)
	stage := &t.s.Steps[i]
	switch {
	case errors.Is(err, errNotHandedIn):
		return nil
	case errors.Is(err, job.ErrUnsure):
		stage.Shown, stage.State, stage.Stopped = o.shown, unsure, true
		return t.save(ctx, job.Change{})
	case err != nil:
		return err
	}
	stage.Shown, stage.Started, stage.Again = o.shown, t.now, time.Time{}
	stage.Try++
	switch {
	case got.Job != "":
		stage.Job, stage.State = got.Job, string(job.Running)
		return t.save(ctx, job.Change{})
	case got.Code != "":
		return t.end(ctx, i, refused, chat.Brief(got.Text, answerCells), "")
	}
	return t.end(ctx, i, answered, chat.Brief(got.Text, answerCells), "")
}

// childOf finds the child that a step became, by the id under which the step was handed in; "" for none.
func (t *turn) childOf(ctx context.Context, i int) (string, error) {
	j := t.run.Job()
	ids, err := t.jobs.Children(ctx, j.ID)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		child, err := t.jobs.Get(ctx, id)
		if err != nil && !errors.Is(err, job.ErrNotFound) {
			return "", err
		}
		if child != nil && child.Key == j.Principal+" "+t.script.id(j, t.s, i, t.s.Steps[i].Try+1) {
			return id, nil
		}
	}
	return "", nil
}

// stopAll asks every unfinished job of the run to stop, but for those that always run, as long as they have time. It says how
// many have not stopped yet.
func (t *turn) stopAll(ctx context.Context) (running int, err error) {
	j := t.run.Job()
	ids, err := t.jobs.Children(ctx, j.ID)
	if err != nil {
		return 0, err
	}
	spared := map[string]bool{}
	for i := range t.s.Steps {
		id := t.s.Steps[i].Job
		if t.tasks[i].always {
			spared[id] = true
		} else if id != "" && t.s.Steps[i].runs() && !slices.Contains(ids, id) {
			ids = append(ids, id) // it was made by a command that answers at once, such as retry
		}
	}
	late := j.Cancel != nil && t.now.Sub(j.Cancel.At) > closeFor
	for _, id := range ids {
		child, err := t.jobs.Get(ctx, id)
		if errors.Is(err, job.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if child.State.Final() || child.Closes && !late || spared[id] && !late {
			continue
		}
		if err := t.stopChild(ctx, child, stopReason(j, child.Closes)); err != nil {
			return 0, err
		}
		if !child.Closes {
			running++
		}
	}
	return running, nil
}

// stopReason is why a job is asked to stop.
func stopReason(j *job.Job, late bool) string {
	if late {
		return "it took longer than " + chat.Duration(closeFor) + " to close " + j.ID
	}
	if j.Cancel == nil {
		return ""
	}
	return j.Cancel.Reason
}

// stopChild asks a job to stop, in the name of who wants the run to.
func (t *turn) stopChild(ctx context.Context, child *job.Job, reason string) error {
	j := t.run.Job()
	by, groups := j.Principal, j.Groups
	if j.Cancel != nil {
		by, groups = j.Cancel.By, j.Cancel.Groups
	}
	if of, late := job.Deadline(by); late && of == "" {
		by = job.DeadlineOf(j.ID)
	}
	done, err := t.jobs.Cancel(ctx, child.ID, by, reason, groups...)
	if errors.Is(err, job.ErrFinished) || errors.Is(err, job.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t.nudge(ctx, done.Nudge...)
	return nil
}
