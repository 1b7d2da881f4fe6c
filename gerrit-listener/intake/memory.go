package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/gerrit"
)

// Cursor is the time of the newest event that was accepted; the zero time when none ever was.
func (i *Intake) Cursor(ctx context.Context) (time.Time, error) {
	ms, err := i.Redis.Get(ctx, key(i.Server.Name)+"cursor").Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("how far were the events of %s accepted: %w", i.Server.Name, err)
	}
	return time.UnixMilli(ms), nil
}

// Move moves the cursor up to a time: that from which a server is listened to for the first time, or that up to which it was
// told what had been missed.
func (i *Intake) Move(ctx context.Context, at time.Time) error {
	now := i.now()
	return i.write(ctx, millis(i.sane(at, now)), 0, now, nil, nil)
}

// Recent are the names of the events accepted lately.
type Recent map[string]bool

// Recent reads them.
func (i *Intake) Recent(ctx context.Context) (Recent, error) {
	names, err := i.Redis.ZRange(ctx, key(i.Server.Name)+"recent", 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("which events of %s were accepted lately: %w", i.Server.Name, err)
	}
	known := make(Recent, len(names))
	for _, name := range names {
		known[name] = true
	}
	return known, nil
}

// Knows reports whether an event is among them, by any of its names.
func (r Recent) Knows(told gerrit.Told) bool {
	for _, name := range told.Means {
		if r[name] {
			return true
		}
	}
	return r[told.Event.ID]
}

// Head is the commit at which a branch was seen last; empty when it never was.
func (i *Intake) Head(ctx context.Context, project, branch string) (string, error) {
	head, err := i.Redis.HGet(ctx, key(i.Server.Name)+"heads", gerrit.BranchName(project, branch)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("where was %s of %s: %w", branch, project, err)
	}
	return head, nil
}
