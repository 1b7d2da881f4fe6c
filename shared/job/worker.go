package job

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/trace"
	"github.com/handsoff/handsoff/shared/wait"
)

// ErrBusy says that a worker has as many jobs in hand as it may; the nudge should come again.
var ErrBusy = errors.New("job: worker is busy")

// WorkerOptions say what a Worker does.
type WorkerOptions struct {
	Function    string                            // the function it works for
	Name        string                            // tells workers apart, in the audit and the log
	Steps       map[string]Stepper                // by a command's words
	Nudge       func(context.Context, ...Pointer) // best effort; nil for none
	Log         *slog.Logger                      // nil for none
	Concurrency int                               // jobs in hand at once; 0 is 16
	Lease       time.Duration                     // 0 is 10 s
	Heartbeat   time.Duration                     // how often the flag is read; 0 is 250 ms
	RetryFor    time.Duration                     // how long faults in a row are waited out; 0 is 15 minutes
	StopFor     time.Duration                     // how long a stop may take before its fate is unknown; 0 is one hour
}

// Worker moves the jobs of one function forward.
type Worker struct {
	store *Store
	opts  WorkerOptions
	slots chan struct{}
	stops chan struct{}   // as many again for jobs that are to stop: these do not wait until others have come to their end
	base  context.Context //nolint:containedctx // the life of the process, not of a request
	stop  context.CancelCauseFunc
	tasks sync.WaitGroup

	mu     sync.Mutex
	active map[string]chan struct{} // running steps by job: a hint makes their heartbeat look at once
	timers map[string]*time.Timer   // wake-ups of parked jobs, so that they need not wait for the clock
}

// NewWorker starts listening for cancel hints. End it with Stop.
func NewWorker(store *Store, opts WorkerOptions) *Worker {
	setDefaults(&opts)
	base, stop := context.WithCancelCause(context.Background())
	w := &Worker{
		store: store, opts: opts, slots: make(chan struct{}, opts.Concurrency), stops: make(chan struct{}, opts.Concurrency), base: base, stop: stop,
		active: make(map[string]chan struct{}), timers: make(map[string]*time.Timer),
	}
	w.tasks.Go(func() { store.Hints(base, w.hint) })
	return w
}

func setDefaults(o *WorkerOptions) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Concurrency <= 0 {
		o.Concurrency = 16
	}
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&o.Lease, 10 * time.Second},
		{&o.Heartbeat, 250 * time.Millisecond},
		{&o.RetryFor, 15 * time.Minute},
		{&o.StopFor, time.Hour},
	} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
}

// Take takes the lease on a job, if it is due, and steps it in the background. It reports whether it took it, and gives
// ErrBusy when all slots are taken.
func (w *Worker) Take(ctx context.Context, id string) (bool, error) {
	a, err := w.take(ctx, id)
	if a == nil || err != nil {
		return false, err
	}
	w.tasks.Go(func() { w.attend(a) })
	return true, nil
}

// Run takes the lease on a job, if it is due, and steps it until it waits or ends.
func (w *Worker) Run(ctx context.Context, id string) (bool, error) {
	a, err := w.take(ctx, id)
	if a == nil || err != nil {
		return false, err
	}
	w.attend(a)
	return true, nil
}

// Stop ends all steps with ErrStopping, hands their jobs back and returns when that is done or ctx ends.
func (w *Worker) Stop(ctx context.Context) error {
	w.mu.Lock()
	w.stop(ErrStopping)
	for _, t := range w.timers {
		t.Stop()
	}
	clear(w.timers)
	w.mu.Unlock()
	if err := wait.For(ctx, &w.tasks); err != nil {
		return fmt.Errorf("job: stop worker: %w", err)
	}
	return nil
}

func (w *Worker) take(ctx context.Context, id string) (*attempt, error) {
	if w.base.Err() != nil {
		return nil, ErrStopping
	}
	free, err := w.slot(ctx, id)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s/%s", w.opts.Name, rand.Text())
	asked := time.Now()
	t, err := w.store.start(ctx, Pointer{ID: id, Function: w.opts.Function}, name, w.opts.Lease)
	w.nudge(ctx, t.nudges)
	if t.job == nil || err != nil {
		free()
		return nil, err
	}
	run := &Run{
		store: w.store, job: t.job, effects: t.effects,
		nudge: w.nudge, stop: func(error) {}, held: asked,
	}
	return &attempt{worker: w, run: run, free: free, log: w.opts.Log.With("job", id, "fence", t.job.Fence), callID: trace.Call(ctx)}, nil
}

// slot takes a slot for a job, and returns what gives it back.
func (w *Worker) slot(ctx context.Context, id string) (free func(), err error) {
	select {
	case w.slots <- struct{}{}:
		return func() { <-w.slots }, nil
	default:
	}
	if stops, err := w.store.stops(ctx, id); err != nil || !stops {
		return nil, cmp.Or(err, ErrBusy)
	}
	select {
	case w.stops <- struct{}{}:
		return func() { <-w.stops }, nil
	default:
		return nil, ErrBusy
	}
}

// nudge passes nudges on, each by itself: none waits for another function.
func (w *Worker) nudge(ctx context.Context, list []Pointer) {
	if w.opts.Nudge == nil {
		return
	}
	for _, p := range list {
		w.tasks.Go(func() { w.opts.Nudge(context.WithoutCancel(ctx), p) })
	}
}

// hint makes a running step look at its flag now instead of at its next heartbeat. It ends nothing by itself: a hint may
// be late, or meant for a job of the same name elsewhere.
func (w *Worker) hint(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.active[id] <- struct{}{}: // a nil channel takes nothing
	default:
	}
}

func (w *Worker) listen(id string) (look chan struct{}, forget func()) {
	look = make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active[id] = look
	return look, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.active, id)
	}
}

// soon is the longest wait for which a worker sets a timer of its own; the clock sees to the rest.
const soon = time.Minute

// wakeIn steps a parked job again without waiting for a nudge, should this process still live then. A timer keeps real time, which a
// store's own clock does not: whoever moves that steps what is due by it.
func (w *Worker) wakeIn(id string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d > soon || w.base.Err() != nil || w.store.now != nil {
		return
	}
	if t := w.timers[id]; t != nil {
		t.Stop()
	}
	w.timers[id] = time.AfterFunc(d+time.Millisecond, func() {
		w.mu.Lock()
		delete(w.timers, id)
		w.mu.Unlock()
		if _, err := w.Take(w.base, id); err != nil && !errors.Is(err, ErrBusy) && !errors.Is(err, ErrStopping) {
			w.opts.Log.Warn("wake", "job", id, "error", err)
		}
	})
}
