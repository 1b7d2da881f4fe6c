package inbox

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// beats is how often a claim is renewed while it holds.
	beats = 4
	// renewMost is how many claims one script renews.
	renewMost = 500
)

// keeper keeps the claims that are in hand, all at one beat. While none is, it does nothing.
type keeper struct {
	box  *Inbox
	hold time.Duration
	log  *slog.Logger
	ends <-chan struct{} // from then on nothing is kept

	mu    sync.Mutex
	kept  map[*Claim]time.Time // since when each holds at least
	beats bool
}

// keep keeps a claim, which holds since a time, until drop. One that is lost is told so.
func (k *keeper) keep(c *Claim, since time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = make(map[*Claim]time.Time)
	}
	k.kept[c] = since
	if !k.beats {
		k.beats = true
		go k.beat()
	}
}

func (k *keeper) drop(c *Claim) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, c)
}

// beat renews what is in hand until nothing is.
func (k *keeper) beat() {
	ticker := time.NewTicker(k.hold / beats)
	defer ticker.Stop()
	for {
		select {
		case <-k.ends:
			return
		case <-ticker.C:
		}
		if !k.once() {
			return
		}
	}
}

// once renews what is in hand. It reports whether anything is.
func (k *keeper) once() bool {
	list := k.list()
	for some := range slices.Chunk(list, renewMost) {
		k.renew(some)
	}
	return len(list) > 0
}

// list is what is in hand; when that is nothing the beat ends.
func (k *keeper) list() []*Claim {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.beats = len(k.kept) > 0
	return slices.Collect(maps.Keys(k.kept))
}

// renew renews some claims. One that could not be kept for as long as it holds counts as lost: another worker may have taken
// the delivery up by then.
func (k *keeper) renew(list []*Claim) {
	ctx, cancel := context.WithTimeout(context.Background(), k.hold)
	defer cancel()
	asked := time.Now()
	held, err := k.box.renew(ctx, list, k.hold)
	if err != nil {
		k.log.Warn("keep claims", "inbox", k.box.function, "claims", len(list), "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, c := range list {
		since, inHand := k.kept[c]
		switch {
		case !inHand:
		case err != nil && time.Since(since) < k.hold:
		case err != nil, errors.Is(held[i], ErrLost), errors.Is(held[i], errGone):
			c.lost()
		default:
			k.kept[c] = asked
		}
	}
}
