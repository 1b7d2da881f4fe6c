package ruling

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/chat"
)

// Tally is how often a rule acted, and when last.
type Tally struct {
	N    int64
	Last time.Time
}

// Since says it: "acted 12 times, 3 m ago".
func (t Tally) Since(now time.Time) string {
	switch t.N {
	case 0:
		return "never acted"
	case 1:
		return "acted once, " + chat.Age(now.Sub(t.Last))
	}
	return fmt.Sprintf("acted %d times, %s", t.N, chat.Age(now.Sub(t.Last)))
}

// Tallies reads all of them, by rule.
func Tallies(ctx context.Context, rdb redis.UniversalClient) (map[string]Tally, error) {
	found, err := rdb.HGetAll(ctx, TallyKey).Result()
	if err != nil {
		return nil, fmt.Errorf("read how often rules acted: %w", err)
	}
	list := make(map[string]Tally)
	for name, text := range found {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		if ms, err := strconv.ParseInt(found[name+" at"], 10, 64); err == nil {
			list[name] = Tally{N: n, Last: time.UnixMilli(ms)}
		}
	}
	return list, nil
}
