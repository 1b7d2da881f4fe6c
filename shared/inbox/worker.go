package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/alarm"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/wait"
)

const (
	// afterFault is when Redis is tried again.
	afterFault = time.Second
	// handBack is how long before Stop must be over handlers are told to end, so that their claims can be given back.
	handBack = time.Second
)

// errStopping is why a handler's context ended when the process goes down.
var errStopping = errors.New("inbox: the worker is stopping")

// Handler deals with a delivery. nil means that it is done; an error, or a panic, that it is to be tried again: after one
// second, two, four, up to five minutes, or when the error says with a method RetryAfter() time.Duration above 0. It may
// be called again for what it has done and not noted. Its context ends when the claim is lost, with cause [ErrLost]. What is
// not yet to be done it answers with [Later], what never can be with [Never].
type Handler func(ctx context.Context, c *Claim) error

// WorkerOptions say how a Worker works. The zero value is right for most.
type WorkerOptions struct {
	Log    *slog.Logger  // nil for none
	Jobs   *job.Store    // where what is given up is audited and counted; nil: it is only logged
	AtOnce int           // deliveries in hand at once; 0 is 16
	Bytes  int           // bytes of their bodies and notes, which are held in memory, but for one delivery more; 0 is 16 MiB
	Hold   time.Duration // how long the claim of a worker that died hides a delivery, twice as long after each further death; 0 is 10 s
	Limit  time.Duration // how long one call of the handler may take; 0 is two minutes
}

// Worker hands the deliveries of an inbox to a handler.
//
// It keeps nothing: what it has in hand when it dies is taken up by another one when its claim has lapsed.
type Worker struct {
	box    *Inbox
	handle Handler
	opts   WorkerOptions

	base   context.Context //nolint:containedctx // the life of the process, not of a request
	end    context.CancelFunc
	works  context.Context //nolint:containedctx // the life of what is in hand, which outlives base
	abort  context.CancelCauseFunc
	kicked chan struct{}
	hands  *hands
	tasks  sync.WaitGroup
	alarm  alarm.Alarm

	keeper   keeper
	finisher finisher
}

// NewWorker starts one, and has it look for what is due. End it with Stop.
func NewWorker(b *Inbox, handle func(ctx context.Context, c *Claim) error, o WorkerOptions) *Worker {
	w := idleWorker(b, handle, o)
	w.tasks.Go(w.attend)
	w.Kick()
	return w
}

// idleWorker is one that does nothing by itself.
func idleWorker(b *Inbox, handle Handler, o WorkerOptions) *Worker {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.AtOnce <= 0 {
		o.AtOnce = 16
	}
	if o.Bytes <= 0 {
		o.Bytes = 16 << 20
	}
	if o.Hold <= 0 {
		o.Hold = 10 * time.Second
	}
	if o.Limit <= 0 {
		o.Limit = 2 * time.Minute
	}
	w := &Worker{box: b, handle: handle, opts: o, kicked: make(chan struct{}, 1), hands: newHands(o.AtOnce, o.Bytes)}
	w.base, w.end = context.WithCancel(context.Background())
	w.works, w.abort = context.WithCancelCause(context.Background())
	w.alarm.Ring = w.Kick
	w.keeper = keeper{box: b, hold: o.Hold, log: o.Log, ends: w.works.Done()}
	w.finisher = finisher{box: b, limit: o.Hold, more: w.Kick}
	return w
}

// Kick says that something was put in. It returns at once.
func (w *Worker) Kick() {
	select {
	case w.kicked <- struct{}{}:
	default:
	}
}

// Nudged is Kick for function.Parts: the clock says that something is due.
func (w *Worker) Nudged(context.Context, string) error {
	w.Kick()
	return nil
}

// Stop takes nothing up any more and lets what is in hand be finished. What is not finished a second before ctx's deadline
// has its context ended and is given back; it is taken up by the next worker.
func (w *Worker) Stop(ctx context.Context) error {
	w.end()
	w.alarm.Stop()
	defer w.abort(errStopping)
	if deadline, ok := ctx.Deadline(); ok {
		defer time.AfterFunc(time.Until(deadline)-handBack, func() { w.abort(errStopping) }).Stop()
	}
	if err := wait.For(ctx, &w.tasks); err != nil {
		return fmt.Errorf("inbox %s: what is in hand was not finished; it will be by the next worker: %w", w.box.function, err)
	}
	return nil
}

// attend takes up what is due whenever it is kicked, until the process ends.
func (w *Worker) attend() {
	for {
		select {
		case <-w.base.Done():
			return
		case <-w.kicked:
		}
		if err := w.clear(w.base); err != nil && w.base.Err() == nil {
			w.opts.Log.Warn("look into the inbox", "inbox", w.box.function, "error", err)
			w.alarm.In(afterFault)
		}
	}
}

// clear takes up what is due and has it handled in the background, until nothing is due.
func (w *Worker) clear(ctx context.Context) error {
	for {
		most, bytes, err := w.hands.free(ctx)
		if err != nil {
			return err
		}
		// The end of the process must not lose what Redis has already handed out.
		asked := time.Now()
		claims, next, err := w.box.claim(context.WithoutCancel(ctx), most, bytes, w.opts.Hold)
		if err != nil {
			return err
		}
		w.hands.take(claims)
		for _, c := range claims {
			w.tasks.Go(func() {
				defer w.hands.letGo(c)
				w.attempt(c, asked)
			})
		}
		if len(claims) == 0 {
			if next >= 0 {
				w.alarm.In(next)
			}
			return nil
		}
	}
}
