package main

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// finish tells how a build ended.
func (c *capability) finish(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build, reading bool) (job.Outcome, error) {
	if err := c.closeConsole(ctx, run, p); err != nil {
		return job.Outcome{}, err
	}
	var say []string
	if !reading {
		more, err := c.closing(ctx, run, p, build)
		if err != nil {
			return job.Outcome{}, err
		}
		say = more
	}
	progress := job.Progress{Percent: 100, Line: fmt.Sprintf("#%d ended %s", p.Number, word(build.Result))}
	if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &progress, Say: say}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	if reading {
		return job.Done(nil), nil
	}
	return ending(p, build), nil
}

// closeConsole reads the rest of the console. It gives an error a few times, to be tried again, and then goes without.
func (c *capability) closeConsole(ctx context.Context, run *job.Run, p *pursuit) error {
	lines, err := c.readConsole(ctx, run, p, true)
	change := job.Change{Log: p.Console.admit(lines)}
	if err != nil && p.Console.Faults < patience {
		change.Checkpoint = p
		if saveErr := run.Save(ctx, change); saveErr != nil {
			return fmt.Errorf("save: %w", saveErr)
		}
		return err
	}
	if err != nil {
		change.Say = []string{fmt.Sprintf("The rest of the console could not be read: %v.", err)}
	}
	change.Checkpoint = p
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// closing is what people are told at the end: the console's last lines when the build failed. The result that the console
// gave is the job's own, and shown with it.
func (c *capability) closing(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build) ([]string, error) {
	var say []string
	if build.Result == remote.Failure || build.Result == remote.Unstable {
		lines, err := c.tail(ctx, p.Job, p.Number, lastLines)
		if err != nil {
			say = append(say, fmt.Sprintf("The end of the console could not be read: %v.", err))
		}
		if len(lines) > 0 {
			say = append(say, fmt.Sprintf("The last %d console lines:", len(lines)))
		}
		hide := hider(run.Job(), p.Secrets)
		for _, line := range lines {
			say = append(say, "    "+hide(line))
		}
	}
	return say, nil
}

// ending maps Jenkins' result to ours: only SUCCESS is success.
func ending(p *pursuit, build *remote.Build) job.Outcome {
	switch build.Result {
	case remote.Success:
		return job.Done(result(p))
	case remote.Unstable:
		return job.Fail(p.title()+" is UNSTABLE: it ran to its end, but not all was well (failed tests, most often)", result(p))
	case remote.Failure:
		return job.Fail(p.title()+" ended in FAILURE", result(p))
	case remote.Aborted:
		return job.Fail(stoppedBy(p, build), result(p))
	case remote.NotBuilt:
		return job.Fail(p.title()+" was NOT_BUILT: Jenkins skipped it", result(p))
	}
	return job.Fail(fmt.Sprintf("%s is over, and Jenkins gives its result as %s", p.title(), word(build.Result)), result(p))
}

// result is what the engine keeps; a nil interface for none.
func result(p *pursuit) any {
	if p.Result == nil {
		return nil
	}
	return p.Result
}

func stoppedBy(p *pursuit, build *remote.Build) string {
	if who := build.Actions.InterruptedBy(); who != "" {
		return fmt.Sprintf("%s was stopped in Jenkins (%s)", p.title(), who)
	}
	return fmt.Sprintf("%s was stopped in Jenkins; Jenkins does not say by whom", p.title())
}

// word shows a result, which an odd Jenkins may leave empty.
func word(result string) string {
	if result == "" {
		return "nothing"
	}
	return chat.Brief(result, 40)
}
