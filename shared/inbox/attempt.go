package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// deaths is how many workers in a row may die with a delivery in hand.
	deaths = 5
	// slowest is the longest wait between two tries.
	slowest = 5 * time.Minute
)

// attempt handles one claim, which holds since a time, and writes what became of it.
func (w *Worker) attempt(c *Claim, since time.Time) {
	if c.lapses >= deaths {
		w.giveUp(c, fmt.Errorf("its worker died %d times in a row", c.lapses))
		return
	}
	err, cause := w.call(c, since)
	var (
		notYet later
		not    never
	)
	switch {
	case errors.Is(cause, ErrLost) || errors.Is(err, ErrLost):
		w.log(c).Warn("the claim is lost; another worker has the delivery")
	case err == nil:
		w.conclude("remember that it is done", c, endDone, 0)
	case errors.As(err, &not):
		w.giveUp(c, err)
	case errors.As(err, &notYet):
		w.conclude("put it off", c, endLater, notYet.wait)
		w.alarm.In(notYet.wait)
	case errors.Is(cause, errStopping):
		w.log(c).Info("given back unfinished; the next worker goes on")
		w.conclude("give it back", c, endAgain, 0)
	case c.now.Sub(c.since) >= w.box.opts.GiveUp:
		w.giveUp(c, err)
	default:
		wait := waitAfter(err, c.Attempts)
		w.log(c).Warn("a delivery failed", "attempts", c.Attempts+1, "again_in", wait, "error", err)
		w.conclude("give it back", c, endAgain, wait)
		w.alarm.In(wait)
	}
}

func (w *Worker) log(c *Claim) *slog.Logger {
	return w.opts.Log.With("inbox", w.box.function, "delivery", c.ID, "kind", c.Kind)
}

// conclude ends a claim.
func (w *Worker) conclude(what string, c *Claim, how string, wait time.Duration) {
	w.write(what, c, func(ctx context.Context) error { return w.finisher.end(ctx, c, how, wait) })
}

// call calls the handler while the claim is kept. cause says why its context ended, if it did.
func (w *Worker) call(c *Claim, since time.Time) (err, cause error) {
	ctx, lose := context.WithCancelCause(w.works)
	defer lose(nil)
	c.lose = lose
	w.keeper.keep(c, since)
	defer w.keeper.drop(c)
	noted, span := trace.Begin(trace.Note(trace.Resume(ctx, c.trace), "delivery", c.ID), trace.Inside, "delivery "+c.Kind, "inbox", w.box.function, "delivery", c.ID)
	defer func() { span.End(err) }()
	limited, cancel := context.WithTimeout(noted, w.opts.Limit)
	defer cancel()
	err = w.guard(limited, c)
	return err, context.Cause(ctx)
}

// guard calls the handler. A panic is an error like another: it must end neither the process nor the delivery.
func (w *Worker) guard(ctx context.Context, c *Claim) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.opts.Log.ErrorContext(ctx, "the handler panicked", "inbox", w.box.function, "delivery", c.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return w.handle(ctx, c)
}

// giveUp lays a delivery among the dead. The audit comes first: should the process die between the two, the delivery is
// tried once more and audited again, instead of disappearing unseen.
func (w *Worker) giveUp(c *Claim, why error) {
	detail := fmt.Sprintf("%s %s %s: given up after %d attempts in %s: %v",
		w.box.function, c.Kind, c.ID, c.Attempts+1, c.now.Sub(c.since).Round(time.Second), why)
	w.opts.Log.Error("a delivery is given up", "inbox", w.box.function, "delivery", c.ID, "kind", c.Kind, "attempts", c.Attempts+1, "error", why)
	audited := w.opts.Jobs == nil
	w.write("give it up", c, func(ctx context.Context) error {
		if !audited {
			if err := w.opts.Jobs.Audit(ctx, job.AuditEntry{Who: "handsoff", Act: "delivery given up", Detail: detail}); err != nil {
				return err
			}
			audited = true
		}
		dropped, more, err := w.box.bury(ctx, c, why.Error())
		if more {
			w.Kick()
		}
		if err == nil {
			w.buried(ctx, dropped)
		}
		return err
	})
}

// buried counts a delivery that is given up.
func (w *Worker) buried(ctx context.Context, dropped int64) {
	if dropped > 0 {
		w.opts.Log.WarnContext(ctx, "dead deliveries fell off their list", "inbox", w.box.function, "deliveries", dropped)
	}
	if w.opts.Jobs == nil {
		return
	}
	if err := w.opts.Jobs.Count(ctx, "deliveries_given_up", 1); err != nil {
		w.opts.Log.WarnContext(ctx, "count a delivery that is given up", "error", err)
	}
}

// write writes through a short outage of Redis, also while the process is stopping. What cannot be written while the claim
// holds is left to the next worker.
func (w *Worker) write(what string, c *Claim, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), w.opts.Hold)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := write(ctx)
		switch {
		case err == nil, errors.Is(err, errGone): // it was our own write, whose answer was lost, that was first
			return
		case errors.Is(err, ErrLost):
			w.opts.Log.Warn(what+": the claim is lost; another worker has the delivery", "inbox", w.box.function, "delivery", c.ID)
			return
		}
		select {
		case <-ctx.Done():
			w.opts.Log.Error(what+"; the claim will lapse and another worker go on", "inbox", w.box.function, "delivery", c.ID, "error", err)
			return
		case <-time.After(wait):
		}
	}
}

// waitAfter is how long to wait after an error before the next try.
func waitAfter(err error, attempts int) time.Duration {
	var says interface{ RetryAfter() time.Duration }
	if errors.As(err, &says) && says.RetryAfter() > 0 {
		return says.RetryAfter()
	}
	return backoff(attempts)
}

// backoff doubles from one second to five minutes, less up to a quarter, so that what failed together is not tried together.
func backoff(attempts int) time.Duration {
	d := min(slowest, time.Second<<min(attempts, 9))
	return d - rand.N(d/4)
}
