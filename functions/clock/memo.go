package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

//go:embed memo.lua
var memoText string

var memoScript = redis.NewScript(memoText)

// memo is what the clock knows from tick to tick, also over its own death. Times are of the clock that jobs are kept by.
type memo struct {
	Ticked    time.Time        `json:"ticked,omitzero"`     // the last tick
	Born      time.Time        `json:"born,omitzero"`       // when it was last told that the bot came to life
	Version   string           `json:"version,omitempty"`   // which version that was
	Checked   time.Time        `json:"checked,omitzero"`    // when it was last looked for what runs low
	Told      map[string]told  `json:"told,omitempty"`      // what was told of each condition
	Announced string           `json:"announced,omitempty"` // the day on which the audit trail's head was last told
	Head      string           `json:"head,omitempty"`      // the head that was told last
	Untaken   map[string]since `json:"untaken,omitempty"`   // due jobs that nobody had at the last look, by id
}

// recall reads the memo, and as what it was written. A memo that cannot be read counts as none.
func (c *clock) recall(ctx context.Context) (m memo, text string, err error) {
	text, err = c.rdb.Get(ctx, job.ClockKey).Result()
	if errors.Is(err, redis.Nil) {
		return memo{}, "", nil
	}
	if err != nil {
		return memo{}, "", fmt.Errorf("clock: read its memo: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		c.log.ErrorContext(ctx, "the clock's memo cannot be read; it begins a new one", "error", err)
		return memo{}, text, nil
	}
	return m, text, nil
}

// remember writes the memo, unless it is no longer as it was read: then another clock is at it, and told the same. It
// reports whether it was written.
func (c *clock) remember(ctx context.Context, before string, m memo) (bool, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("clock: its memo: %w", err)
	}
	written, err := memoScript.Run(ctx, c.rdb, []string{job.ClockKey, job.ClockKey + ":room"}, before, text).Bool()
	if err != nil {
		return false, fmt.Errorf("clock: write its memo: %w", err)
	}
	return written, nil
}
