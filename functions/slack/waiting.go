package main

import (
	"context"
	"sync"
	"time"
)

// waiting are requests that wait for what becomes of the delivery that they brought: a modal stays open until then.
type waiting struct {
	mu    *sync.Mutex
	calls map[string]chan []byte // by delivery
}

func newWaiting() waiting {
	return waiting{mu: new(sync.Mutex), calls: make(map[string]chan []byte)}
}

// expect begins to wait. The function that it returns waits on, for at most limit, and gives the body to answer with: nil
// for an empty one, also when nobody knows yet.
func (w waiting) expect(id string) (wait func(ctx context.Context, limit time.Duration) []byte) {
	call := make(chan []byte, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[id] = call
	return func(ctx context.Context, limit time.Duration) []byte {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		select {
		case body := <-call:
			return body
		case <-timer.C:
		case <-ctx.Done():
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.calls[id] == call {
			delete(w.calls, id)
		}
		select {
		case body := <-call: // it came just then, and whoever gave it was told that it was taken
			return body
		default:
			return nil
		}
	}
}

// answer gives a waiting request its body. It reports whether one waited: else what the body says must be said otherwise.
func (w waiting) answer(id string, body []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	call, waits := w.calls[id]
	if !waits {
		return false
	}
	delete(w.calls, id)
	call <- body
	return true
}
