package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

// forgotten is for how long after a change nothing is kept: an answer that was on its way then may be the old one. It is
// longer than an answer of Slack may take.
const forgotten = 15 * time.Second

// Memory keeps what Slack said, in Redis for every process that asks the same.
type Memory struct {
	rdb     redis.UniversalClient
	log     *slog.Logger
	flights singleflight.Group
}

// NewMemory makes one.
func NewMemory(rdb redis.UniversalClient, log *slog.Logger) *Memory {
	return &Memory{rdb: rdb, log: log}
}

// Kept gives what Slack said before under a key, or asks. Those who want the same at the same time ask once; each waits no
// longer than its own context.
func Kept[T any](ctx context.Context, m *Memory, key string, life time.Duration, ask func(context.Context) (T, error)) (T, error) {
	value, found, err := recall[T](ctx, m.rdb, key)
	if err != nil || found {
		return value, err
	}
	// Whoever asks for all of them goes on when only its own request ends.
	flight := m.flights.DoChan(key, func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		value, found, err := recall[T](ctx, m.rdb, key) // somebody may have asked since
		if err != nil || found {
			return value, err
		}
		if value, err = ask(ctx); err != nil {
			return value, err
		}
		if err := m.keep(ctx, key, value, life); err != nil { // a Redis that is full must not keep people from stopping jobs
			m.log.WarnContext(ctx, "what Slack said is not kept, and is asked for again", "error", err)
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

// Forget puts nothing in the place of what is kept, so that an answer that is on its way is not kept either; who wants it from then on
// asks anew.
func (m *Memory) Forget(ctx context.Context, key string) error {
	m.flights.Forget(key)
	err := m.rdb.Set(ctx, key, "", forgotten).Err()
	if redis.HasErrorPrefix(err, "OOM") { // a full Redis keeps no answer that is on its way either
		err = m.rdb.Del(ctx, key).Err()
	}
	if err != nil {
		return fmt.Errorf("slack: forget %s: %w", key, err)
	}
	return nil
}

// recall reads what is kept under a key; false when nothing is.
func recall[T any](ctx context.Context, rdb redis.UniversalClient, key string) (value T, found bool, err error) {
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

// keep keeps something, unless it was forgotten just now.
func (m *Memory) keep(ctx context.Context, key string, what any, life time.Duration) error {
	text, err := json.Marshal(what)
	if err == nil {
		err = m.rdb.SetNX(ctx, key, text, life).Err()
	}
	if err != nil {
		return fmt.Errorf("slack: keep %s: %w", key, err)
	}
	return nil
}
