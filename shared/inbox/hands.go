package inbox

import (
	"context"
	"sync"
)

// hands are how much a worker holds at the same time: so many deliveries, and so many bytes of them, but for one delivery more,
// so that one that is larger than that is dealt with too. One goroutine takes up, many let go.
type hands struct {
	most, mostBytes int

	mu    sync.Mutex
	held  int
	bytes int
	freed chan struct{} // something was let go
}

func newHands(most, mostBytes int) *hands {
	return &hands{most: most, mostBytes: mostBytes, freed: make(chan struct{}, 1)}
}

// free waits until something can be taken up, and says how many deliveries and bytes. Once ctx has ended nothing can.
func (h *hands) free(ctx context.Context) (most, bytes int, err error) {
	for {
		if ctx.Err() != nil {
			return 0, 0, ctx.Err() // only says that the process ends
		}
		if most, bytes = h.room(); most > 0 && bytes > 0 {
			return most, bytes, nil
		}
		select {
		case <-h.freed:
		case <-ctx.Done():
		}
	}
}

func (h *hands) room() (most, bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.most - h.held, h.mostBytes - h.bytes
}

// take counts what was taken up.
func (h *hands) take(list []*Claim) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range list {
		h.held, h.bytes = h.held+1, h.bytes+c.taken
	}
}

// letGo counts a claim that has ended.
func (h *hands) letGo(c *Claim) {
	h.mu.Lock()
	h.held, h.bytes = h.held-1, h.bytes-c.taken
	h.mu.Unlock()
	select {
	case h.freed <- struct{}{}:
	default:
	}
}
