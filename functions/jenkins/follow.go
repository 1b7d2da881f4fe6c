package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// follow looks once at a build whose number is known. reading is the way of "jenkins console": the newest line of the
// console is the progress, and the build's result is none of the job's.
func (c *capability) follow(ctx context.Context, run *job.Run, p *pursuit, reading bool) (job.Outcome, error) {
	build, err := c.api.Build(ctx, p.Job, p.Number)
	if remote.Is(err, remote.NotFound) {
		return c.vanished(ctx, run, p)
	}
	if err != nil {
		return c.unwatched(p, err)
	}
	p.Missing = 0
	if p.Polls == 0 {
		p.Skew = skew(c.now(), build.Now())
	}
	if !build.Building && (build.Result != "" || p.Unended >= patience) {
		return c.finish(ctx, run, p, build, reading)
	}
	if !build.Building {
		p.Unended++
	}
	return c.stillBuilding(ctx, run, p, build, reading)
}

func (c *capability) stillBuilding(ctx context.Context, run *job.Run, p *pursuit, build *remote.Build, reading bool) (job.Outcome, error) {
	lines, err := c.readConsole(ctx, run, p, false)
	if err != nil {
		c.log.WarnContext(ctx, "read console", "job", run.Job().ID, "build", p.title(), "error", err)
	}
	progress := estimate(build, p.Skew)
	if reading && len(lines) > 0 {
		progress.Line = lines[len(lines)-1]
	} else if reading && p.Polls > 0 {
		progress.Line = run.Job().Progress.Line
	}
	change := job.Change{Progress: &progress, Log: p.Console.admit(lines)}
	if asked := c.inputs(ctx, p, build); len(asked) > 0 {
		change.Say = asked
	}
	if len(p.Inputs) > 0 && !reading {
		progress.Line = fmt.Sprintf("#%d waits for input: %sinput/", p.Number, p.URL)
	}
	wait := p.pace()
	change.Checkpoint = p
	if err := run.Save(ctx, change); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Wait(wait), nil
}

// inputs notices questions at which a Pipeline waits, and forgets those that were answered.
func (c *capability) inputs(ctx context.Context, p *pursuit, build *remote.Build) []string {
	if !build.Pipeline() {
		return nil
	}
	pending, err := c.api.Inputs(ctx, p.Job, p.Number)
	if err != nil {
		return nil // a courtesy; the next look tries again
	}
	var say, ids []string
	for _, input := range pending {
		ids = append(ids, input.ID)
		if !slices.Contains(p.Inputs, input.ID) {
			say = append(say, fmt.Sprintf("Build #%d waits for input: %s Answer at %sinput/",
				p.Number, sentence(chat.Brief(input.Message, 200)), p.URL))
		}
	}
	p.Inputs = ids
	return say
}

// sentence ends a text with a full stop if it ends with nothing.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	switch text[len(text)-1] {
	case '.', '!', '?', ':':
		return text
	}
	return text + "."
}

// vanished is what to do about a build of which Jenkins knows nothing any more.
func (c *capability) vanished(ctx context.Context, run *job.Run, p *pursuit) (job.Outcome, error) {
	p.Missing++
	if p.Missing < patience {
		progress := job.Progress{Percent: -1, Line: fmt.Sprintf("Jenkins does not find #%d; looking again", p.Number)}
		if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &progress}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		return job.Wait(2 * time.Second), nil
	}
	_, err := c.api.Job(ctx, p.Job)
	switch {
	case remote.Is(err, remote.NotFound):
		return job.Unsure(fmt.Sprintf("%s was running, and then the whole job %s was gone from Jenkins (or hidden from %s); how it ended cannot be told.",
			p.title(), p.Job, c.api.Account())), nil
	case err != nil:
		return c.unwatched(p, err)
	}
	return job.Unsure(fmt.Sprintf("%s was running, and then Jenkins had no record of it any more; how it ended cannot be told.", p.title())), nil
}

// unwatched is verdict for a build that goes on whatever becomes of us.
func (c *capability) unwatched(p *pursuit, err error) (job.Outcome, error) {
	text, final := c.final(err)
	if !final {
		return job.Outcome{}, err
	}
	return job.Fail(fmt.Sprintf("%s %s goes on unwatched: %s", text, p.title(), p.URL), result(p)), nil
}
