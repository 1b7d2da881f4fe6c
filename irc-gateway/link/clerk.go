package link

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// mostTasks is how much may wait for Redis.
	mostTasks = 10_000
	// taskLimit bounds one try, and taskPause is between two of them.
	taskLimit, taskPause = 5 * time.Second, 250 * time.Millisecond
)

// clerk takes down in Redis what sessions tell, in order, beside them. While Redis is away it waits.
type clerk struct {
	log   *slog.Logger
	tasks chan task
	open  atomic.Int64 // tasks that are not done, and lines that are not kept
}

type task struct {
	what string
	do   func(ctx context.Context) error
	then func()
}

func newClerk(log *slog.Logger) *clerk { return &clerk{log: log, tasks: make(chan task, mostTasks)} }

// do has something done, and calls then, if any, when it was. It never waits.
func (c *clerk) do(what string, do func(ctx context.Context) error, then func()) {
	c.open.Add(1)
	select {
	case c.tasks <- task{what, do, then}:
	default:
		c.open.Add(-1)
		c.log.Error("too much waits for Redis; this is left out", "what", what)
	}
}

func (c *clerk) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-c.tasks:
			c.carryOut(ctx, t)
			c.open.Add(-1)
		}
	}
}

func (c *clerk) carryOut(ctx context.Context, t task) {
	for said := false; ctx.Err() == nil; pause(ctx, taskPause) {
		limited, done := context.WithTimeout(ctx, taskLimit)
		err := t.do(limited)
		done()
		if err == nil {
			if t.then != nil {
				t.then()
			}
			return
		}
		if !said && ctx.Err() == nil {
			c.log.WarnContext(ctx, "it is tried until Redis takes it", "what", t.what, "error", err)
			said = true
		}
	}
}

// flush waits until everything is done, but no longer than a while.
func (c *clerk) flush(limit time.Duration) {
	const look = 5 * time.Millisecond
	for end := time.Now().Add(limit); c.open.Load() > 0 && time.Now().Before(end); {
		time.Sleep(look)
	}
}
