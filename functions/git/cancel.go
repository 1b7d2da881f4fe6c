package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// errNotPushed says that a push that was begun did not get through.
var errNotPushed = errors.New("the push did not get through")

// resolve finds out what became of a push that was under way when its attempt ended. over says that the sync is at its
// end, or has to wait; otherwise it begins anew, with the downstream as it was.
func (s *syncer) resolve(ctx context.Context, run *job.Run, m *mirror, p *pursuit) (out *ending, over bool, err error) {
	wait, err := s.earlier(ctx, run, p)
	if err != nil || wait > 0 {
		return &ending{wait: wait}, true, err
	}
	never := func(context.Context) (struct{}, error) { return struct{}{}, job.NotDone(errNotPushed) }
	_, err = job.Once(ctx, run, pushEffect, s.fate(m, p), never)
	switch {
	case err == nil:
		out, err = s.sent(ctx, m, p, &reporter{run: run})
		return out, true, err
	case !errors.Is(err, errNotPushed):
		return nil, false, err
	}
	begun := p.Push != nil
	if begun {
		p.Late, p.Push = p.Push, nil
	}
	change := job.Change{Checkpoint: p}
	if begun {
		change.Say = p.once("The push that was under way did not get through; looking again.")
	}
	if err := run.Save(ctx, change); err != nil {
		return nil, false, fmt.Errorf("save: %w", err)
	}
	return nil, false, nil
}

// Cancel implements job.Canceller. Git was ended with the step; what is left is to find out whether a push got through.
func (s *syncer) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	m, err := s.find(run.Job())
	if err != nil { // the mirror is not configured any more
		return s.verdict(run, err)
	}
	if !run.Intended(pushEffect) || p.Push == nil {
		s.remember(ctx, run, m, "cancelled", "")
		return job.Stopped("git has ended, and nothing had been pushed to "+m.downstream.String(), s.remains(run)...), nil
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, fmt.Errorf("record the signal: %w", err)
	}
	if wait, err := s.earlier(ctx, run, &p); err != nil || wait > 0 {
		return job.Wait(wait), err
	}
	refs, err := s.git.List(ctx, m.downstream, git.Watch{})
	if err != nil {
		return s.unstopped(err)
	}
	return s.stopped(ctx, run, m, &p, refs)
}

// looks is how many looks in a row must find the downstream as it was: a server may finish a push whose client has gone.
const looks = 2

func (s *syncer) stopped(ctx context.Context, run *job.Run, m *mirror, p *pursuit, refs []git.Ref) (job.Outcome, error) {
	switch p.Push.judge(refs) {
	case job.Present:
		result := p.Push.Result
		text := told(m, &result)
		change := job.Change{Checkpoint: p, Progress: &job.Progress{Percent: 100, Line: "pushed"}}
		const late = "It was too late to stop: the push had got through."
		switch {
		case p.Told == text: // they were told before the wish came
			change.Say = p.once(late)
		case p.Told != late:
			change.Say = p.once(late + " " + text)
		}
		err := run.Save(ctx, change)
		if err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		s.remember(ctx, run, m, "succeeded", text)
		return job.Done(&result), nil
	case job.Hidden:
		return job.Unsure(fmt.Sprintf("Git has ended. Some of %s is at %s as it was to be pushed and some is not: somebody else pushes there too.",
			list(refNames(p.Push.Sample)), m.downstream)), nil
	case job.Absent:
	}
	if p.Quiet++; p.Quiet < looks && s.set.Settle > 0 {
		if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &job.Progress{Percent: -1, Line: "git has ended; looking whether the downstream stays as it was"}}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		return job.Wait(s.set.Settle), nil
	}
	s.remember(ctx, run, m, "cancelled", "")
	evidence := fmt.Sprintf("git has ended, and %s is as it was: looked %s apart", m.downstream, s.set.Settle.Round(time.Millisecond))
	left := append(s.remains(run), fmt.Sprintf("a push had been begun: should %s still be at what it was sent, it takes all of it or nothing", m.downstream))
	return job.Stopped(evidence, left...), nil
}

// remains is what git left when it was ended.
func (s *syncer) remains(run *job.Run) []string {
	left, ok := s.capability.left.LoadAndDelete(run.Job().ID)
	if !ok {
		return nil
	}
	sentences, _ := left.([]string)
	return sentences
}

// unstopped is verdict for what could not be looked at.
func (s *syncer) unstopped(err error) (job.Outcome, error) {
	text, final := finally(err)
	if !final {
		return job.Outcome{}, err
	}
	return job.Unsure("Git has ended, and the downstream could not be looked at: " + text), nil
}
