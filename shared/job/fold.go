package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Fold adds up what the scripts have counted, for whoever reads it: package metrics. It works also when Redis is full.
func Fold(ctx context.Context, rdb redis.UniversalClient) error {
	if err := foldScript.lua.Run(ctx, rdb, []string{Prefix}, 0).Err(); err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("job: add up what was counted: %w", err)
	}
	return nil
}
