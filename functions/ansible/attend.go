package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// lookEvery is how often what a program says is written into its job.
	lookEvery = 250 * time.Millisecond
	// markEvery is how often the checkpoint is brought up to where the run is.
	markEvery = time.Second
	// unheld is how long a program may go on while its job's lease cannot be renewed. Whoever takes the job over from a
	// machine that cannot be seen waits longer than that.
	unheld = 45 * time.Second
)

// attend follows the program to its end, or to that of ctx.
func (r *runner) attend(ctx context.Context, run *job.Run, w *wish, at *course, s *session) (job.Outcome, error) {
	s.fence.Store(run.Job().Fence)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var marked time.Time
	for {
		select {
		case <-s.program.Done():
			return r.ended(ctx, run, w, at, s)
		case <-ctx.Done():
			return r.interrupted(ctx, run, w, at, s)
		case <-s.book.full:
		case <-ticker.C:
		}
		if time.Since(run.Held()) > unheld {
			return r.unheld(ctx, run, s)
		}
		if s.track.prompted() != nil {
			return r.unanswered(ctx, run, at, s)
		}
		if due := r.now().Sub(marked) >= markEvery; due {
			marked = r.now()
			r.findRecord(ctx, run.Job().ID, at, s)
			r.tell(ctx, run, at, s, true)
		} else {
			r.tell(ctx, run, at, s, false)
		}
	}
}

// tell writes what the program said meanwhile. That it cannot be written now is no reason to end a deployment: the lines wait.
func (r *runner) tell(ctx context.Context, run *job.Run, at *course, s *session, mark bool) {
	s.book.calm()
	lines := s.book.take()
	change := job.Change{Log: lines}
	if progress := s.track.progress(r.now(), s.usual); progress != run.Job().Progress {
		change.Progress = &progress
	}
	if mark {
		if place := s.track.place(); !reflect.DeepEqual(place, at.At) {
			at.At = place
			change.Checkpoint = at
		}
	}
	if links := r.links(at); len(links) != len(run.Job().Links) {
		change.Links = links
		change.Checkpoint = at
	}
	if len(lines) == 0 && change.Progress == nil && change.Checkpoint == nil {
		return
	}
	if err := run.Save(ctx, change); err != nil {
		s.book.back(lines)
		if !s.silent.Swap(true) && ctx.Err() == nil {
			r.log.WarnContext(ctx, "write what ansible-playbook says; trying on", "job", run.Job().ID, "error", err)
		}
		return
	}
	s.silent.Store(false)
}

// drain writes what is left to be told.
func (r *runner) drain(ctx context.Context, run *job.Run, at *course, s *session) error {
	s.flush()
	s.book.end()
	for s.book.waiting() > 0 {
		lines := s.book.take()
		if err := run.Save(ctx, job.Change{Log: lines}); err != nil {
			s.book.back(lines)
			return fmt.Errorf("save: %w", err)
		}
	}
	at.At = s.track.place()
	return nil
}

// interrupted is for a step whose time is over while the program runs. Somebody's wish to stop is Cancel's, which is
// called next; else this worker has to leave, and the program goes with it.
func (r *runner) interrupted(ctx context.Context, run *job.Run, w *wish, at *course, s *session) (job.Outcome, error) {
	cause := context.Cause(ctx)
	if errors.Is(cause, job.ErrCancelled) || errors.Is(cause, job.ErrDeadline) {
		return job.Wait(0), nil
	}
	out := context.WithoutCancel(ctx)
	if errors.Is(cause, job.ErrLeaseLost) && s.adopted(run.Job().Fence) {
		return job.Outcome{}, cause
	}
	_, err := s.program.Stop(out, hasty, nil)
	r.keep(run.Job().ID, nil)
	if err != nil || !errors.Is(cause, job.ErrStopping) {
		return job.Outcome{}, errors.Join(cause, err)
	}
	if s.program.Exit().Code == 0 { // it was faster than the signal
		return r.ended(out, run, w, at, s)
	}
	if err := r.drain(out, run, at, s); err != nil {
		return job.Outcome{}, err
	}
	outcome, again, err := r.died(out, run, at, "the function ansible was stopped")
	if again {
		return job.Wait(time.Second), nil
	}
	return outcome, err
}

// adoption is how long an attempt that lost its lease waits for another one of this process to go on with the program.
const adoption = 2 * time.Second

// adopted reports whether another attempt of this process attends the program now: when Redis was away for longer than a lease,
// whoever is first afterwards takes the job, and that may be the very process that has it in hand.
func (s *session) adopted(fence int64) bool {
	ticker := time.NewTicker(lookEvery / 10)
	defer ticker.Stop()
	for limit := time.After(adoption); ; {
		if s.fence.Load() != fence {
			return true
		}
		select {
		case <-limit:
			return false
		case <-s.program.Done():
			return s.fence.Load() != fence
		case <-ticker.C:
		}
	}
}

// unheld ends a program when nobody can be told any more that it is attended: another worker may have the job.
func (r *runner) unheld(ctx context.Context, run *job.Run, s *session) (job.Outcome, error) {
	r.log.ErrorContext(ctx, "the lease could not be renewed for long; ending ansible-playbook", "job", run.Job().ID, "for", unheld)
	s.unheld.Store(true)
	_, err := s.program.Stop(context.WithoutCancel(ctx), hasty, nil)
	return job.Outcome{}, errors.Join(fmt.Errorf("the job's lease could not be renewed for %s", unheld), err)
}

// released settles a program that unheld has ended, once the job can be written to again: with all that the program said.
func (r *runner) released(ctx context.Context, run *job.Run, at *course, s *session) (job.Outcome, error) {
	if err := r.drain(ctx, run, at, s); err != nil {
		return r.later(run, err)
	}
	r.keep(run.Job().ID, nil)
	outcome, again, err := r.died(ctx, run, at, fmt.Sprintf("Redis could not be reached for %s", unheld))
	if again {
		return job.Wait(0), nil
	}
	return outcome, err
}

// unanswered ends a run that asks at a terminal for what nobody can give: Ansible would go on without it.
func (r *runner) unanswered(ctx context.Context, run *job.Run, at *course, s *session) (job.Outcome, error) {
	asked := s.track.prompted()
	if _, err := s.program.Stop(context.WithoutCancel(ctx), attend.Waits{Term: r.set.Stop.Term, Kill: r.set.Stop.Kill}, nil); err != nil {
		return job.Outcome{}, err
	}
	if err := r.drain(ctx, run, at, s); err != nil {
		return job.Outcome{}, err
	}
	note := r.closeRecord(ctx, at, closing{Label: "failed", Job: run.Job().ID, Why: "it asked for " + asked.name + ", and nobody could answer"})
	text := fmt.Sprintf("the playbook asks for %s at a terminal (%q), and there is none here: give it as %s=…, or declare it among the args or secrets of the playbook",
		asked.name, asked.text, asked.name)
	hosts, failed := s.track.outcome()
	at.over(hosts)
	res := r.result(run.Job(), at, failed, s.exit())
	res.Note = note
	at.Final = &final{Reason: text, Result: res}
	if err := run.Save(ctx, job.Change{Checkpoint: at, Say: sentences(note)}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return r.settled(run, at), nil
}
