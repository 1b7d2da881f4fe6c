package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// syncer steps "git sync …" and "sync repo": find says of what.
type syncer struct {
	*capability

	find func(j *job.Job) (*mirror, error)
}

var _ job.Canceller = (*syncer)(nil)

// Step implements job.Stepper. It does a whole sync: what is under way ends with the step, and the next one looks how far
// things have come.
func (s *syncer) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var p pursuit
	if _, err := run.Load(&p); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	m, err := s.find(run.Job())
	if err != nil {
		return s.verdict(run, err)
	}
	if p.Began.IsZero() {
		if p.Began, err = s.clock(ctx); err != nil {
			return job.Outcome{}, err
		}
	}
	if run.Intended(pushEffect) {
		if out, over, err := s.resolve(ctx, run, m, &p); over || err != nil {
			return s.concluded(ctx, run, m, out, err)
		}
	}
	r, end := report(ctx, run)
	out, err := s.sync(ctx, run, m, &p, r)
	end()
	if lost := r.save(context.WithoutCancel(ctx), job.Change{}); lost != nil && !errors.Is(lost, job.ErrLeaseLost) {
		s.log.WarnContext(ctx, "write down what git said", "job", run.Job().ID, "error", lost)
	}
	return s.concluded(ctx, run, m, out, err)
}

// concluded makes an outcome of what a sync came to, and remembers it for "git syncs" when it is the end.
func (s *syncer) concluded(ctx context.Context, run *job.Run, m *mirror, out *ending, err error) (job.Outcome, error) {
	switch {
	case err != nil:
		s.noteLeft(run, err)
		outcome, passing := s.verdict(run, err)
		if passing == nil {
			s.remember(ctx, run, m, "failed", firstSentence(err))
		}
		return outcome, passing
	case out.wait > 0:
		return job.Wait(out.wait), nil
	}
	s.remember(ctx, run, m, "succeeded", out.summary)
	return job.Done(out.result), nil
}

// ending is what a sync came to: its result, or for how long to wait.
type ending struct {
	wait    time.Duration
	result  *result
	summary string
}

// noteLeft keeps what git left when it was ended, for the receipt of a cancel.
func (s *syncer) noteLeft(run *job.Run, err error) {
	if stuck, ok := errors.AsType[*git.StuckError](err); ok {
		s.left.Store(run.Job().ID, stuck.Left)
	}
}

// How far the parts of a sync lead, in percent.
const (
	afterLook  = 5
	afterFetch = 45
	afterCheck = 50
	almost     = 99
)

// sync does everything up to the end.
func (s *syncer) sync(ctx context.Context, run *job.Run, m *mirror, p *pursuit, r *reporter) (*ending, error) {
	r.phase("looking what "+m.mirrored+" has upstream and downstream", 0, afterLook)
	plan, err := s.look(ctx, m, r)
	if err != nil {
		return nil, err
	}
	if len(plan.changes) == 0 && m.patches == nil {
		return s.nothingNew(ctx, m, p, plan, r)
	}
	cache, err := s.git.Cache(ctx, m.upstream, r.watch())
	if err != nil {
		return nil, err
	}
	defer cache.Close()
	if err := s.fetch(ctx, m, plan, cache, r); err != nil {
		return nil, errors.Join(err, suspect(cache, err))
	}
	if err := s.check(ctx, m, p, plan, cache, r); err != nil {
		return nil, err
	}
	if m.patches != nil {
		if err := s.checkPatches(ctx, run, m, p, plan, cache, r); err != nil {
			return nil, err
		}
	}
	if len(plan.changes) == 0 {
		return s.nothingNew(ctx, m, p, plan, r)
	}
	out, err := s.send(ctx, run, m, p, plan, cache, r)
	if err == nil && out.wait == 0 {
		if tidy := cache.Tidy(ctx, r.watch()); tidy != nil {
			s.log.WarnContext(ctx, "tidy a cache", "mirror", m.mirrored, "error", tidy)
		}
	}
	return out, err
}

// suspect throws a copy away that git cannot read.
func suspect(cache *git.Cache, err error) error {
	if fault, ok := errors.AsType[*git.Fault](err); ok && fault.Kind == git.Broken {
		return cache.Discard()
	}
	return nil
}

func (s *syncer) nothingNew(ctx context.Context, m *mirror, p *pursuit, plan *plan, r *reporter) (*ending, error) {
	if p.Late != nil && p.Late.After == digest(plan.before) { // it got through after all
		p.Push, p.Late = p.Late, nil
		return s.sent(ctx, m, p, r)
	}
	result := m.result(plan)
	text := fmt.Sprintf("Nothing new: %s of %s %s the same upstream and downstream.", chat.Count(plan.same, "ref"), m.mirrored, chat.Are(plan.same))
	if len(plan.skipped) > 0 {
		text = "Nothing else is new."
	}
	result.told(text)
	return &ending{result: &result, summary: text}, r.save(ctx, job.Change{
		Checkpoint: p, Progress: &job.Progress{Percent: 100, Line: "nothing new"}, Say: p.once(text),
	})
}
