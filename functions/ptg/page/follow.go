package page

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/calendar"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// follower keeps one gathering in memory, up to date, for as long as somebody asks for its pages. While it lives no request
// waits for Redis.
type follower struct {
	pages *Pages
	id    string
	end   context.CancelFunc
	ready chan struct{} // closed when state is there, or failed is
	state atomic.Pointer[gathering.Gathering]
	fault error // why there is no state

	used      atomic.Int64 // Unix seconds
	listeners atomic.Int64

	mu     sync.Mutex
	boards map[boardKey]*board
	data   data

	feeds  sync.Mutex
	ledger *calendar.Ledger
}

func nonce() string { return rand.Text()[:8] }

// follow is the follower of a gathering, which begins with the first request for it.
func (p *Pages) follow(ctx context.Context, id string) (*follower, error) {
	p.mu.Lock()
	f := p.followers[id]
	if f == nil {
		life, end := context.WithCancel(p.ctx)
		f = &follower{pages: p, id: id, end: end, ready: make(chan struct{}), boards: make(map[boardKey]*board), ledger: calendar.NewLedger(id)}
		p.followers[id] = f
		p.following.Add(1)
		go f.run(life)
	}
	f.used.Store(time.Now().Unix())
	p.mu.Unlock()
	select {
	case <-f.ready:
		return f, f.fault
	case <-ctx.Done():
		return nil, fmt.Errorf("read the event %s: %w", id, context.Cause(ctx))
	}
}

// run follows until nobody asks any more.
func (f *follower) run(ctx context.Context) {
	defer f.pages.following.Done()
	defer f.end()
	// First listen, then look: what changes between the two is heard of.
	versions := f.pages.store.Watch(ctx, f.id)
	g, err := f.pages.store.Get(ctx, f.id)
	if err != nil {
		f.fault = err
		f.forget()
		close(f.ready)
		return
	}
	f.state.Store(g)
	close(f.ready)
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			f.forget()
			return
		case version, ok := <-versions:
			if !ok {
				versions = nil // ctx has ended, or will
				continue
			}
			if version > f.state.Load().Version {
				f.refresh(ctx)
			}
		case <-ticks.C:
			if f.abandoned() {
				return
			}
			f.refresh(ctx)
		}
	}
}

// refresh reads the gathering and brings all open pages up to it, and then rests, so that the next changes come together.
func (f *follower) refresh(ctx context.Context) {
	g, err := f.pages.store.Get(ctx, f.id)
	if err != nil {
		if ctx.Err() == nil {
			f.pages.settings.Log.WarnContext(ctx, "read an event anew", "event", f.id, "error", err)
		}
		return // pages show what was; the next tick looks again
	}
	if g.Version >= f.state.Load().Version {
		f.state.Store(g)
	}
	f.renew()
	rest := time.NewTimer(fewest)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
	}
}

// abandoned ends the following when nobody has asked for a while.
func (f *follower) abandoned() bool {
	f.pages.mu.Lock()
	defer f.pages.mu.Unlock()
	if f.listeners.Load() > 0 || time.Since(time.Unix(f.used.Load(), 0)) < idle {
		return false
	}
	delete(f.pages.followers, f.id)
	return true
}

func (f *follower) forget() {
	f.pages.mu.Lock()
	defer f.pages.mu.Unlock()
	if f.pages.followers[f.id] == f {
		delete(f.pages.followers, f.id)
	}
}
