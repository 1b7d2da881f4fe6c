package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// restarter steps "jenkins restart": it asks for the restart once and waits until another Jenkins answers.
type restarter struct{ *capability }

var (
	_ job.Stepper   = (*restarter)(nil)
	_ job.Canceller = (*restarter)(nil)
)

// restarting is its checkpoint.
type restarting struct {
	Session string    `json:"session,omitempty"` // of the Jenkins that is to go
	Asked   time.Time `json:"asked,omitzero"`
}

// restartEffect is the name under which the engine remembers the request.
const restartEffect = "restart"

// restartWithin is after how long a Jenkins that goes on as before is believed not to restart.
const restartWithin = 2 * time.Minute

// Step implements job.Stepper.
func (r *restarter) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var state restarting
	if _, err := run.Load(&state); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if state.Asked.IsZero() {
		if err := r.request(ctx, run, &state); err != nil {
			return r.verdict(err)
		}
	}
	root, err := r.api.Root(ctx)
	switch fault, _ := errors.AsType[*remote.Error](err); {
	case fault != nil && fault.Passing():
		return r.wait(ctx, run, "Jenkins is away; waiting for it to come back")
	case err != nil:
		return r.verdict(err)
	case root.Session != state.Session:
		return r.back(ctx, run, &state, root)
	case root.QuietingDown:
		return r.wait(ctx, run, "Jenkins starts no more builds and waits for those that run")
	}
	now, err := r.clock(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if state.Asked.After(now) { // the clock was set back since
		state.Asked = now
		if err := run.Save(ctx, job.Change{Checkpoint: state}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
	}
	if now.Sub(state.Asked) < restartWithin {
		return r.wait(ctx, run, "Jenkins has been asked to restart")
	}
	return job.Fail("Jenkins did not restart: it builds as before; somebody gave the restart up in Jenkins, or it cannot restart itself", nil), nil
}

// request asks for the restart, once: after a crash, a new session or a quiet Jenkins shows that it was asked.
func (r *restarter) request(ctx context.Context, run *job.Run, state *restarting) error {
	if state.Session == "" {
		root, err := r.api.Root(ctx)
		if err != nil {
			return err
		}
		state.Session = root.Session
		if err := run.Save(ctx, job.Change{Checkpoint: state}); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	safe := command.Values(run.Job().Args).Bool("safe")
	look := func(ctx context.Context) (bool, job.Sighting, error) {
		root, err := r.api.Root(ctx)
		if err != nil {
			return false, job.Absent, err
		}
		if root.Session != state.Session || root.QuietingDown {
			return true, job.Present, nil
		}
		return false, job.Absent, nil
	}
	do := func(ctx context.Context) (bool, error) {
		ctx, cancel := outlast(ctx, requestGrace)
		defer cancel()
		err := r.api.Restart(ctx, safe)
		if surelyNot(err) {
			return false, job.NotDone(err)
		}
		return err == nil, err
	}
	if _, err := job.Once(ctx, run, restartEffect, look, do); err != nil {
		return err
	}
	now, err := r.clock(ctx)
	if err != nil {
		return err
	}
	state.Asked = now
	say := "Jenkins has been asked to restart now; builds that run are lost."
	if safe {
		say = "Jenkins has been asked to restart as soon as no build runs; it starts no others until then."
	}
	if err := run.Save(ctx, job.Change{Checkpoint: state, Say: []string{say}}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

func (r *restarter) wait(ctx context.Context, run *job.Run, line string) (job.Outcome, error) {
	progress := job.Progress{Percent: -1, Line: line}
	if err := run.Save(ctx, job.Change{Progress: &progress}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Wait(2 * time.Second), nil
}

func (r *restarter) back(ctx context.Context, run *job.Run, state *restarting, root *remote.Root) (job.Outcome, error) {
	now, err := r.clock(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	took := chat.Duration(now.Sub(state.Asked))
	if err := run.Say(ctx, "Jenkins %s is back, %s after it was asked to restart.", chat.Brief(root.Version, 40), took); err != nil {
		return job.Outcome{}, fmt.Errorf("say: %w", err)
	}
	return job.Done(map[string]string{"version": root.Version, "took": took}), nil
}

// Cancel implements job.Canceller: a restart that still waits for builds can be given up, one that has begun cannot.
func (r *restarter) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var state restarting
	if _, err := run.Load(&state); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if !run.Intended(restartEffect) {
		return job.Stopped("Jenkins had not been asked to restart"), nil
	}
	root, err := r.api.Root(ctx)
	switch {
	case err != nil:
		return r.unstopped(err)
	case root.Session != state.Session:
		return job.Done(map[string]string{"version": root.Version}), nil
	case !root.QuietingDown && !run.Job().Cancel.Signal.IsZero():
		return job.Stopped("Jenkins is not quieting down and has not restarted"), nil
	}
	if err := r.api.CancelQuietDown(ctx); err != nil {
		return r.unstopped(err)
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, fmt.Errorf("record the signal: %w", err)
	}
	return job.Wait(time.Second), nil
}
