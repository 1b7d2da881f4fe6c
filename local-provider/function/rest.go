package function

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Lease is the use of one process for one request.
type Lease struct {
	// Address is where the process listens, host:port.
	Address string
	// Timeouts bound the call.
	Timeouts Timeouts

	pool    *pool
	replica *replica
	once    sync.Once
}

// Release ends the use. It may be called more than once.
func (l *Lease) Release() {
	l.once.Do(func() {
		l.pool.mu.Lock()
		l.pool.inFlight--
		l.pool.lastUsed = time.Now()
		l.pool.mu.Unlock()
		l.replica.release()
	})
}

// Exited is closed when the process has ended.
func (l *Lease) Exited() <-chan struct{} { return l.replica.exited }

// rest stops all processes when the function was not used for its idle time, and looks again later when it was.
func (p *pool) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.removed || p.spec.Idle == 0 || len(p.ready) == 0 {
		p.idle = nil
		return
	}
	left := p.spec.Idle - time.Since(p.lastUsed)
	if p.inFlight > 0 {
		left = p.spec.Idle
	}
	if left > 0 {
		p.idle.Reset(left)
		return
	}
	p.idle = nil
	slog.Info("function is idle and is stopped", "function", p.spec.Name)
	p.dismiss(p.takeAll())
}

// takeAll takes every replica out of service. The lock is held.
func (p *pool) takeAll() []*replica {
	taken := p.ready
	p.ready = nil
	return taken
}

// dismiss retires replicas in the background. The lock is held.
func (p *pool) dismiss(taken []*replica) {
	if len(taken) == 0 {
		return
	}
	p.retiring.Add(1)
	go p.retire(context.Background(), taken, p.spec.Timeouts.Write)
}

// retire stops replicas that were taken out of service, all at once. p.retiring was counted up by the caller.
func (p *pool) retire(ctx context.Context, taken []*replica, write time.Duration) {
	defer p.retiring.Done()
	var all sync.WaitGroup
	for _, r := range taken {
		all.Go(func() { r.retire(ctx, write) })
	}
	all.Wait()
}

// update takes a new revision into service: the old one's processes finish what they have, and get nothing new.
func (p *pool) update(spec Spec, wanted int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	running := len(p.ready) > 0
	if spec.Revision != p.spec.Revision {
		p.dismiss(p.takeAll())
		p.crashes, p.notBefore, p.cause = 0, time.Time{}, nil
	}
	p.spec = spec
	p.scale(wanted, running)
	p.announce()
}

// scale brings the number of processes of a function in use to the wanted one; a function at rest stays at rest. The
// lock is held.
func (p *pool) scale(wanted int, running bool) {
	p.wanted = wanted
	if len(p.ready) > wanted {
		surplus := append([]*replica(nil), p.ready[wanted:]...)
		p.ready = p.ready[:wanted]
		p.dismiss(surplus)
	}
	if running {
		p.grow()
	}
}

// resize is scale for a caller who says "n processes, now".
func (p *pool) resize(wanted int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scale(wanted, true)
	p.announce()
}

// remove ends the pool: those who wait are told, and the processes are stopped.
func (p *pool) remove() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removed = true
	p.dismiss(p.takeAll())
	p.announce()
}

// close ends the pool within ctx.
func (p *pool) close(ctx context.Context) {
	p.mu.Lock()
	p.removed = true
	taken := p.takeAll()
	write := p.spec.Timeouts.Write
	p.announce()
	p.retiring.Add(1)
	p.mu.Unlock()
	p.retire(ctx, taken, write)
	p.retiring.Wait()
}
