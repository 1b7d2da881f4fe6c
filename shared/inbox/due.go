package inbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// DueFunctions lists the functions whose inbox has something that is due now, sorted. It works also when Redis is full.
func DueFunctions(ctx context.Context, rdb redis.UniversalClient) ([]string, error) {
	return dueFunctions(ctx, rdb, 0)
}

func dueFunctions(ctx context.Context, rdb redis.UniversalClient, now int64) ([]string, error) {
	list, err := dueScript.Run(ctx, rdb, []string{boxesKey}, now).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("inbox: look for what is due: %w", err)
	}
	slices.Sort(list)
	return list, nil
}
