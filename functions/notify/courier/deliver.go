package courier

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// page is how many story lines are told at a time.
	page = 200
	// atOnceDoors is how many addresses of one job are shown it at the same time.
	atOnceDoors = 8
	// broken is when a job that cannot be read is looked at again.
	broken = time.Minute
	// atOnceAgain is the shortest time after which a job is taken up again.
	atOnceAgain = time.Millisecond
)

// deliver brings everybody who follows a claimed job up to date, as far as their doors are open, and gives the claim back.
// Whatever fails or panics here leaves the job to be shown later, and other jobs alone.
func (c *Courier) deliver(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, deliverLimit)
	defer cancel()
	version, again := c.bringAll(ctx, id)
	more, err := c.jobs.ReleaseView(context.WithoutCancel(ctx), id, version, again)
	switch {
	case err != nil: // the claim lapses
		c.log.WarnContext(ctx, "give a claim back", "job", id, "error", err)
		c.alarm.In(hold)
	case more:
		c.kick()
	default:
		c.lookAgain(context.WithoutCancel(ctx), id, version)
	}
}

// lookAgain finds whoever began to follow the job while it was claimed: the store does not tell of them.
func (c *Courier) lookAgain(ctx context.Context, id string, version int64) {
	watchers, err := c.jobs.Watchers(ctx, id)
	if err != nil {
		c.log.WarnContext(ctx, "look for new watchers", "job", id, "error", err)
		return
	}
	for _, shown := range watchers {
		if shown.Version < version {
			if _, err := c.jobs.ReleaseView(ctx, id, version, atOnceAgain); err != nil {
				c.log.WarnContext(ctx, "show a job to a new watcher", "job", id, "error", err)
			}
			c.alarm.In(atOnceAgain)
			return
		}
	}
}

// bringAll shows the job to all its watchers. It returns the version that was shown, and when to show it again to those
// who could not be shown it now; 0 for never.
func (c *Courier) bringAll(ctx context.Context, id string) (version int64, again time.Duration) {
	j, err := c.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return math.MaxInt64, 0 // retired: nothing is left to show
	}
	if err != nil {
		return 0, c.faulty("read a job", id, err)
	}
	watchers, err := c.jobs.Watchers(ctx, id)
	if err != nil {
		return 0, c.faulty("read who follows a job", id, err)
	}
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return 0, c.faulty("ask for the time", id, err)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	tickets := make(chan struct{}, atOnceDoors)
	for address, shown := range watchers {
		tickets <- struct{}{}
		group.Go(func() {
			defer func() { <-tickets }()
			wait := c.bring(ctx, address, door.View{Job: visible(j), Now: now}, shown)
			mu.Lock()
			defer mu.Unlock()
			again = sooner(again, wait)
		})
	}
	group.Wait()
	return j.Version, again
}

// faulty says when to try again after a fault that has nothing to do with a door: soon when Redis is away, less so when a
// record cannot be understood.
func (c *Courier) faulty(what, id string, err error) time.Duration {
	c.log.Warn(what, "job", id, "error", err)
	syntax, mismatch, number := new(json.SyntaxError), new(json.UnmarshalTypeError), new(strconv.NumError)
	if errors.As(err, &syntax) || errors.As(err, &mismatch) || errors.As(err, &number) {
		return broken
	}
	return afterFault
}

// sooner is the shorter of two waits, of which 0 is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || (b > 0 && b < a) {
		return b
	}
	return a
}

// bring shows the job to one address. It returns when to try again, 0 when the address is up to date.
func (c *Courier) bring(ctx context.Context, address string, view door.View, shown job.Shown) (again time.Duration) {
	if shown.Version >= view.Job.Version {
		return 0
	}
	defer func() {
		if p := recover(); p != nil {
			c.log.ErrorContext(ctx, "showing panicked", "job", view.Job.ID, "address", address, "panic", p, "stack", string(debug.Stack()))
			again = broken
		}
	}()
	d, known := c.doors[kind(address)]
	slot := noSlot
	if d.Apart {
		if c.hands.has(view.Job.ID, address) {
			return apartHold // whoever has it in hand says when it goes on
		}
		if slot = c.slot(); slot == nil { // before anything else: a try that finds no slot is none
			return apartFull
		}
		defer func() { slot() }()
	}
	absence, wait, err := c.reachable(ctx, address, view.Now)
	if err != nil {
		return c.faulty("read whether an address can be reached", view.Job.ID, err)
	}
	if wait > 0 {
		return wait
	}
	if !known {
		return c.unknown(ctx, address, view, absence)
	}
	if wait, err := c.gates.pass(ctx, c.rdb, address, d.Pace, view, shown); err != nil || wait > 0 {
		if err != nil {
			return c.faulty("ask for the pace", view.Job.ID, err)
		}
		return wait
	}
	if d.Apart {
		give := slot
		slot = noSlot
		return c.apart(give, d, address, view, shown, absence)
	}
	return c.outcome(ctx, address, view, absence, c.tell(ctx, d, address, view, shown, showLimit))
}

// outcome takes down what became of showing an address. It returns when to try again, 0 when the address is up to date.
func (c *Courier) outcome(ctx context.Context, address string, view door.View, known *absence, err error) time.Duration {
	if later, ok := errors.AsType[door.LaterError](err); ok {
		if later.Reached {
			c.back(ctx, address, known)
		}
		return max(later.After, atOnceAgain)
	}
	if err != nil {
		return c.failed(ctx, address, view, known, err)
	}
	return c.back(ctx, address, known)
}

// tell shows the story page by page, and with the last page how the job stands. limit bounds one page.
func (c *Courier) tell(
	ctx context.Context, d door.Door, address string, view door.View, shown job.Shown, limit time.Duration,
) (err error) {
	ctx = trace.Note(trace.Resume(ctx, view.Job.Trace), "job", view.Job.ID)
	ctx, span := trace.Within(ctx, trace.Client, "show at "+kind(address), "job", view.Job.ID, "state", string(view.Job.State))
	defer func() { span.End(err) }()
	for {
		lines, err := c.jobs.Story(ctx, view.Job.ID, shown.Story, page+1)
		if err != nil {
			return err
		}
		view.More = len(lines) > page
		view.Story = lines[:min(len(lines), page)]
		limited, cancel := context.WithTimeout(ctx, limit)
		shown, err = d.Show(limited, address, view, shown)
		cancel()
		if err != nil || !view.More {
			return err
		}
	}
}
