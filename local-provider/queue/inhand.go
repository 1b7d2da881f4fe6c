package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// adrift is how long a message may be claimed for this worker without being in its hand: longer than the answer to a claim can
// be under way.
const adrift = 15 * time.Second

// inHand is what this process works on. What Redis has as claimed and is not in it was claimed by a call whose answer was lost.
type inHand struct {
	mu    sync.Mutex
	ids   map[string]bool
	since map[string]time.Time // when a message was first seen that is claimed and not in hand
}

func newInHand() *inHand {
	return &inHand{ids: make(map[string]bool), since: make(map[string]time.Time)}
}

func (h *inHand) take(m *Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids[m.ID] = true
}

func (h *inHand) drop(m *Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ids, m.ID)
}

// lost are those of the claimed messages that have been in nobody's hand for too long.
func (h *inHand) lost(claimed []string, now time.Time) (ids []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	since := make(map[string]time.Time)
	for _, id := range claimed {
		if h.ids[id] {
			continue
		}
		first, seen := h.since[id]
		switch {
		case !seen:
			since[id] = now
		case now.Sub(first) < adrift:
			since[id] = first
		default:
			ids = append(ids, id)
		}
	}
	h.since = since
	return ids
}

// putBack makes ready again what was claimed for this worker and never reached it.
func (q *Queue) putBack(ctx context.Context, now time.Time) error {
	if !q.recovered.Load() {
		return nil // what is claimed is a former life's
	}
	claimed, err := q.store.claims(ctx)
	if err != nil {
		return err
	}
	lost := q.hand.lost(claimed, now)
	if len(lost) == 0 {
		return nil
	}
	slog.Warn("Redis' answers were lost; messages that were to be delivered are delivered now", "count", len(lost))
	return q.store.unclaim(ctx, lost)
}
