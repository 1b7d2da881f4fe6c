package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/callback"
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/mask"
)

// runner steps "ansible run <playbook>": it prepares a folder, starts ansible-playbook under a keeper and attends it to its end.
type runner struct{ *capability }

var (
	_ job.Stepper   = (*runner)(nil)
	_ job.Canceller = (*runner)(nil)
)

// session is a program that this process attends, with what it says.
type session struct {
	program *attend.Attended
	book    *logbook
	flush   func() // lets go of what is held back in case it begins a secret
	track   *tracker
	hide    *mask.Mask
	usual   time.Duration
	unheld  atomic.Bool  // it was ended because nobody could be told any more that it is attended
	silent  atomic.Bool  // its log could not be written when last tried
	fence   atomic.Int64 // of the attempt that attends it: after an outage this process may have taken its own job anew
	folder  string
	looking atomic.Bool
	found   atomic.Int64 // ARA's record
}

// exit is how the program ended, without secrets: what it left running is named by its command line.
func (s *session) exit() attend.Exit {
	exit := s.program.Exit()
	exit.Left = slices.Clone(exit.Left)
	for i := range exit.Left {
		exit.Left[i] = s.hide.Shortened(exit.Left[i])
	}
	return exit
}

// Step implements job.Stepper.
func (r *runner) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var at course
	if _, err := run.Load(&at); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if at.Final != nil {
		return r.settled(run, &at), nil
	}
	if s := r.session(run.Job().ID); s != nil && at.Ref != nil && *at.Ref == s.program.Ref() { // a fault kept its end from being written
		return r.resume(ctx, run, &at, s)
	}
	if at.Ref != nil {
		if out, again, err := r.takeOver(ctx, run, &at); !again {
			return out, err
		}
	}
	if wait, err := r.early(ctx, &at); wait > 0 || err != nil {
		return job.Wait(wait), err
	}
	w, err := r.set.wishOf(run.Job())
	if err != nil {
		return verdict(err)
	}
	s, err := r.start(ctx, run, w, &at)
	if err != nil {
		return verdict(err)
	}
	r.keep(run.Job().ID, s)
	return r.attend(ctx, run, w, &at, s)
}

// resume goes on with a program that this process attends.
func (r *runner) resume(ctx context.Context, run *job.Run, at *course, s *session) (job.Outcome, error) {
	if s.unheld.Load() {
		return r.released(ctx, run, at, s)
	}
	w, err := r.set.wishOf(run.Job())
	if err != nil {
		return verdict(err)
	}
	return r.attend(ctx, run, w, at, s)
}

// settled is the end of a run that was concluded before, by a worker that may have died then.
func (r *runner) settled(run *job.Run, at *course) job.Outcome {
	r.keep(run.Job().ID, nil)
	if err := r.set.clearFolders(run.Job().ID); err != nil {
		r.log.Warn("remove the folder of a run", "job", run.Job().ID, "error", err)
	}
	return at.Final.outcome()
}

// early is how long the next start is still to be waited for.
func (r *runner) early(ctx context.Context, at *course) (time.Duration, error) {
	if at.Next.IsZero() {
		return 0, nil
	}
	now, err := r.clock(ctx)
	return max(0, at.Next.Sub(now)), err
}

// start prepares everything and begins the program. Its name is kept before it may act.
func (r *runner) start(ctx context.Context, run *job.Run, w *wish, at *course) (*session, error) {
	at.Try++
	at.Next = time.Time{}
	l, err := r.prepare(ctx, run, w, at)
	if err != nil {
		return nil, errors.Join(err, r.set.clearFolders(run.Job().ID))
	}
	s := &session{book: newLogbook(r.now), hide: mask.New(twice(l.hidden)...), folder: l.folder.dir}
	s.usual = r.usual(ctx, w)
	s.track = newTracker(r.now(), s.hide.Shortened)
	output := s.hide.Writer(s.book)
	s.flush = func() { _ = output.Flush() } // a logbook takes all
	s.program, err = attend.Start(attend.Spec{
		Path: r.set.Program, Args: l.arguments(), Env: r.environment(l), Dir: l.dir,
		Output: output, Events: &callback.Reader{Each: s.track.take},
	})
	if err != nil {
		return nil, errors.Join(refused(fmt.Sprintf("%s cannot be started: %v", r.set.Program, err)), r.set.clearFolders(run.Job().ID))
	}
	if err := r.begin(ctx, run, l, at, s); err != nil {
		_, stopped := s.program.Stop(context.WithoutCancel(ctx), attend.Waits{}, nil)
		return nil, errors.Join(err, stopped, r.set.clearFolders(run.Job().ID))
	}
	return s, nil
}

// twice adds the values as they stand within JSON: Ansible prints JSON in JSON, and the mask knows one of the two.
func twice(values []string) []string {
	all := slices.Clone(values)
	for _, value := range values {
		if text, err := json.Marshal(value); err == nil {
			all = append(all, strings.Trim(string(text), `"`))
		}
	}
	return all
}

// begin keeps the program's name, then the intent, and lets it go.
func (r *runner) begin(ctx context.Context, run *job.Run, l *layout, at *course, s *session) error {
	ref := s.program.Ref()
	at.Ref, at.Began, at.Commit, at.Path = &ref, s.track.began, l.commit, l.playbook
	at.Online = l.recording.online
	change := job.Change{Checkpoint: at, Progress: &job.Progress{Percent: -1, Line: "ansible-playbook begins"}}
	if l.recording.note != "" && !at.Told {
		at.Told = true
		change.Say = []string{l.recording.note}
	}
	if at.Try == 1 {
		change.Log = []string{l.describe()}
	}
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	look := func(context.Context) (struct{}, job.Sighting, error) { return struct{}{}, job.Hidden, nil }
	going := false
	do := func(context.Context) (struct{}, error) {
		if err := s.program.Go(); err != nil {
			return struct{}{}, job.NotDone(refused(fmt.Sprintf("%s cannot be run: %v", r.set.Program, err)))
		}
		going = true
		return struct{}{}, nil
	}
	_, err := job.Once(ctx, run, at.effect(), look, do)
	if going && !errors.Is(err, job.ErrLeaseLost) {
		return nil // that it goes could not be recorded, perhaps; that it may go, was
	}
	return err
}

// describe tells in the log what is run, without anything secret.
func (l *layout) describe() string {
	text := "handsoff: " + l.wish.playbook.Path
	if l.commit != "" {
		text += fmt.Sprintf(" of %s at %.12s", l.wish.playbook.Repo, l.commit)
	}
	return text + " on the inventory " + l.wish.inventory
}
