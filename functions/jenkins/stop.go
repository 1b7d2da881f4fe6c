package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// stopper steps "jenkins stop": it stops a build that need not have been started from here, and looks until it has stopped.
type stopper struct{ *capability }

var _ job.Canceller = (*stopper)(nil)

// stopped is the result of "jenkins stop", its receipt.
type stopped struct {
	Build     string    `json:"build"`
	Result    string    `json:"result"`
	Signalled time.Time `json:"signalled"`
	Confirmed time.Time `json:"confirmed"`
	Force     string    `json:"force"`
}

// Step implements job.Stepper.
func (s *stopper) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Number == 0 {
		if err := s.begin(ctx, run, &p); err != nil {
			return s.verdict(err)
		}
	}
	build, out, err := s.still(ctx, run, &p)
	if build == nil {
		return out, err
	}
	say, err := s.press(ctx, run, &p, build)
	if err != nil {
		return s.unstopped(err)
	}
	if err := s.tellStopping(ctx, run, &p, say); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(s.gentle(&p)), nil
}

func (s *stopper) begin(ctx context.Context, run *job.Run, p *pursuit) error {
	wanted, err := targetOf(command.Values(run.Job().Args))
	if err != nil {
		return err
	}
	if err := s.set.mayTouch(wanted.job, s.rolesOf(run.Job().Principal, run.Job().Groups)); err != nil {
		return refused(err.Error())
	}
	build, err := s.find(ctx, wanted)
	if err != nil {
		return err
	}
	if !build.Building {
		return refused(fmt.Sprintf("%s #%d is not running: it ended in %s", wanted.job, build.Number, word(build.Result)))
	}
	p.Job = wanted.job
	p.reach(s.api, build.Number, build.URL)
	change := job.Change{Checkpoint: p, Links: p.links()}
	if owner, ok := build.Actions.Parameter(markParameter); ok && owner != "" {
		change.Say = []string{fmt.Sprintf("%s was started by the job %s here, which will end with it.", p.title(), chat.Brief(owner, 40))}
	}
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// still gives the build while it is building; else nil, and what became of it.
func (s *stopper) still(ctx context.Context, run *job.Run, p *pursuit) (*remote.Build, job.Outcome, error) {
	build, err := s.api.Build(ctx, p.Job, p.Number)
	var out job.Outcome
	switch {
	case remote.Is(err, remote.NotFound):
		out, err = s.vanished(ctx, run, p)
	case err != nil:
		out, err = s.unstopped(err)
	case !build.Building:
		out, err = s.report(ctx, run, p, build)
	default:
		return build, out, nil
	}
	return nil, out, err
}

func (s *stopper) report(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build) (job.Outcome, error) {
	progress := job.Progress{Percent: 100, Line: fmt.Sprintf("%s is %s", p.title(), word(build.Result))}
	receipt := stopped{
		Build: p.title(), Result: build.Result, Signalled: p.Stop.Again.Truncate(time.Second), Confirmed: s.now().Truncate(time.Second),
		Force: string(p.Stop.Force),
	}
	if err := run.Save(ctx, job.Change{Progress: &progress, Say: []string{progress.Line + "."}}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	if build.Result == remote.Success {
		return job.Fail(p.title()+" came to its end before it could be stopped, with SUCCESS", receipt), nil
	}
	return job.Done(receipt), nil
}

// Cancel implements job.Canceller. What Jenkins was asked cannot be taken back, so it is looked what came of it.
func (s *stopper) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if p.Number == 0 {
		return job.Stopped("nothing was asked of Jenkins"), nil
	}
	if build, out, err := s.still(ctx, run, &p); build == nil {
		return out, err
	}
	if p.Stop.Force == "" { // it may have been asked without an answer
		return job.Stopped(p.title()+" is building", "Jenkins may have been asked to stop it; that it took that was not seen"), nil
	}
	return job.Stopped(p.title()+" is building", "Jenkins was asked to stop it, and may do so yet"), nil
}
