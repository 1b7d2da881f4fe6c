package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Pulse is something that differs whenever a job is accepted, ends, or one of so many unfinished ones, the newest, changes
// visibly: whoever shows them looks at it before they read them anew.
func (s *Store) Pulse(ctx context.Context, most int64) (string, error) {
	pipe := s.rdb.Pipeline()
	newest := pipe.ZRevRangeWithScores(ctx, finishedKey, 0, 0)
	finished := pipe.ZCard(ctx, finishedKey)
	open := pipe.ZRevRange(ctx, openKey, 0, most-1)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", fmt.Errorf("job: look whether jobs changed: %w", err)
	}
	versions, err := s.versions(ctx, open.Val())
	if err != nil {
		return "", err
	}
	return fmt.Sprint(newest.Val(), finished.Val(), versions), nil
}

// PulseOf is the like for one job, what is told about it, and the jobs that it started. open reports that it is not finished.
func (s *Store) PulseOf(ctx context.Context, id string) (pulse string, open bool, err error) {
	pipe := s.rdb.Pipeline()
	told := pipe.XRevRangeN(ctx, storyKey(id), "+", "-", 1)
	children := pipe.SMembers(ctx, childrenKey(id))
	retries := pipe.LLen(ctx, retriesKey(id))
	unfinished := pipe.ZMScore(ctx, openKey, id)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", false, fmt.Errorf("job %s: look whether it changed: %w", id, err)
	}
	ids := children.Val()
	slices.Sort(ids)
	versions, err := s.versions(ctx, append([]string{id}, ids[:min(len(ids), page)]...))
	if err != nil {
		return "", false, err
	}
	open = len(unfinished.Val()) == 1 && unfinished.Val()[0] != 0
	return fmt.Sprint(told.Val(), len(ids), retries.Val(), versions), open, nil
}

// versions is how jobs stand, in short.
func (s *Store) versions(ctx context.Context, ids []string) (string, error) {
	if len(ids) == 0 {
		return "", nil
	}
	pipe := s.rdb.Pipeline()
	list := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		list[i] = pipe.HMGet(ctx, jobKey(id), "id", "version", "state", "behind", "cancel_signal")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return "", fmt.Errorf("job: look whether %d jobs changed: %w", len(ids), err)
	}
	var b strings.Builder
	for _, v := range list {
		fmt.Fprint(&b, v.Val())
	}
	return b.String(), nil
}
