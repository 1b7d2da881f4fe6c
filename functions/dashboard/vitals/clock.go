package vitals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Ticked is when the clock ticked last; zero when it never did.
func Ticked(ctx context.Context, rdb redis.UniversalClient) (time.Time, error) {
	text, err := rdb.Get(ctx, job.ClockKey).Bytes()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	var memo struct {
		Ticked time.Time `json:"ticked"`
	}
	if err == nil {
		err = json.Unmarshal(text, &memo)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when the clock ticked: %w", err)
	}
	return memo.Ticked, nil
}
