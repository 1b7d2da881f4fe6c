package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	nudgeWithin = 5 * time.Second
	nudgesAtMax = 64 // under way at a time; what is not nudged now, the clock finds
)

// nudger tells functions in the background that a job is due. Nobody waits for it, and nothing fails with it.
type nudger struct {
	nudge func(context.Context, ...job.Pointer)
	slots chan struct{}
	wait  sync.WaitGroup
}

func newNudger(nudge func(context.Context, ...job.Pointer)) *nudger {
	return &nudger{nudge: nudge, slots: make(chan struct{}, nudgesAtMax)}
}

// send nudges as long as there is room for it.
func (n *nudger) send(ctx context.Context, pointers []job.Pointer) {
	for _, p := range pointers {
		select {
		case n.slots <- struct{}{}:
		default:
			return
		}
		n.wait.Go(func() {
			defer func() { <-n.slots }()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), nudgeWithin)
			defer cancel()
			n.nudge(ctx, p)
		})
	}
}

// stop waits for the nudges under way, within ctx.
func (n *nudger) stop(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		n.wait.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("nudges are still under way: %w", context.Cause(ctx))
	}
}
