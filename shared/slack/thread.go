package slack

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// RememberThread makes words in a thread mean a job, for as long as keep (the configuration's jobs.keep_for). root says
// that the thread's root is the job's own message: then it always means that job, whatever else is shown in it. Otherwise
// it means the job that was remembered last. A place without a thread is an error.
func RememberThread(ctx context.Context, rdb redis.UniversalClient, place Place, job string, root bool, keep time.Duration) error {
	return nil
}

// ThreadJob is the job that words in a thread mean; empty when it means none.
func ThreadJob(ctx context.Context, rdb redis.UniversalClient, place Place) (string, error) {
	return "", nil
}
