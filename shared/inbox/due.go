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

// Dead counts the deliveries that were given up, by function; a function without any is not in it.
func Dead(ctx context.Context, rdb redis.UniversalClient) (map[string]int64, error) {
	functions, err := rdb.SMembers(ctx, boxesKey).Result()
	if err != nil {
		return nil, fmt.Errorf("inbox: list the inboxes: %w", err)
	}
	counts := make(map[string]int64)
	if len(functions) == 0 {
		return counts, nil
	}
	pipe := rdb.Pipeline()
	for _, name := range functions {
		pipe.ZCard(ctx, deadKey(name))
	}
	found, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("inbox: count the dead: %w", err)
	}
	for i, cmd := range found {
		if n := cmd.(*redis.IntCmd).Val(); n > 0 { //nolint:forcetypeassert // it is what ZCard queued
			counts[functions[i]] = n
		}
	}
	return counts, nil
}
