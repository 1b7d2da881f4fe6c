package courier

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// atOnceApart is how many addresses are shown apart at the same time.
	atOnceApart = 32
	// apartLimit bounds one showing apart: several calls of a server far away. What is left goes on afterwards.
	apartLimit = 20 * time.Second
	// apartHold is after how long a job is looked at again whose address is shown apart, should the process die over it.
	apartHold = 15 * time.Second
	// apartFull is when an address is tried again that found no slot.
	apartFull = 2 * time.Second
)

// hands are the addresses that this process is showing a job to, apart. The zero value has none.
type hands struct {
	mu   sync.Mutex
	busy map[string]bool
}

func (h *hands) has(id, address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.busy[id+" "+address]
}

// take reports whether nobody here had it in hand.
func (h *hands) take(id, address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := id + " " + address
	if h.busy[key] {
		return false
	}
	if h.busy == nil {
		h.busy = make(map[string]bool)
	}
	h.busy[key] = true
	return true
}

func (h *hands) drop(id, address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.busy, id+" "+address)
}

// slot takes a slot for showing apart, and returns what gives it back; nil when none is free.
func (c *Courier) slot() (give func()) {
	select {
	case c.aside <- struct{}{}:
		return func() { <-c.aside }
	default:
		return nil
	}
}

// noSlot gives nothing back.
func noSlot() {}

// apart shows the job to an address beside its delivery: a server that takes seconds to answer holds up neither the job's
// other addresses nor its next changes. It returns when to look again should this process die; when the showing is over,
// the slot is given back and the job is put on the list anew. The process' end lets a call that is under way come to its
// end and begins no further one.
func (c *Courier) apart(give func(), d door.Door, address string, view door.View, shown job.Shown, known *absence) time.Duration {
	id := view.Job.ID
	if !c.hands.take(id, address) {
		give()
		return apartHold
	}
	c.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(c.base, apartLimit)
		again := c.showApart(ctx, d, address, view, shown, known)
		cancel()
		give()
		c.hands.drop(id, address)
		c.goOn(id, again)
	})
	return apartHold
}

// showApart is one showing, whose panic is its own.
func (c *Courier) showApart(ctx context.Context, d door.Door, address string, view door.View, shown job.Shown, known *absence) (again time.Duration) {
	defer func() {
		if p := recover(); p != nil {
			c.log.ErrorContext(ctx, "showing panicked", "job", view.Job.ID, "address", address, "panic", p, "stack", string(debug.Stack()))
			again = broken
		}
	}()
	err := c.tell(ctx, d, address, view, shown, apartLimit)
	if err != nil && c.base.Err() != nil {
		return atOnceAgain // the process ends, which says nothing of the door
	}
	ctx = context.WithoutCancel(ctx)
	if now, e := c.jobs.Now(ctx); e == nil {
		view.Now = now // a door that hangs took its time, and the back-off begins only then
	}
	return c.outcome(ctx, address, view, known, err)
}

// goOn has the job looked at again: at once when the address is up to date, since the job may have changed meanwhile.
func (c *Courier) goOn(id string, again time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), showLimit)
	defer cancel()
	version := int64(-1) // whatever the job's version is, it is newer
	if again > 0 {
		version = 1<<62 - 1
	}
	if _, err := c.jobs.ReleaseView(ctx, id, version, again); err != nil {
		c.log.Warn("go on with what was shown apart", "job", id, "error", err) // it is looked at again after apartHold
		c.alarm.In(apartHold)
		return
	}
	c.kick()
}
