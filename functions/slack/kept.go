package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/slack"
)

// forgotten is for how long after a change nothing is kept: an answer that was on its way then may be the old one. It is
// longer than an answer of Slack may take.
const forgotten = 15 * time.Second

// kept gives what Slack said before, or asks. Those who want the same at the same time ask once; each waits no longer than
// its own context.
func kept[T any](ctx context.Context, p *people, key string, life time.Duration, ask func(context.Context) (T, error)) (T, error) {
	value, found, err := slack.Recall[T](ctx, p.rdb, key)
	if err != nil || found {
		return value, err
	}
	// Whoever asks for all of them goes on when only its own request ends.
	flight := p.flights.DoChan(key, func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		value, found, err := slack.Recall[T](ctx, p.rdb, key) // somebody may have asked since
		if err != nil || found {
			return value, err
		}
		if value, err = ask(ctx); err != nil {
			return value, err
		}
		if err := slack.Remember(ctx, p.rdb, key, value, life); err != nil { // a Redis that is full must not keep people from stopping jobs
			p.log.WarnContext(ctx, "what Slack said is not kept, and is asked for again", "error", err)
		}
		return value, nil
	})
	select {
	case result := <-flight:
		value, _ = result.Val.(T)
		return value, result.Err
	case <-ctx.Done():
		return value, fmt.Errorf("slack: wait for %s: %w", key, context.Cause(ctx))
	}
}

// forget puts nothing in the place of what is kept, so that an answer that is on its way is not kept either.
func forget(ctx context.Context, rdb redis.UniversalClient, key string) error {
	err := rdb.Set(ctx, key, "", forgotten).Err()
	if redis.HasErrorPrefix(err, "OOM") { // a full Redis keeps no answer that is on its way either
		err = rdb.Del(ctx, key).Err()
	}
	if err != nil {
		return fmt.Errorf("slack: forget %s: %w", key, err)
	}
	return nil
}
