package job

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// mostRetries is how many retries of a job are read at a time.
const mostRetries = 100

// Retries lists the jobs that repeat each of some jobs, the oldest first, in one round trip. Of each so many of the oldest
// are left out as seen says, which are known already; at most 100 are read. A job without others is not in it.
func (s *Store) Retries(ctx context.Context, seen map[string]int) (map[string][]string, error) {
	found := make(map[string][]string)
	if len(seen) == 0 {
		return found, nil
	}
	pipe := s.rdb.Pipeline()
	cmds := make(map[string]*redis.StringSliceCmd, len(seen))
	for id, n := range seen {
		cmds[id] = pipe.LRange(ctx, retriesKey(id), int64(n), int64(n)+mostRetries-1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("job: retries of %d jobs: %w", len(seen), err)
	}
	for id, cmd := range cmds {
		if list := cmd.Val(); len(list) > 0 {
			found[id] = list
		}
	}
	return found, nil
}
