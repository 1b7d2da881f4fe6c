package vitals

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Queue is how many messages local-provider's queue has.
type Queue struct {
	Ready         []Lane
	Delayed, Dead int64
}

// Lane is how many messages wait for a function.
type Lane struct {
	Function string
	Ready    int64
}

// ReadQueue counts them. It gives nil where there is another queue, which knows better.
func ReadQueue(ctx context.Context, rdb redis.UniversalClient) (*Queue, error) {
	lanes, err := rdb.SMembers(ctx, job.QueueKey+"lanes").Result()
	if err != nil {
		return nil, fmt.Errorf("list the queue's lanes: %w", err)
	}
	if len(lanes) == 0 {
		return nil, nil // there is none
	}
	slices.Sort(lanes)
	pipe := rdb.Pipeline()
	ready := make([]*redis.IntCmd, len(lanes))
	for i, lane := range lanes {
		ready[i] = pipe.LLen(ctx, job.QueueKey+"ready:"+lane)
	}
	delayed, dead := pipe.ZCard(ctx, job.QueueKey+"delayed"), pipe.ZCard(ctx, job.QueueKey+"dead")
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("count the queue's messages: %w", err)
	}
	q := &Queue{Delayed: delayed.Val(), Dead: dead.Val()}
	for i, lane := range lanes {
		q.Ready = append(q.Ready, Lane{lane, ready[i].Val()})
	}
	return q, nil
}
