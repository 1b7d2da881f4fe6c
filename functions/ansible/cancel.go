package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Cancel implements job.Canceller: it interrupts the program's group, terminates and kills it, each after its wait, looks
// until nothing is left of it, and ends ARA's record.
func (r *runner) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var at course
	if _, err := run.Load(&at); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if at.Final != nil {
		return r.settled(run, &at), nil
	}
	if at.Ref == nil {
		return r.idle(run, &at)
	}
	if s := r.session(run.Job().ID); s != nil && *at.Ref == s.program.Ref() {
		return r.halt(ctx, run, &at, s)
	}
	return r.haltDead(ctx, run, &at)
}

// idle is for a job that runs nothing just now.
func (r *runner) idle(run *job.Run, at *course) (job.Outcome, error) {
	if err := r.set.clearFolders(run.Job().ID); err != nil {
		r.log.Warn("remove the folder of a run", "job", run.Job().ID, "error", err)
	}
	if at.Try == 0 {
		return job.Stopped("ansible-playbook had not been started"), nil
	}
	return job.Stopped("ansible-playbook was not running; it waited to be started again",
		fmt.Sprintf("%s had failed before: %s", chat.Count(len(at.Only), "host"), plain(strings.Join(at.Only, ", ")))), nil
}

// stopped is how stopping a program came out.
type stopped struct {
	ended attend.Ended
	err   error
}

// halt stops a program that this process attends. What it says meanwhile still streams.
func (r *runner) halt(ctx context.Context, run *job.Run, at *course, s *session) (job.Outcome, error) {
	at.At = s.track.place()
	signals := make(chan string, 8)
	done := make(chan stopped, 1)
	go func() {
		ended, err := s.program.Stop(ctx, attend.Waits{Term: r.set.Stop.Term, Kill: r.set.Stop.Kill}, func(signal string) {
			select {
			case signals <- signal:
			default:
			}
		})
		done <- stopped{ended, err}
	}()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case signal := <-signals:
			if err := r.tellSignal(ctx, run, at, signal); err != nil {
				return job.Outcome{}, err
			}
		case <-ticker.C:
			r.tell(ctx, run, at, s, false)
		case end := <-done:
			for len(signals) > 0 {
				if err := r.tellSignal(ctx, run, at, <-signals); err != nil {
					return job.Outcome{}, err
				}
			}
			return r.halted(ctx, run, at, s, end)
		}
	}
}

var signalled = map[string]string{
	"SIGINT":  "Interrupted ansible-playbook and all that it runs (SIGINT to its process group).",
	"SIGTERM": "It did not end in time; terminated it (SIGTERM).",
	"SIGKILL": "It did not end in time; killed it (SIGKILL).",
}

func (r *runner) tellSignal(ctx context.Context, run *job.Run, at *course, signal string) error {
	if err := run.Signalled(ctx); err != nil {
		return fmt.Errorf("record the signal: %w", err)
	}
	text, known := signalled[signal]
	if !known {
		return nil
	}
	progress := job.Progress{Percent: run.Job().Progress.Percent, Line: "stopping; it was " + at.At.where()}
	if err := run.Save(ctx, job.Change{Checkpoint: at, Say: []string{text}, Progress: &progress}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// halted concludes when the program has gone, or would not go.
func (r *runner) halted(ctx context.Context, run *job.Run, at *course, s *session, end stopped) (job.Outcome, error) {
	switch {
	case end.err != nil:
		return job.Outcome{}, end.err
	case len(end.ended.Left) > 0:
		progress := job.Progress{Percent: -1, Line: "it was killed, and does not go: " + plain(s.hide.Shortened(strings.Join(end.ended.Left, ", ")))}
		if err := run.Save(ctx, job.Change{Progress: &progress}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		return job.Wait(5 * time.Second), nil
	case len(end.ended.Signals) == 0 && s.program.Exit().Code == exitGood:
		w, err := r.set.wishOf(run.Job())
		if err != nil {
			return verdict(err)
		}
		return r.ended(ctx, run, w, at, s) // it had come to its good end before
	}
	if err := r.drain(ctx, run, at, s); err != nil {
		return r.later(run, err)
	}
	left := at.At.stillAtWork()
	if exit := s.exit(); len(exit.Left) > 0 {
		left = append(left, "it had started these, which were ended with it: "+plain(strings.Join(exit.Left, ", ")))
	}
	signals := make([]string, 0, len(end.ended.Signals))
	for _, sent := range end.ended.Signals {
		signals = append(signals, sent.Signal)
	}
	note := r.closeRecord(ctx, at, r.cancelled(run.Job(), strings.Join(signals, ", ")))
	return r.receipt(run, at, "ansible-playbook has ended: "+end.ended.Evidence, left, note)
}

// haltDead is for a program whose function died: its keeper ends it, and that is looked at.
func (r *runner) haltDead(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	gone, wait, err := r.goneFor(ctx, run, at)
	if !gone || err != nil {
		return wait, err
	}
	evidence := "ansible-playbook has ended with the function that attended it; nothing of it is left on this machine"
	left := at.At.stillAtWork()
	if !at.Missed.IsZero() {
		evidence = fmt.Sprintf("ansible-playbook ran on %s and ends there with the function that attended it, which has been away for more than %s",
			plain(at.Ref.Host), r.orphan)
		left = append(left, plain(at.Ref.Host)+" cannot be seen from here")
	}
	if !run.Intended(at.effect()) {
		return r.receipt(run, at, "ansible-playbook had not begun", nil, "")
	}
	note := r.closeRecord(ctx, at, r.cancelled(run.Job(), ""))
	return r.receipt(run, at, evidence, left, note)
}

func (r *runner) receipt(run *job.Run, at *course, evidence string, left []string, note string) (job.Outcome, error) {
	if note != "" {
		left = append(left, note)
	} else if at.Record != 0 {
		evidence += fmt.Sprintf("; ARA's record %d is closed as failed", at.Record)
	}
	r.keep(run.Job().ID, nil)
	if err := r.set.clearFolders(run.Job().ID); err != nil {
		r.log.Warn("remove the folder of a run", "job", run.Job().ID, "error", err)
	}
	return job.Stopped(evidence, left...), nil
}

// cancelled says in ARA who stopped the run, and why.
func (r *runner) cancelled(j *job.Job, signals string) closing {
	c := closing{Label: "cancelled", Job: j.ID, Signal: signals}
	if j.Cancel != nil {
		c.By, c.Why = j.Cancel.By, j.Cancel.Reason
		switch of, late := job.Deadline(c.By); {
		case late && of != "":
			c.Why = "the time limit of " + of + ", which led to it, passed"
		case late:
			c.Why = "its time limit of " + j.Limit.String() + " passed"
		}
	}
	return c
}

// stillAtWork warns of what stopping here does not stop there.
func (p place) stillAtWork() []string {
	if len(p.Hosts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the task %q may still be running on %s: what was begun on a remote host is not ended with ansible-playbook", p.Task, p.names(p.Hosts))}
}
