package intake

import (
	"context"
	"fmt"
	"time"
)

// SetState writes how a server is listened to: since when, zero for not, and what is wrong.
func (i *Intake) SetState(ctx context.Context, connected time.Time, wrong string) error {
	return i.set(ctx, "connected", millis(connected), "wrong", wrong)
}

// Heard writes down a sign of life.
func (i *Intake) Heard(ctx context.Context, at time.Time) error {
	return i.set(ctx, "heard", millis(at))
}

// Unreadable counts a line that was no event.
func (i *Intake) Unreadable(ctx context.Context) error {
	if err := i.Redis.HIncrBy(ctx, key(i.Server.Name)+"state", "unreadable", 1).Err(); err != nil {
		return fmt.Errorf("count what could not be read of %s: %w", i.Server.Name, err)
	}
	return nil
}

func (i *Intake) set(ctx context.Context, fields ...any) error {
	if err := i.Redis.HSet(ctx, key(i.Server.Name)+"state", fields...).Err(); err != nil {
		return fmt.Errorf("write the state of %s: %w", i.Server.Name, err)
	}
	return nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
