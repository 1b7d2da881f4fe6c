package function

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

const (
	// firstPause and maxPause bound the back-off between starts of a function that keeps ending. The first start after
	// a crash is immediate: most crashes are single ones.
	firstPause = 100 * time.Millisecond
	maxPause   = 30 * time.Second
	// settled is how long a process must have run for its end to count as a first crash again.
	settled = 10 * time.Second
	// patience is the longest back-off that a request waits for; beyond it the caller is told when to come back.
	patience = 2 * time.Second
)

// errRemoved is answered to those who waited for a function that was deleted meanwhile.
var errRemoved = errors.New("the function was removed")

// BackingOffError is answered while a function that keeps failing is left alone for a while.
type BackingOffError struct {
	Function string
	// After is the time until the next start.
	After time.Duration
	// Cause is why the last start failed.
	Cause error
}

func (e *BackingOffError) Error() string {
	return fmt.Sprintf("function %s keeps failing (%v) and is started again in %s; `faas-cli logs %s` shows what it printed",
		e.Function, e.Cause, chat.Duration(e.After), e.Function)
}

func (e *BackingOffError) Unwrap() error { return e.Cause }

// pool is all processes of one function.
type pool struct {
	launcher *launcher

	mu       sync.Mutex
	spec     Spec
	wanted   int
	ready    []*replica
	starting int
	next     int
	// changed is closed, and replaced, whenever someone who waits should look again.
	changed chan struct{}
	removed bool

	crashes   int
	notBefore time.Time
	cause     error

	inFlight int
	calls    uint64
	lastUsed time.Time
	idle     *time.Timer
	// retiring counts the processes that are being stopped.
	retiring sync.WaitGroup
}

func newPool(l *launcher, spec Spec, wanted int) *pool {
	return &pool{launcher: l, spec: spec, wanted: wanted, changed: make(chan struct{})}
}

// acquire returns a ready replica, after starting one if need be. All who come while it starts wait for the same one.
func (p *pool) acquire(ctx context.Context) (*Lease, error) {
	for {
		lease, wait, err := p.try()
		if lease != nil || err != nil {
			return lease, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for function %s to start: %w", p.spec.Name, context.Cause(ctx))
		}
	}
}

func (p *pool) try() (*Lease, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.removed {
		return nil, nil, fmt.Errorf("function %s: %w", p.spec.Name, errRemoved)
	}
	p.lastUsed = time.Now()
	if p.wanted == 0 {
		p.wanted = 1
	}
	if len(p.ready) > 0 {
		p.next = (p.next + 1) % len(p.ready)
		r := p.ready[p.next]
		r.busy.Add(1)
		p.inFlight++
		p.calls++
		return &Lease{Address: r.Address, Timeouts: p.spec.Timeouts, pool: p, replica: r}, nil, nil
	}
	if after := time.Until(p.notBefore); after > patience {
		return nil, nil, &BackingOffError{Function: p.spec.Name, After: after, Cause: p.cause}
	}
	p.grow()
	return nil, p.changed, nil
}

// grow starts what is missing, at once or when the back-off has passed. The lock is held.
func (p *pool) grow() {
	missing := p.wanted - len(p.ready) - p.starting
	if p.removed || missing <= 0 {
		return
	}
	p.starting += missing
	pause := max(0, time.Until(p.notBefore))
	for range missing {
		go p.launch(p.spec, pause)
	}
}

// launch runs without a caller's context: whoever asked first may leave, and the others still wait.
func (p *pool) launch(spec Spec, pause time.Duration) {
	time.Sleep(pause)
	r, err := p.launchNow(spec)
	p.mu.Lock()
	p.starting--
	unwanted := p.removed || spec.Revision != p.spec.Revision || len(p.ready) >= p.wanted
	switch {
	case err != nil && !unwanted:
		p.failed(0, err)
	case err == nil && !unwanted:
		p.add(r)
	case err == nil:
		p.retiring.Add(1)
	}
	p.announce()
	p.mu.Unlock()
	if err == nil && unwanted {
		p.retire(context.Background(), []*replica{r}, spec.Timeouts.Write)
	}
}

func (p *pool) launchNow(spec Spec) (*replica, error) {
	p.mu.Lock()
	obsolete := p.removed || spec.Revision != p.spec.Revision
	p.mu.Unlock()
	if obsolete {
		return nil, errRemoved
	}
	return p.launcher.start(context.Background(), spec)
}

// add puts a ready replica to work. The lock is held.
func (p *pool) add(r *replica) {
	p.ready = append(p.ready, r)
	slog.Info("function started", "function", r.Function, "instance", r.Instance, "pid", r.PID)
	go p.watch(r)
	if p.idle == nil && p.spec.Idle > 0 {
		p.lastUsed = time.Now()
		p.idle = time.AfterFunc(p.spec.Idle, p.rest)
	}
}

// watch replaces a replica that ends without having been told to.
func (p *pool) watch(r *replica) {
	<-r.exited
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.ready, r)
	if at < 0 {
		return // it is being stopped
	}
	p.ready = slices.Delete(p.ready, at, at+1)
	// What the process had started must not live on without it.
	_ = r.Kill(context.Background())
	r.files.remove()
	p.failed(time.Since(r.began), errEnded)
	slog.Warn("function's process ended by itself", "function", r.Function, "instance", r.Instance,
		"crashes", p.crashes, "restart", max(0, time.Until(p.notBefore)))
	p.grow()
	p.announce()
}

// failed counts a crash or a start that came to nothing. The lock is held.
func (p *pool) failed(lived time.Duration, cause error) {
	if lived > settled {
		p.crashes = 0
	}
	p.crashes++
	p.cause = cause
	p.notBefore = time.Now().Add(pauseAfter(p.crashes))
}

func pauseAfter(crashes int) time.Duration {
	if crashes <= 1 {
		return 0
	}
	return min(maxPause, firstPause<<min(crashes-2, 16))
}

func (p *pool) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
}
