package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Recall reads what Slack said before and is kept under a key; false when nothing is.
func Recall[T any](ctx context.Context, rdb redis.UniversalClient, key string) (value T, found bool, err error) {
	text, err := rdb.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) || err == nil && len(text) == 0 {
		return value, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		return value, false, fmt.Errorf("slack: read %s: %w", key, err)
	}
	return value, true, nil
}

// Remember keeps something, unless it has been forgotten just now, for which there is nothing under its key.
func Remember(ctx context.Context, rdb redis.UniversalClient, key string, what any, life time.Duration) error {
	text, err := json.Marshal(what)
	if err == nil {
		err = rdb.SetNX(ctx, key, text, life).Err()
	}
	if err != nil {
		return fmt.Errorf("slack: keep %s: %w", key, err)
	}
	return nil
}
