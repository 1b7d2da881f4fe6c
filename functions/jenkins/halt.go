package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// halt stops a build: it asks (stop), insists (term, kill: Pipelines only), and looks until the build is over.
func (c *capability) halt(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	build, err := c.api.Build(ctx, p.Job, p.Number)
	switch {
	case remote.Is(err, remote.NotFound):
		return c.vanished(ctx, run, p)
	case err != nil:
		return c.unstopped(err)
	case !build.Building:
		return c.conclude(ctx, run, p, build)
	}
	p.Missing = 0
	if say, err := c.press(ctx, run, p, build); err != nil {
		return c.unstopped(err)
	} else if err := c.tellStopping(ctx, run, p, say); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(c.gentle(p)), nil
}

func (c *capability) tellStopping(ctx context.Context, run *job.Run, p *pursuit, say string) error {
	wait := job.Progress{Percent: -1, Line: fmt.Sprintf("#%d is still building; waiting for it to stop", p.Number)}
	change := job.Change{Checkpoint: p, Progress: &wait}
	if say != "" {
		change.Say = []string{say}
	}
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// press asks the build to stop, as hard as the time that has passed calls for. It returns what to tell people.
func (c *capability) press(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build) (string, error) {
	now, err := c.clock(ctx)
	if err != nil {
		return "", err
	}
	force, say := c.nextForce(p, build, now)
	if force == "" {
		return "", nil
	}
	err = c.api.StopBuild(ctx, p.Job, p.Number, force)
	if err != nil && !remote.Is(err, remote.NotFound) { // not found: it is over by now, or too old for this force
		return "", err
	}
	if err := run.Signalled(ctx); err != nil {
		return "", fmt.Errorf("record the signal: %w", err)
	}
	if force != p.Stop.Force {
		p.Stop.At = now
	}
	p.Stop.Force, p.Stop.Again = force, now
	return say, nil
}

// nextForce is how to ask now; empty to wait a little longer. What lies ahead was asked before the clock was set back, and counts from now on.
func (c *capability) nextForce(p *pursuit, build *remote.Build, now time.Time) (remote.Force, string) {
	p.Stop.At, p.Stop.Again = notAhead(p.Stop.At, now), notAhead(p.Stop.Again, now)
	since, again := now.Sub(p.Stop.At), now.Sub(p.Stop.Again) >= resend
	switch {
	case p.Stop.Force == "":
		return remote.Stop, fmt.Sprintf("Asked Jenkins to stop build #%d.", p.Number)
	case p.Stop.Force == remote.Stop && build.Pipeline() && since >= c.set.Stop.Term:
		return remote.Term, fmt.Sprintf("It did not stop within %s; asked Jenkins to end its steps (term).", chat.Duration(c.set.Stop.Term))
	case p.Stop.Force == remote.Term && since >= c.set.Stop.Kill:
		return remote.Kill, fmt.Sprintf("It did not stop within another %s; asked Jenkins to kill it.", chat.Duration(c.set.Stop.Kill))
	case again:
		return p.Stop.Force, ""
	}
	return "", ""
}

func notAhead(at, now time.Time) time.Time {
	if at.After(now) {
		return now
	}
	return at
}

// conclude says how a build ended that was to be stopped.
func (c *capability) conclude(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build) (job.Outcome, error) {
	switch build.Result {
	case remote.Aborted, remote.NotBuilt:
		if err := c.closeConsole(ctx, run, p); err != nil {
			return job.Outcome{}, err
		}
		return job.Stopped(fmt.Sprintf("%s is %s", p.title(), build.Result), p.left(build)...), nil
	case remote.Success:
		return c.finish(ctx, run, p, build, false)
	case "":
		if p.Unended++; p.Unended < patience {
			return job.Wait(c.gentle(p)), run.Save(ctx, job.Change{Checkpoint: p})
		}
	}
	if err := c.closeConsole(ctx, run, p); err != nil {
		return job.Outcome{}, err
	}
	if p.Stop.Force == "" {
		return job.Fail(fmt.Sprintf("%s had already ended in %s", p.title(), word(build.Result)), result(p)), nil
	}
	return job.Fail(fmt.Sprintf("%s has stopped, with the result %s instead of ABORTED", p.title(), word(build.Result)), result(p)), nil
}

func (p *pursuit) left(build *remote.Build) []string {
	left := p.sharers()
	if p.Stop.Force == "" {
		left = append(left, stoppedBy(p, build)+" before it was asked to stop from here")
	}
	if p.Stop.Force == remote.Kill {
		left = append(left, "it was killed, so its own clean-up did not run")
	}
	return left
}

// sharers warns of what stopping does to somebody else.
func (p *pursuit) sharers() []string {
	if !p.Shared {
		return nil
	}
	return []string{"somebody else had asked for the same build before, and has lost it too"}
}
