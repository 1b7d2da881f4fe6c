package courier

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// window is for how long all jobs of an address may pass once one has: they share its turn instead of taking one each.
	window = 50 * time.Millisecond
	// mostGates bounds what is remembered of open windows.
	mostGates = 1000
)

// paceKey is there while an address was updated so recently that the next update waits. Waiting updates coalesce: the
// latest state of the job wins.
func paceKey(address string) string { return job.Prefix + "pace:" + address }

// gates are the windows that this process opened. The zero value has none.
type gates struct {
	mu   sync.Mutex
	open map[string]time.Time // until when, by address
}

// pass says how long an update must wait for its address' pace, 0 for not at all. First and last words never wait.
func (g *gates) pass(ctx context.Context, rdb redis.UniversalClient, address string, pace time.Duration, view door.View, shown job.Shown) (time.Duration, error) {
	if pace <= 0 || shown.Version == 0 || view.Job.State.Final() || g.isOpen(address) {
		return 0, nil
	}
	key := paceKey(address)
	mine, err := rdb.SetNX(ctx, key, "1", pace).Result()
	if err != nil {
		return 0, fmt.Errorf("take the turn of %s: %w", address, err)
	}
	if mine {
		g.opened(address)
		return 0, nil
	}
	left, err := rdb.PTTL(ctx, key).Result()
	if err != nil {
		return 0, fmt.Errorf("wait for the turn of %s: %w", address, err)
	}
	return min(max(left, atOnceAgain), pace), nil
}

func (g *gates) isOpen(address string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Now().Before(g.open[address])
}

func (g *gates) opened(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil || len(g.open) >= mostGates {
		g.open = make(map[string]time.Time)
	}
	g.open[address] = time.Now().Add(window)
}
