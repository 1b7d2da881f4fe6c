package schedule

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// namesKey is a set: the schedules of the configuration that was read last.
const namesKey = job.Prefix + "schedules"

// Settle notes which schedules there are. One that is there no longer has nothing due any more, and begins anew should it be
// put back: what it would have done meanwhile was not missed. Its pause and its last success are kept.
func (s *Set) Settle(ctx context.Context, rdb redis.UniversalClient) error {
	known, err := rdb.SMembers(ctx, namesKey).Result()
	if err != nil {
		return fmt.Errorf("schedule: which there were: %w", err)
	}
	was := make(map[string]bool, len(known))
	for _, name := range known {
		was[name] = true
		if s.Find(name) != nil {
			continue
		}
		if err := leave(ctx, rdb, name); err != nil {
			return err
		}
	}
	for _, one := range s.list {
		if was[one.Name] {
			continue
		}
		if err := rdb.SAdd(ctx, namesKey, one.Name).Err(); err != nil {
			return fmt.Errorf("schedule %s: note that it is there: %w", one.Name, err)
		}
	}
	return nil
}

// leave has a schedule that is no longer there begin anew. It is forgotten only when that is written.
func leave(ctx context.Context, rdb redis.UniversalClient, name string) error {
	states, err := Load(ctx, rdb, &Schedule{Name: name})
	if err != nil {
		return err
	}
	if st := &states[0]; st.text != "" {
		st.Cron, st.Due = "", nil
		if err := Save(ctx, rdb, name, st); err != nil {
			return err
		}
	}
	if err := rdb.SRem(ctx, namesKey, name).Err(); err != nil {
		return fmt.Errorf("schedule %s: note that it is gone: %w", name, err)
	}
	return nil
}
