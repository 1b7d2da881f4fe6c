// Package wait waits for what runs in the background.
package wait

import (
	"context"
	"sync"
)

// For waits until all tasks of a group are over. When ctx ends before that, it gives ctx' cause.
func For(ctx context.Context, tasks *sync.WaitGroup) error {
	over := make(chan struct{})
	go func() { tasks.Wait(); close(over) }()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
