package main

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

// courier claims jobs that have something to show and delivers them.
//
// It keeps nothing but timers: a claim lapses when it dies, and what each address has been shown is in Redis, so that the
// next courier goes on where it stopped.
type courier struct {
	jobs  *job.Store
	rdb   redis.UniversalClient
	doors map[string]door.Door // by the part of an address before the colon
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

// newCourier starts one. End it with stop.
func newCourier(jobs *job.Store, rdb redis.UniversalClient, doors map[string]door.Door, log *slog.Logger) *courier {
	c := idleCourier(jobs, rdb, doors, log)
	c.tasks.Go(c.attend)
	return c
}

// idleCourier is one that does nothing by itself.
func idleCourier(jobs *job.Store, rdb redis.UniversalClient, doors map[string]door.Door, log *slog.Logger) *courier {
	base, end := context.WithCancel(context.Background())
	c := &courier{
		jobs: jobs, rdb: rdb, doors: doors, log: log, base: base, end: end,
		kicked: make(chan struct{}, 1), slots: make(chan struct{}, atOnce), aside: make(chan struct{}, atOnceApart),
	}
	c.alarm.Ring = c.kick
	return c
}

// nudged says that there is something to show, whatever it is. It returns at once: no request is held.
func (c *courier) nudged(context.Context, string) error {
	c.kick()
	return nil
}

// stop takes nothing up any more, and lets what is in hand be delivered, within ctx.
func (c *courier) stop(ctx context.Context) error {
	c.end()
	c.alarm.Stop()
	if err := wait.For(ctx, &c.tasks); err != nil {
		return fmt.Errorf("what is in hand was not delivered; it will be by the next one: %w", err)
	}
	return nil
}

func (c *courier) kick() {
	select {
	case c.kicked <- struct{}{}:
	default:
	}
}

// attend delivers what is due whenever it is kicked, until the process ends.
func (c *courier) attend() {
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

// clear claims what is due and has it delivered in the background, until nothing is due. A slow door holds up what it is
// shown and nothing else.
func (c *courier) clear(ctx context.Context) error {
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
func (c *courier) room(ctx context.Context) (int, error) {
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
func (c *courier) sleep(ctx context.Context) error {
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
