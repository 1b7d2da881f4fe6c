package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// pace is how close ticks may follow each other: whoever comes earlier finds the work already done.
	pace = time.Second
	// sweepEvery is how often old jobs are retired.
	sweepEvery = time.Minute
	// tickLimit bounds one tick; what it leaves is still due at the next one.
	tickLimit = 20 * time.Second
)

// The clock's own keys: while one is there, its work was just done.
const (
	tickKey  = job.Prefix + "clock"
	sweepKey = job.Prefix + "clock:sweep"
	tendKey  = job.Prefix + "clock:tend"
)

// clock does what is due.
type clock struct {
	jobs     *job.Store
	rdb      redis.UniversalClient
	keep     job.Keep
	nudge    func(context.Context, job.Pointer) error
	roll     *roll
	name     string   // the bot's
	version  string   // of this program; "" when it is not known
	alerts   []string // where notices are shown
	calendar *calendar.Calendar
	sources  map[string]bool // what is listened to, see repairs
	log      *slog.Logger

	busy sync.Mutex // one tick at a time in this process
	born bool       // whether this process has told that it lives; only busy's holder looks

	head atomic.Pointer[audit.Head] // of the audit's chain, as the log has it
}

func keep(c config.Jobs) job.Keep {
	return job.Keep{For: c.KeepFor, AtMost: c.KeepAtMost, Logs: int64(c.KeepLogsMB) << 20}
}

func newClock(p *function.Platform) *clock {
	return &clock{
		jobs: p.Jobs, rdb: p.Redis, keep: keep(p.Config.Jobs),
		nudge: p.Gateway.Nudge, roll: &roll{list: p.Gateway.Functions}, log: p.Log,
		name: p.Config.Bot.Name, version: buildVersion(), alerts: p.Config.Bot.Alerts,
		sources: sources(p.Config),
	}
}

// tick does what is due now. Anybody may ask for it as often as they like: within a second of another tick, here or
// elsewhere, it returns at once.
func (c *clock) tick(ctx context.Context) error {
	if !c.busy.TryLock() {
		return nil
	}
	defer c.busy.Unlock()
	// A caller that hangs up must not stop the clock.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tickLimit)
	defer cancel()
	mine, err := c.turn(ctx, tickKey, pace)
	if redis.HasErrorPrefix(err, "OOM") {
		// A full Redis takes no note of turns, and what frees memory and ends jobs must go on all the more.
		return errors.Join(err, c.nudgeDue(ctx), c.nudgeInboxes(ctx), c.notices(ctx), c.retire(ctx))
	}
	if err != nil || !mine {
		return err
	}
	return together(ctx, c.nudgeDue, c.nudgeInboxes, c.nudgeViews, c.notices, c.calendar.Attend, c.sweep, c.seal, c.tend)
}

// together does the parts of a tick side by side: what one of them asks may hang for as long as a tick may last, and must not
// keep the others from theirs, tick after tick.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	errs := make([]error, len(parts))
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() { errs[i] = part(ctx) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// turn reports whether nobody has had the turn for this long. A turn that would last for longer was taken before Redis' clock was set
// back, and is over.
func (c *clock) turn(ctx context.Context, key string, every time.Duration) (bool, error) {
	err := c.rdb.SetArgs(ctx, key, "1", redis.SetArgs{Mode: "NX", TTL: every}).Err()
	if errors.Is(err, redis.Nil) {
		var left time.Duration
		if left, err = c.rdb.PTTL(ctx, key).Result(); err == nil && left <= every {
			return false, nil
		}
		if err == nil {
			err = c.rdb.Set(ctx, key, "1", every).Err()
		}
	}
	if err != nil {
		return false, fmt.Errorf("clock: take the turn: %w", err)
	}
	return true, nil
}

// nudgeViews has notify show what is unshown and due. What is not due yet has a timer in notify, and the next tick.
func (c *clock) nudgeViews(ctx context.Context) error {
	next, some, err := c.jobs.NextView(ctx)
	if err != nil || !some {
		return err
	}
	now, err := c.jobs.Now(ctx)
	if err != nil || next.After(now) {
		return err
	}
	return c.nudgeAll(ctx, []job.Pointer{{ID: command.AnyJob, Function: "notify"}})
}

// nudgeInboxes has each function look into its inbox that has something due there.
func (c *clock) nudgeInboxes(ctx context.Context) error {
	functions, err := inbox.DueFunctions(ctx, c.rdb)
	if err != nil {
		return err
	}
	list := make([]job.Pointer, len(functions))
	for i, name := range functions {
		list[i] = job.Pointer{ID: command.AnyJob, Function: name}
	}
	return c.nudgeAll(ctx, list)
}

// sweep retires old jobs, at most once a minute.
func (c *clock) sweep(ctx context.Context) error {
	mine, err := c.turn(ctx, sweepKey, sweepEvery)
	if err != nil || !mine {
		return err
	}
	return c.retire(ctx)
}

// retire forgets what is kept no longer.
func (c *clock) retire(ctx context.Context) error {
	n, err := c.jobs.Sweep(ctx, c.keep)
	if n > 0 {
		c.log.InfoContext(ctx, "old jobs retired", "jobs", n)
	}
	return err
}
