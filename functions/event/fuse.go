package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/rule"
)

// onceLife is how long it is known that a rule acted for a value of its once.
const onceLife = 400 * 24 * time.Hour

// once takes a value of a rule for an event, or says which event has it. All replays of an event have what it has.
func (d *desk) once(ctx context.Context, m *matter, rule, value string) (holder string, err error) {
	key, first := onceKey(rule, value), origin(m.event)
	if m.dry {
		holder, err = d.Redis.Get(ctx, key).Result()
		if errors.Is(err, redis.Nil) {
			return first, nil
		}
	} else {
		holder, err = onceScript.Run(ctx, d.Redis, []string{key}, first, onceLife.Milliseconds()).Text()
	}
	if err != nil {
		return "", fmt.Errorf("look whether it acted before: %w", err)
	}
	return holder, nil
}

// release gives the value of a rule's once back: for this event it did nothing. A replay keeps it, since the rule may have acted for
// what it repeats.
func (d *desk) release(ctx context.Context, m *matter, r *match) error {
	value, bound, err := r.OnceFor(r.env)
	if err != nil || !bound || m.dry || m.event.Replay != nil {
		return nil //nolint:nilerr // then nothing was taken
	}
	if err := onceScript.Run(ctx, d.Redis, []string{onceKey(r.Name, value)}, m.event.ID, 0).Err(); err != nil {
		return fmt.Errorf("forget that it acted: %w", err)
	}
	return nil
}

// fuse counts an event, and reports whether no more of them came than may.
func (d *desk) fuse(ctx context.Context, m *matter, key string, most rule.Most) (bool, error) {
	if m.dry {
		return d.wouldHold(ctx, key, most)
	}
	n, err := fuseScript.Run(ctx, d.Redis, []string{key}, m.event.ID, most.Per.Milliseconds(), most.N).Int()
	if err != nil {
		return false, fmt.Errorf("count how often it acts: %w", err)
	}
	return n == 1, nil
}

// wouldHold is what fuse would report for one event more.
func (d *desk) wouldHold(ctx context.Context, key string, most rule.Most) (bool, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return false, err
	}
	n, err := d.Redis.ZCount(ctx, key, "("+strconv.FormatInt(now.Add(-most.Per).UnixMilli(), 10), "+inf").Result()
	if err != nil {
		return false, fmt.Errorf("count how often it acted: %w", err)
	}
	return n < int64(most.N), nil
}
