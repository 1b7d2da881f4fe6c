package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// refusalLife is how long a refusal can be asked about.
const refusalLife = 24 * time.Hour

// Refused is what somebody was refused last, for them to ask why.
type Refused struct {
	Text string    `json:"text"` // the sentence they were told
	At   time.Time `json:"at"`
	job.Why
}

// RememberRefusal keeps a principal's last refusal for a day.
func RememberRefusal(ctx context.Context, rdb redis.UniversalClient, principal string, r Refused) error {
	text, err := json.Marshal(r)
	if err == nil {
		err = rdb.Set(ctx, refusedKey(principal), text, refusalLife).Err()
	}
	if err != nil {
		return fmt.Errorf("command: remember a refusal of %s: %w", principal, err)
	}
	return nil
}

// LastRefusal is what a principal was refused last; nil when nothing was within a day.
func LastRefusal(ctx context.Context, rdb redis.UniversalClient, principal string) (*Refused, error) {
	text, err := rdb.Get(ctx, refusedKey(principal)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil // no refusal is no error
	}
	r := new(Refused)
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	if err != nil {
		return nil, fmt.Errorf("command: read the last refusal of %s: %w", principal, err)
	}
	return r, nil
}
