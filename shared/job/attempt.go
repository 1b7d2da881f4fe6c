package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	phaseStep   = "step"
	phaseCancel = "cancel"
)

// attempt is one worker's time with one job: from taking the lease to giving it back.
type attempt struct {
	worker *Worker
	run    *Run
	free   func() // gives the slot back
	log    *slog.Logger
	callID string // of the call for which it is stepped; empty for none
}

// attend steps the job until it waits or ends.
func (w *Worker) attend(a *attempt) {
	defer a.free()
	for again := true; again; {
		phase := phaseStep
		if a.run.job.State == Cancelling {
			phase = phaseCancel
		}
		outcome, err, cause := a.call(phase)
		again = a.settle(phase, outcome, err, cause)
	}
}

// call makes one call of Step or Cancel under the lease. cause says why its context ended, if it did.
func (a *attempt) call(phase string) (out Outcome, err, cause error) {
	j := a.run.job
	ctx, span := trace.Within(trace.Resume(trace.WithCall(a.worker.base, a.callID), j.Trace), trace.Inside, phase+" "+j.Command,
		"job", j.ID, "function", j.Function, "fence", strconv.FormatInt(j.Fence, 10))
	defer func() { span.End(err) }()
	ctx, stop := context.WithCancelCause(trace.Note(ctx, "job", j.ID))
	defer stop(nil)
	a.run.stop = stop
	look, forget := a.worker.listen(j.ID)
	defer forget()
	beating := make(chan struct{})
	go func() { defer close(beating); a.beat(ctx, phase, look, stop) }()
	out, err = a.invoke(ctx, phase)
	cause = context.Cause(ctx)
	stop(nil)
	<-beating
	return out, err, cause
}

// invoke calls the capability. A panic is a fault of ours: it ends the job, not the process.
func (a *attempt) invoke(ctx context.Context, phase string) (out Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.ErrorContext(ctx, "step panicked", "panic", p, "stack", string(debug.Stack()))
			out, err = Fail("a defect in handsoff stopped it; the details are in the log of the function "+a.worker.opts.Function, nil), nil
		}
	}()
	step, known := a.worker.opts.Steps[a.run.job.Command]
	if !known {
		return Fail(fmt.Sprintf("the function %s does not know %q any more", a.worker.opts.Function, a.run.job.Command), nil), nil
	}
	if phase == phaseStep {
		return step.Step(ctx, a.run)
	}
	if c, ok := step.(Canceller); ok {
		return c.Cancel(ctx, a.run)
	}
	return a.looks(ctx, step)
}

// beat renews the lease and watches the flag and the time limit until ctx ends.
func (a *attempt) beat(ctx context.Context, phase string, look <-chan struct{}, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(a.worker.opts.Heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-look:
		}
		asked := time.Now()
		held, cancelling, left, err := a.worker.store.renew(ctx, a.run.job, a.worker.opts.Lease)
		if held && err == nil {
			a.run.holdsAt(asked)
		}
		switch {
		case err != nil: // Redis is away; the lease may lapse, and the fence protects what is written
			if ctx.Err() == nil {
				a.log.WarnContext(ctx, "renew lease", "error", err)
			}
		case !held:
			stop(ErrLeaseLost)
		case phase == phaseStep && cancelling:
			stop(ErrCancelled)
		case phase == phaseStep && left <= 0:
			stop(ErrDeadline)
		}
	}
}

// settle writes what a call said. It reports whether the job is to be called again at once, under the same lease.
func (a *attempt) settle(phase string, out Outcome, err, cause error) bool {
	if errors.Is(cause, ErrLeaseLost) || errors.Is(err, ErrLeaseLost) {
		a.log.Warn("lease lost; another worker has the job")
		return false
	}
	done := err == nil && out.kind == outcomeDone
	asked := errors.Is(cause, ErrCancelled) || errors.Is(cause, ErrDeadline)
	switch {
	case done:
		return a.finish(phase, Succeeded, out)
	case phase == phaseStep && errors.Is(cause, ErrDeadline):
		return a.expire()
	case phase == phaseStep && asked:
		return a.reload()
	case errors.Is(cause, ErrStopping) && (err != nil || out.kind == outcomeWait || out.kind == outcomeFailed):
		return a.park(phase, 0, a.run.job.Retried)
	case errors.Is(err, ErrUnsure):
		return a.finish(phase, Unknown, Unsure(err.Error()))
	case err != nil:
		return a.fault(phase, err)
	case phase == phaseCancel && out.kind == outcomeWait && a.overdue():
		return a.finish(phase, Unknown, Unsure(fmt.Sprintf("it was asked to stop %s ago and has not been seen stopped", chat.Duration(a.stopFor()))))
	}
	switch out.kind {
	case outcomeWait:
		return a.park(phase, out.wait, 0)
	case outcomeStopped:
		return a.finish(phase, Cancelled, out)
	case outcomeUnknown:
		return a.finish(phase, Unknown, out)
	case outcomeFailed, outcomeDone:
	}
	return a.finish(phase, Failed, out)
}

// fault waits a fault out, with back-off, and gives up after RetryFor. A job that has begun something outside is not given
// up while that goes on: it is waited out until the job's time limit.
func (a *attempt) fault(phase string, err error) bool {
	j := a.run.job
	a.log.Warn("step failed", "phase", phase, "retried", j.Retried, "error", err)
	limit := a.worker.opts.RetryFor
	if phase == phaseCancel {
		limit = a.stopFor()
	}
	begun := phase == phaseStep && a.run.begun()
	wait := backoff(j.Retried)
	if waited(j.Retried) > limit && !begun {
		if phase == phaseCancel {
			return a.finish(phase, Unknown, Unsure("it could not be stopped for sure: "+err.Error()))
		}
		return a.finish(phase, Failed, Fail(fmt.Sprintf("%v (tried for %s)", err, chat.Duration(limit)), nil))
	}
	progress := j.Progress
	progress.Line = fmt.Sprintf("%v; trying again in %s", err, chat.Duration(wait.Round(time.Second)))
	change := Change{Progress: &progress}
	if j.Retried == 0 {
		change.Say = []string{progress.Line}
	}
	ctx, cancel := a.writing()
	defer cancel()
	if saveErr := a.run.Save(ctx, change); saveErr != nil {
		a.log.Warn("say that a step failed", "error", saveErr)
	}
	return a.park(phase, wait, j.Retried+1)
}

// backoff doubles from one second to one minute, give or take a quarter.
func backoff(retried int) time.Duration {
	d := nominal(retried)
	return d - d/4 + rand.N(d/2)
}

func nominal(retried int) time.Duration { return min(time.Minute, time.Second<<min(retried, 6)) }

// waited is how long so many faults in a row have been waited out.
func waited(retried int) time.Duration {
	const steep = 6 // from here on it is a minute each
	early := min(retried, steep)
	return time.Second<<early - time.Second + time.Duration(retried-early)*nominal(steep)
}

func (a *attempt) overdue() bool {
	ctx, cancel := a.writing()
	defer cancel()
	now, err := a.worker.store.Now(ctx)
	return err == nil && a.run.job.Cancel != nil && now.Sub(a.run.job.Cancel.At) > a.stopFor()
}

// stopFor is how long a stop may take.
func (a *attempt) stopFor() time.Duration {
	if p, ok := a.worker.opts.Steps[a.run.job.Command].(Patient); ok {
		return max(a.worker.opts.StopFor, p.StopFor())
	}
	return a.worker.opts.StopFor
}

// expire turns a passed time limit into the wish to stop, and goes on with Cancel.
func (a *attempt) expire() bool {
	ctx, cancel := a.writing()
	defer cancel()
	nudges, err := a.retry(ctx, "stop at the time limit", func() (reply, error) {
		return a.worker.store.ask(ctx, cancelScript, a.run.job.ID, deadline, "", "")
	})
	if err != nil {
		return false
	}
	a.worker.nudge(ctx, nudges.pointers(2))
	return a.reload()
}

// reload reads the wish to stop, and goes on with Cancel.
func (a *attempt) reload() bool {
	ctx, cancel := a.writing()
	defer cancel()
	fresh, err := a.worker.store.Get(ctx, a.run.job.ID)
	if err != nil {
		a.log.Error("read the wish to stop; the lease will lapse", "error", err)
		return false
	}
	if fresh.Fence != a.run.job.Fence || fresh.State != Cancelling {
		return false
	}
	a.run.job = fresh
	return true
}

// park gives the lease back until the job is due again. A wait of 0 keeps it.
func (a *attempt) park(phase string, wait time.Duration, retried int) bool {
	ctx, cancel := a.writing()
	defer cancel()
	j := a.run.job
	if wait <= 0 && a.worker.base.Err() == nil {
		j.Retried = retried
		return a.carryOn(ctx, phase)
	}
	answer, err := a.retry(ctx, "park", func() (reply, error) {
		return a.worker.store.ask(ctx, parkScript, j.ID, j.Fence, max(0, wait.Milliseconds()), phase, retried)
	})
	if err != nil {
		return false
	}
	switch answer.word() {
	case "cancelling":
		return a.worker.base.Err() == nil && a.reload()
	case "ok":
		a.worker.wakeIn(j.ID, wait)
	}
	return false
}

// carryOn renews the lease for another call at once, and looks at what was asked meanwhile: steps that are shorter than a
// heartbeat would never learn of it.
func (a *attempt) carryOn(ctx context.Context, phase string) bool {
	held, cancelling, left, err := a.worker.store.renew(ctx, a.run.job, a.worker.opts.Lease)
	switch {
	case err != nil:
		a.log.WarnContext(ctx, "renew lease", "error", err)
		return true // the next write, or the next heartbeat, tells
	case !held:
		a.log.WarnContext(ctx, "lease lost; another worker has the job")
		return false
	case phase == phaseCancel:
		return true
	case cancelling:
		return a.reload()
	case left <= 0:
		return a.expire()
	}
	return true
}

func (a *attempt) finish(phase string, state State, out Outcome) bool {
	j := a.run.job
	result, left := []byte(nil), []byte("[]")
	reason, evidence := out.text, out.evidence
	if out.result != nil {
		text, err := document(out.result)
		if err != nil {
			a.log.Error("keep the result", "error", err)
			reason = "its result could not be kept: " + err.Error()
		}
		result = text
	}
	if len(out.left) > 0 {
		if text, err := json.Marshal(out.left); err == nil {
			left = text
		}
	}
	ctx, cancel := a.writing()
	defer cancel()
	answer, err := a.retry(ctx, "finish", func() (reply, error) {
		return a.worker.store.ask(ctx, finishScript, j.ID, j.Fence, string(state), phase, cut(reason), cut(evidence), left, result)
	})
	if err != nil {
		return false
	}
	if answer.word() == "cancelling" {
		return a.reload()
	}
	a.worker.nudge(ctx, answer.pointers(1))
	return false
}

// writing is a context for what must be written after a step, also while the process is stopping.
func (a *attempt) writing() (context.Context, context.CancelFunc) {
	ctx := trace.Note(trace.Resume(context.WithoutCancel(a.worker.base), a.run.job.Trace), "job", a.run.job.ID)
	return context.WithTimeout(ctx, a.worker.opts.Lease)
}

// retry writes through a short outage of Redis. What cannot be written within a lease is left to the next worker.
func (a *attempt) retry(ctx context.Context, what string, write func() (reply, error)) (reply, error) {
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		answer, err := write()
		if err == nil {
			return answer, nil
		}
		select {
		case <-ctx.Done():
			a.log.ErrorContext(ctx, what+"; the lease will lapse and another worker go on", "error", err)
			return nil, err
		case <-time.After(wait):
		}
	}
}
