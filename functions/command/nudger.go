package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/wait"
)

const (
	nudgeWithin = 5 * time.Second
	nudgesAtMax = 64 // under way at a time; what is not nudged now, the clock finds
)

// nudger tells functions in the background that a job is due. Nobody waits for it, and nothing fails with it.
type nudger struct {
	nudge func(context.Context, ...job.Pointer)
	slots chan struct{}
	tasks sync.WaitGroup
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
		n.tasks.Go(func() {
			defer func() { <-n.slots }()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), nudgeWithin)
			defer cancel()
			n.nudge(ctx, p)
		})
	}
}

// stop waits for the nudges under way, within ctx.
func (n *nudger) stop(ctx context.Context) error {
	if err := wait.For(ctx, &n.tasks); err != nil {
		return fmt.Errorf("nudges are still under way: %w", err)
	}
	return nil
}
