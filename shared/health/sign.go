package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	signEvery = 30 * time.Second
	// signLife is how long a sign is believed: two may be lost.
	signLife = 100 * time.Second
)

func signKey(name string) string { return job.Prefix + "alive:" + name }

// Sign is a sign of life of a process that nobody asks. Of several with one name it is that of any.
type Sign struct {
	Since time.Time `json:"since"` // it runs
	At    time.Time `json:"at"`    // the sign was given
}

// Live gives signs of life under a name, twice a minute, until ctx ends. What is left then is believed for 100 seconds at most.
func Live(ctx context.Context, rdb redis.UniversalClient, name string, log *slog.Logger) {
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for since := time.Now(); ; {
		if err := live(ctx, rdb, name, Sign{since, time.Now()}); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "give a sign of life", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func live(ctx context.Context, rdb redis.UniversalClient, name string, s Sign) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("health: sign of %s: %w", name, err)
	}
	ctx, done := context.WithTimeout(ctx, limit)
	defer done()
	if err := rdb.Set(ctx, signKey(name), text, signLife).Err(); err != nil {
		return fmt.Errorf("health: sign of %s: %w", name, err)
	}
	return nil
}

// LastSign is the last sign of life under a name; zero when there is none, or it is too old.
func LastSign(ctx context.Context, rdb redis.UniversalClient, name string) (s Sign, err error) {
	text, err := rdb.Get(ctx, signKey(name)).Bytes()
	if errors.Is(err, redis.Nil) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return Sign{}, fmt.Errorf("health: sign of %s: %w", name, err)
	}
	return s, nil
}
