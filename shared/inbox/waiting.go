package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Waiting counts the deliveries that are unfinished: due, in hand, put off, and behind others of their lane. What was given
// up is none of them.
func (b *Inbox) Waiting(ctx context.Context) (int64, error) {
	key := boxKey(b.function)
	pipe := b.rdb.TxPipeline()
	due, behind := pipe.ZCard(ctx, key+"due"), pipe.HGet(ctx, key+"bytes", "behind")
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("inbox %s: count what waits: %w", b.function, err)
	}
	n, err := behind.Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("inbox %s: count what waits: %w", b.function, err)
	}
	return due.Val() + n, nil
}

// Unfinished counts the same for all functions that have, or had, an inbox.
func Unfinished(ctx context.Context, rdb redis.UniversalClient) (map[string]int64, error) {
	functions, err := Functions(ctx, rdb)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int64, len(functions))
	for _, name := range functions {
		if counts[name], err = Open(rdb, name, Options{}).Waiting(ctx); err != nil {
			return nil, err
		}
	}
	return counts, nil
}
