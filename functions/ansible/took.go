package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	keptRuns = 9                   // whose lengths are remembered
	keptFor  = 90 * 24 * time.Hour // after which they say nothing any more
)

// tookKey is a list: how long the last good runs of the same playbook on the same hosts took, in milliseconds, the newest first.
func tookKey(w *wish) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		w.playbook.name, w.inventory, strconv.FormatBool(w.check), w.limit, w.tags, w.skipTags, strconv.Itoa(w.forks),
	}, "\x00")))
	return job.Prefix + "ansible:took:" + hex.EncodeToString(sum[:12])
}

// usual is how long such a run takes, the median of the last ones; 0 when nobody knows.
func (c *capability) usual(ctx context.Context, w *wish) time.Duration {
	texts, err := c.redis.LRange(ctx, tookKey(w), 0, keptRuns-1).Result()
	if err != nil || len(texts) == 0 {
		return 0 // a run goes without an estimate
	}
	var all []int64
	for _, text := range texts {
		if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 0 {
			all = append(all, ms)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return time.Duration(all[len(all)/2]) * time.Millisecond
}

// learn remembers how long a run took that went well.
func (c *capability) learn(ctx context.Context, w *wish, took time.Duration) {
	key := tookKey(w)
	_, err := c.redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.LPush(ctx, key, max(1, took.Milliseconds()))
		pipe.LTrim(ctx, key, 0, keptRuns-1)
		pipe.PExpire(ctx, key, keptFor)
		return nil
	})
	if err != nil {
		c.log.WarnContext(ctx, "remember how long a run took", "error", err)
	}
}
