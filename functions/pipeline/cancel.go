package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// stopAgain is when the jobs of a batch that is to stop are looked at again.
const stopAgain = time.Second

// errNotHandedIn says that a line was never given to the function command.
var errNotHandedIn = errors.New("the line was not handed in")

// Cancel implements job.Canceller: whatever the batch started is stopped, and seen stopped. Nothing more can be started in
// its name from the moment that the wish was recorded.
func (b *batcher) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	lines := command.Values(run.Job().Args).List("lines")
	var s standing
	if _, err := run.Load(&s); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if s.Failed != "" {
		return job.Fail(s.Failed, s.Ended), nil
	}
	unsure, err := b.underWay(ctx, run, lines, &s)
	if err != nil {
		return job.Outcome{}, err
	}
	running, err := b.stopAll(ctx, run, s.Child)
	if err != nil {
		return job.Outcome{}, err
	}
	if running > 0 {
		return job.Wait(stopAgain), run.Signalled(ctx)
	}
	return b.stopped(ctx, run, lines, &s, unsure)
}

// underWay finds the job of a line that a step handed in and did not get to note. It reports whether that line may have
// been answered at once: nobody will know, since it is not handed in again.
func (b *batcher) underWay(ctx context.Context, run *job.Run, lines []string, s *standing) (unsure bool, err error) {
	if s.Child != "" || s.Next >= len(lines) || !run.Intended(effect(s.Next)) {
		return false, nil
	}
	known := b.known(ctx)
	s.Shown, _ = b.reads(ctx, known, run.Job().Principal, lines[s.Next])
	look := func(ctx context.Context) (handed, job.Sighting, error) {
		child, err := b.childOf(ctx, run.Job(), s.Next)
		if child != "" || err != nil {
			return handed{Job: child}, job.Present, err
		}
		parsed := b.parse(ctx, known, run.Job().Principal, lines[s.Next])
		if parsed != nil && !parsed.Command.Now {
			return handed{}, job.Absent, nil // a batch that is to stop gets no more children
		}
		return handed{}, job.Hidden, nil
	}
	never := func(context.Context) (handed, error) { return handed{}, job.NotDone(errNotHandedIn) }
	got, err := job.Once(ctx, run, effect(s.Next), look, never)
	switch {
	case errors.Is(err, job.ErrUnsure):
		return true, nil
	case errors.Is(err, errNotHandedIn):
		return false, nil
	case err != nil:
		return false, err
	}
	if s.Child = got.Job; s.Child != "" {
		return false, nil
	}
	e, mark := ended{Line: s.Shown, State: "answered"}, "✓"
	if got.Code != "" {
		e.State, mark = "refused", "✗"
	}
	return false, b.note(ctx, run, lines, s, e, mark, chat.Clip(chat.OneLine(got.Text), answerCells), "")
}

// childOf finds the child that a line became, by the id under which the line was handed in; "" for none.
func (b *batcher) childOf(ctx context.Context, j *job.Job, number int) (string, error) {
	ids, err := b.jobs.Children(ctx, j.ID)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		child, err := b.jobs.Get(ctx, id)
		if err != nil && !errors.Is(err, job.ErrNotFound) {
			return "", err
		}
		if child != nil && child.Key == j.Principal+" "+handInID(j.ID, number) {
			return id, nil
		}
	}
	return "", nil
}

// stopAll asks every unfinished job of the batch to stop, and says how many have not stopped yet.
func (b *batcher) stopAll(ctx context.Context, run *job.Run, current string) (running int, err error) {
	ids, err := b.jobs.Children(ctx, run.Job().ID)
	if err != nil {
		return 0, err
	}
	if current != "" && !slices.Contains(ids, current) {
		ids = append(ids, current) // it was made by a command that answers at once, such as retry
	}
	for _, id := range ids {
		child, err := b.jobs.Get(ctx, id)
		if errors.Is(err, job.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if child.State.Final() {
			continue
		}
		if err := b.stopChild(ctx, run.Job(), child, run.Job().Cancel.Reason); err != nil {
			return 0, err
		}
		running++
	}
	return running, nil
}

// stopChild asks a job to stop, in the name of who wants the batch to.
func (b *batcher) stopChild(ctx context.Context, j, child *job.Job, reason string) error {
	by, groups := j.Principal, j.Groups
	if j.Cancel != nil {
		by, groups = j.Cancel.By, j.Cancel.Groups
	}
	done, err := b.jobs.Cancel(ctx, child.ID, by, reason, groups...)
	if errors.Is(err, job.ErrFinished) || errors.Is(err, job.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, p := range done.Nudge {
		if err := b.nudge(ctx, p); err != nil {
			b.log.WarnContext(ctx, "nudge; the clock will do it", "job", p.ID, "error", err)
		}
	}
	return nil
}

// stopped writes the receipt, once everything has been seen stopped.
func (b *batcher) stopped(ctx context.Context, run *job.Run, lines []string, s *standing, unsure bool) (job.Outcome, error) {
	var left []string
	evidence := ""
	switch {
	case s.Child != "":
		child, err := b.jobs.Get(ctx, s.Child)
		if err != nil && !errors.Is(err, job.ErrNotFound) {
			return job.Outcome{}, err
		}
		if evidence, left = seen(s, child); child != nil {
			e, mark := ended{Line: s.Shown, Job: s.Child, State: string(child.State)}, "✗"
			if child.State == job.Succeeded {
				mark = "✓"
			}
			if err := b.note(ctx, run, lines, s, e, mark, outcome(child), ""); err != nil {
				return job.Outcome{}, err
			}
		}
	case unsure:
		left = []string{fmt.Sprintf("%s, %s, was on its way and may have been answered", s.place(lines), s.Shown)}
	}
	done := 0
	for _, e := range s.Ended {
		if e.State == string(job.Succeeded) || e.State == "answered" {
			done++
		}
	}
	if done == len(lines) {
		return job.Done(s.Ended), nil
	}
	if evidence == "" {
		evidence = "nothing of it was running"
	}
	return job.Stopped(fmt.Sprintf("%s; %d of %d lines had been done", evidence, done, len(lines)), left...), nil
}

// seen is the evidence that the job of the line under way has stopped, and what it left behind.
func seen(s *standing, child *job.Job) (evidence string, left []string) {
	if child == nil {
		return s.Child + " had ended long before, and is forgotten", nil
	}
	if child.State == job.Unknown {
		left = append(left, child.ID+" ended, and nobody can tell how: "+chat.OneLine(child.Error))
	}
	if child.Receipt != nil {
		left = append(left, child.Receipt.Left...)
	}
	return fmt.Sprintf("%s is %s", child.ID, child.State), left
}
