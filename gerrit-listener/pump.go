package main

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// pump hands in what was missed, then what the stream brings, until the stream is over and all of it is accepted. It gives
// the stream's end, or that of ctx.
//
// What was missed comes first, so that a change's events keep their order. When it cannot be had for longer than the others
// may wait, they go before it; the cursor stays where it is until what was missed is there too, so that whoever listens next
// asks for it again.
func (e *ear) pump(ctx context.Context, queue *intake.Queue, began time.Time) error {
	missed := &catching{ear: e, began: began, wait: e.pace.settle, patience: time.Now().Add(e.pace.settle + e.pace.hold)}
	if err := missed.prepare(ctx); err != nil {
		return err
	}
	retry := time.NewTimer(missed.wait)
	defer retry.Stop()
	for {
		ready, over := queue.Ready(), (<-chan struct{})(nil)
		if missed.holds(time.Now()) {
			ready, over = nil, queue.Over()
		}
		select {
		case <-ctx.Done():
			e.clear(ctx, queue, missed)
			return context.Cause(ctx)
		case <-over:
			if err := missed.try(ctx); err != nil { // once more, for the order
				return err
			}
			missed.patience = time.Time{} // else the next connection catches up; what is here is not to be lost meanwhile
		case <-retry.C:
			if !missed.done {
				if err := missed.try(ctx); err != nil {
					return err
				}
				retry.Reset(missed.wait)
			}
		case <-ready:
			lines, over, err := queue.Take(batch)
			if over {
				return err
			}
			newest, err := e.take(ctx, lines, missed.done)
			if err != nil {
				return err
			}
			missed.saw(newest)
		}
	}
}

// clear hands in what is in memory when the process is asked to end, as far as that goes quickly. What was missed before it
// is asked for once more, for the order.
func (e *ear) clear(ctx context.Context, queue *intake.Queue, missed *catching) {
	const atMost = 3 * time.Second // for either
	ctx = context.WithoutCancel(ctx)
	if !missed.done {
		asking, done := context.WithTimeout(ctx, atMost)
		if err := missed.try(asking); err != nil {
			e.log.WarnContext(ctx, "what was missed was not told again before the end; whoever listens next asks for it", "error", err)
		}
		done()
	}
	ctx, done := context.WithTimeout(ctx, atMost)
	defer done()
	for {
		lines, _, _ := queue.Take(batch)
		if len(lines) == 0 {
			return
		}
		if _, err := e.take(ctx, lines, missed.done); err != nil {
			e.log.WarnContext(ctx, "what was read last was not accepted; it is asked for again by whoever listens next", "error", err)
			return
		}
	}
}

// take hands in lines of the stream. It returns the time of the newest.
func (e *ear) take(ctx context.Context, lines [][]byte, moves bool) (newest time.Time, err error) {
	events := make([]gerrit.Told, 0, len(lines))
	for _, line := range lines {
		found, means, err := e.server.Parse(line)
		if err != nil {
			e.unreadable(ctx, err.Error())
			continue
		}
		events = append(events, gerrit.Told{Event: found, Means: means})
		if found.At.After(newest) {
			newest = found.At
		}
	}
	if len(events) == 0 {
		return newest, nil
	}
	taken, err := e.in.Take(ctx, events, moves)
	e.lost(ctx, taken.Lost)
	return newest, err
}

// catching is the catching up with what was missed before a connection.
type catching struct {
	ear      *ear
	began    time.Time // when the stream began
	since    time.Time // from where on it is asked for
	done     bool
	wait     time.Duration // until the next try
	patience time.Time     // until when the stream's events wait for it
	tries    int
	sum      report
	newest   time.Time // of the events that were accepted while the cursor had to stay
}

// saw notes how new an event was that was accepted.
func (c *catching) saw(at time.Time) {
	if !c.done && at.After(c.newest) {
		c.newest = at
	}
}

// prepare finds out from where on something may have been missed. Who listens for the first time has missed nothing.
func (c *catching) prepare(ctx context.Context) error {
	var cursor time.Time
	err := c.ear.in.Keep(ctx, func(ctx context.Context) (err error) {
		cursor, err = c.ear.in.Cursor(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if cursor.IsZero() {
		c.newest = c.began.Add(-c.ear.server.Overlap)
		return c.finish(ctx)
	}
	c.since = cursor.Add(-c.ear.server.Overlap)
	c.ear.state(ctx, c.began, "it is still asked what was missed before")
	return nil
}

// holds reports whether events of the stream have to wait.
func (c *catching) holds(now time.Time) bool { return !c.done && now.Before(c.patience) }

// try has told again what was missed. That the server cannot tell it now is no error: it is tried again. That it never will
// is no error either: the gap is closed, and says so.
func (c *catching) try(ctx context.Context) error {
	found, newest, err := c.ear.replay(ctx, c.since)
	c.sum.add(found)
	c.saw(newest)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		return c.finish(ctx)
	}
	fault, ok := errors.AsType[*gerrit.Error](err)
	if ok && !fault.Passing() || errors.Is(err, errZone) {
		c.ear.log.ErrorContext(ctx, "what was missed cannot be told again", "since", c.since, "error", err)
		c.sum.How, c.sum.Lost = "nothing was told again", "everything that happened meanwhile: "+err.Error()
		return c.finish(ctx)
	}
	c.tries++
	c.wait = min(time.Second<<min(c.tries, 6), time.Minute)
	c.ear.log.WarnContext(ctx, "what was missed cannot be told again yet", "since", c.since, "again_in", c.wait, "error", err)
	c.ear.state(ctx, c.began, "what was missed cannot be told again yet: "+err.Error())
	return nil
}

// finish closes the gap and lets the cursor move.
func (c *catching) finish(ctx context.Context) error {
	c.done = true
	c.ear.state(ctx, c.began, "")
	return c.ear.in.Keep(ctx, func(ctx context.Context) error {
		if !c.newest.IsZero() {
			if err := c.ear.in.Move(ctx, c.newest); err != nil {
				return err
			}
		}
		return c.ear.gap.close(ctx, c.ear, c.began, c.sum)
	})
}
