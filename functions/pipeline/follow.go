package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// lookAgain is when a line's job is looked at for its progress. Its end wakes the batch at once, if it is its child.
const lookAgain = 10 * time.Second

// follow sees the job of the line under way to its end.
func (b *batcher) follow(ctx context.Context, run *job.Run, lines []string, s *standing) (job.Outcome, error) {
	child, err := b.jobs.Get(ctx, s.Child)
	if errors.Is(err, job.ErrNotFound) {
		e := ended{Line: s.Shown, Job: s.Child, State: string(job.Unknown)}
		return b.stop(ctx, run, lines, s, e, s.Child+" is forgotten already, so nobody can tell how it ended")
	}
	if err != nil {
		return job.Outcome{}, err
	}
	if !child.State.Final() {
		progress := s.progress(lines, child.Progress.Percent)
		if progress != run.Job().Progress {
			if err := run.Save(ctx, job.Change{Progress: &progress}); err != nil {
				return job.Outcome{}, err
			}
		}
		return job.Wait(lookAgain), nil
	}
	e := ended{Line: s.Shown, Job: child.ID, State: string(child.State)}
	if child.State == job.Succeeded {
		return b.tick(ctx, run, lines, s, e, outcome(child), "")
	}
	return b.stop(ctx, run, lines, s, e, outcome(child))
}

// outcome says how a line's job ended: "k3f8 failed after 3 s, because: the host is down".
func outcome(child *job.Job) string {
	parts := []string{child.ID + " " + jobtext.Standing(child, child.Finished)}
	if why := jobtext.Reason(child); why != "" {
		parts = append(parts, why)
	}
	return strings.Join(parts, ", ")
}

// progress is how far the batch is, the line under way counted as far as it is.
func (s *standing) progress(lines []string, percent int) job.Progress {
	p := job.Progress{Percent: (100*s.Next + max(percent, 0)) / len(lines)}
	if s.Next < len(lines) {
		p.Line = s.place(lines)
		if s.Shown != "" {
			p.Line += ": " + s.Shown
		}
		if s.Child != "" {
			p.Line += ", " + s.Child
		}
	}
	return p
}

// tick notes that a line went well, and goes on.
func (b *batcher) tick(ctx context.Context, run *job.Run, lines []string, s *standing, e ended, how, output string) (job.Outcome, error) {
	if err := b.note(ctx, run, lines, s, e, "✓", how, output); err != nil {
		return job.Outcome{}, err
	}
	if s.Next == len(lines) {
		return job.Done(s.Ended), nil
	}
	return job.Wait(0), nil
}

// stop notes that a line did not go well, and ends the batch. That it ends is kept first: whatever dies now, no further
// line is begun.
func (b *batcher) stop(ctx context.Context, run *job.Run, lines []string, s *standing, e ended, why string) (job.Outcome, error) {
	fresh, err := b.jobs.Get(ctx, run.Job().ID)
	if err != nil {
		return job.Outcome{}, err
	}
	if fresh.Cancel != nil {
		return job.Wait(0), nil
	}
	s.Failed = fmt.Sprintf("%s, %s: %s%s", s.place(lines), s.Shown, strings.TrimRight(why, "."), s.left(lines))
	if err := b.note(ctx, run, lines, s, e, "✗", why, ""); err != nil {
		return job.Outcome{}, err
	}
	return job.Fail(s.Failed, s.Ended), nil
}

// note tells what became of the line under way, and moves on to the next one.
func (b *batcher) note(ctx context.Context, run *job.Run, lines []string, s *standing, e ended, mark, how, output string) error {
	change := job.Change{Say: []string{fmt.Sprintf("%s %s, %s: %s", mark, s.place(lines), s.Shown, how)}}
	if output != "" {
		change.Log = append([]string{fmt.Sprintf("%s, %s:", s.place(lines), s.Shown)}, strings.Split(output, "\n")...)
	}
	s.Ended = append(s.Ended, e)
	s.Next++
	s.Child, s.Shown = "", ""
	progress := s.progress(lines, 0)
	change.Checkpoint, change.Progress = s, &progress
	return run.Save(ctx, change)
}
