// Package courier decides what is to be shown where, and when, and has the doors show it.
//
// A job that changes is put on a list by the store. The courier claims what is due there (courier.go) and brings all who follow a
// job up to date, side by side (deliver.go): each address through its door, in order, page by page. An address whose door
// fails waits with back-off, and one of its jobs is the probe (absence.go); one that was updated a moment ago waits for its
// pace (pace.go); and where showing may take long it is done beside the delivery (apart.go). How a job looks, and how
// that is said to Slack or a mail server, is the doors' (package door).
package courier

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/alarm"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/wait"
)

const (
	// hold is for how long a claimed job is hidden from other couriers: what one that dies had in hand waits that long.
	hold = 5 * time.Second
	// deliverLimit bounds the work on one claimed job; it must be below hold, so that a claim never lapses under work. What
	// takes longer is done apart.
	deliverLimit = 4 * time.Second
	// showLimit bounds one call of a door.
	showLimit = 3 * time.Second
	// atOnce is how many jobs are in hand at the same time.
	atOnce = 32
	// afterFault is when Redis is tried again.
	afterFault = time.Second
)

// Courier claims jobs that have something to show and delivers them.
//
// It keeps nothing but timers: a claim lapses when it dies, and what each address has been shown is in Redis, so that the
// next courier goes on where it stopped.
type Courier struct {
	jobs  *job.Store
	rdb   redis.UniversalClient
	doors map[string]door.Door
	log   *slog.Logger

	base   context.Context //nolint:containedctx // the life of the process, not of a request
	end    context.CancelFunc
	kicked chan struct{}
	slots  chan struct{}
	tasks  sync.WaitGroup
	alarm  alarm.Alarm
	gates  gates
	hands  hands
	aside  chan struct{} // a slot for each address that is shown apart
}

// New makes one that does nothing by itself. doors are named by the part of an address before the colon.
func New(jobs *job.Store, rdb redis.UniversalClient, doors map[string]door.Door, log *slog.Logger) *Courier {
	base, end := context.WithCancel(context.Background())
	c := &Courier{
		jobs: jobs, rdb: rdb, doors: doors, log: log, base: base, end: end,
		kicked: make(chan struct{}, 1), slots: make(chan struct{}, atOnce), aside: make(chan struct{}, atOnceApart),
	}
	c.alarm.Ring = c.kick
	return c
}

// Start has it deliver what is due whenever it is nudged, and whenever what waits comes due. End it with Stop.
func (c *Courier) Start() { c.tasks.Go(c.attend) }

// Nudged says that there is something to show, whatever it is. It returns at once: no request is held.
func (c *Courier) Nudged(context.Context, string) error {
	c.kick()
	return nil
}

// Stop takes nothing up any more, and lets what is in hand be delivered, within ctx.
func (c *Courier) Stop(ctx context.Context) error {
	c.end()
	c.alarm.Stop()
	if err := wait.For(ctx, &c.tasks); err != nil {
		return fmt.Errorf("what is in hand was not delivered; it will be by the next one: %w", err)
	}
	return nil
}

func (c *Courier) kick() {
	select {
	case c.kicked <- struct{}{}:
	default:
	}
}

// attend delivers what is due whenever it is kicked, until the process ends.
func (c *Courier) attend() {
	for {
		select {
		case <-c.base.Done():
			return
		case <-c.kicked:
		}
		if err := c.clear(c.base); err != nil && c.base.Err() == nil {
			c.log.Warn("look for what is to be shown", "error", err)
			c.alarm.In(afterFault)
		}
	}
}

// Deliver delivers what is due, and what comes due meanwhile, and returns when that is done. It is for a courier that was not started.
func (c *Courier) Deliver(ctx context.Context) error {
	for {
		err := c.clear(ctx)
		c.tasks.Wait()
		if err != nil {
			return err
		}
		now, err := c.jobs.Now(ctx)
		if err != nil {
			return err
		}
		if next, some, err := c.jobs.NextView(ctx); err != nil || !some || next.After(now) {
			return err
		}
	}
}

// clear claims what is due and has it delivered in the background, until nothing is due. A slow door holds up what it is
// shown and nothing else.
func (c *Courier) clear(ctx context.Context) error {
	for {
		free, err := c.room(ctx)
		if err != nil {
			return err
		}
		ids, err := c.jobs.ClaimViews(ctx, free, hold)
		for range free - len(ids) {
			<-c.slots
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			c.tasks.Go(func() {
				defer func() { <-c.slots }()
				c.deliver(context.WithoutCancel(ctx), id)
			})
		}
		if len(ids) == 0 {
			return c.sleep(ctx)
		}
	}
}

// room takes as many slots as are free, waiting for one.
func (c *Courier) room(ctx context.Context) (int, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err() // only says that the process ends
	}
	for n := 1; ; n++ {
		select {
		case c.slots <- struct{}{}:
		default:
			return n, nil
		}
	}
}

// sleep sets the alarm for the next view, if that is soon.
func (c *Courier) sleep(ctx context.Context) error {
	next, some, err := c.jobs.NextView(ctx)
	if err != nil || !some {
		return err
	}
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return err
	}
	c.alarm.In(next.Sub(now))
	return nil
}
