package slack

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

//go:embed thread.lua
var threadText string

var threadScript = redis.NewScript(threadText)

// rootMark stands before a job's id where the thread's root is the job's own message.
const rootMark = "root "

// threadKey is a string: the job that words in a thread mean.
func threadKey(p Place) string { return job.Prefix + "slack:thread:" + p.Channel + ":" + p.Thread }

// RememberThread makes words in a thread mean a job, for as long as keep (the configuration's jobs.keep_for). root says
// that the thread's root is the job's own message: then it always means that job, whatever else is shown in it. Otherwise
// it means the job that was remembered last. A place without a thread is an error.
func RememberThread(ctx context.Context, rdb redis.UniversalClient, place Place, job string, root bool, keep time.Duration) error {
	if place.Channel == "" || place.Thread == "" {
		return errors.New("slack: remember a thread: the place has none")
	}
	own := 0
	if root {
		own = 1
	}
	if err := threadScript.Run(ctx, rdb, []string{threadKey(place)}, job, own, keep.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("slack: remember that %s means job %s: %w", place.Address(), job, err)
	}
	return nil
}

// ThreadJob is the job that words in a thread mean; empty when it means none.
func ThreadJob(ctx context.Context, rdb redis.UniversalClient, place Place) (string, error) {
	if place.Channel == "" || place.Thread == "" {
		return "", nil
	}
	known, err := rdb.Get(ctx, threadKey(place)).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("slack: which job %s means: %w", place.Address(), err)
	}
	return strings.TrimPrefix(known, rootMark), nil
}
