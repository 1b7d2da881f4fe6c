package job

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// statesLook is how many unfinished jobs States looks at.
const statesLook = 20_000

// uncounted is the state under which States counts those that it did not look at.
const uncounted State = "uncounted"

// States counts unfinished jobs by their state. Of more than 20,000 the newest are looked at; the others are "uncounted".
func (s *Store) States(ctx context.Context) (map[State]int64, error) {
	counts := make(map[State]int64)
	for from := int64(0); ; from += pageOfStates {
		ids, err := s.rdb.ZRevRange(ctx, openKey, from, from+pageOfStates-1).Result()
		if err != nil {
			return nil, fmt.Errorf("job: list states: %w", err)
		}
		if err := s.countStates(ctx, ids, counts); err != nil {
			return nil, err
		}
		if len(ids) < pageOfStates {
			return counts, nil
		}
		if from+pageOfStates >= statesLook {
			break
		}
	}
	all, err := s.rdb.ZCard(ctx, openKey).Result()
	if err != nil {
		return nil, fmt.Errorf("job: count: %w", err)
	}
	counts[uncounted] = max(all-statesLook, 0)
	return counts, nil
}

// pageOfStates is how many jobs' states are read in one round trip.
const pageOfStates = 1000

func (s *Store) countStates(ctx context.Context, ids []string, counts map[State]int64) error {
	cmds, err := s.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, id := range ids {
			pipe.HMGet(ctx, jobKey(id), "state") // HGet would make an error of one that is gone
		}
		return nil
	})
	if err != nil && len(ids) > 0 {
		return fmt.Errorf("job: read the states of %d jobs: %w", len(ids), err)
	}
	for _, cmd := range cmds {
		if state, ok := cmd.(*redis.SliceCmd).Val()[0].(string); ok {
			counts[State(state)]++
		}
	}
	return nil
}

// lateMost is how many jobs that nobody has are looked at for the one that is late most.
const lateMost = 1000

// Lags says for how long the job has been due that nobody takes for longest, and for how long the oldest one with something to
// show waits for notify to look at it.
func (s *Store) Lags(ctx context.Context) (due, shown time.Duration, err error) {
	now, err := s.Now(ctx)
	if err != nil {
		return 0, 0, err
	}
	untaken, err := s.Untaken(ctx, lateMost)
	if err != nil {
		return 0, 0, err
	}
	for _, u := range untaken {
		due = max(due, now.Sub(u.Since))
	}
	first, err := s.rdb.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
		Key: notifyKey, Start: "-inf", Stop: strconv.FormatInt(now.UnixMilli(), 10), ByScore: true, Count: 1,
	}).Result()
	if err != nil {
		return 0, 0, fmt.Errorf("job: read the lags: %w", err)
	}
	if len(first) > 0 {
		shown = max(now.Sub(time.UnixMilli(int64(first[0].Score))), 0)
	}
	return due, shown, nil
}
