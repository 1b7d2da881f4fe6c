package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// What a Store answers when it cannot do what was asked.
var (
	ErrNotFound        = errors.New("job: no such job")
	ErrFinished        = errors.New("job: it has already finished")
	ErrReplayed        = errors.New("job: message was seen before")
	ErrNotConfirming   = errors.New("job: it does not wait for a sign-off")
	ErrOwnWord         = errors.New("job: the requester's own word does not count")
	ErrOnlyOwnWord     = errors.New("job: only the requester's own word counts")
	ErrAlreadyApproved = errors.New("job: already approved by the same person")
	ErrParent          = errors.New("job: the job that asks for it is over, or is to stop")
	ErrEvicts          = errors.New("job: this Redis may evict keys; set maxmemory-policy to noeviction")
)

// Options of a Store. The zero value is right for production.
type Options struct {
	Now func() time.Time // tests only; nil is Redis' own clock, the one clock that all workers share
}

// Store keeps jobs in Redis. Its methods may be called from many goroutines.
type Store struct {
	rdb redis.UniversalClient
	now func() time.Time
}

// Pointer names a job and the function that a nudge about it must reach.
type Pointer struct{ ID, Function string }

// Open checks that Redis answers and will not evict keys.
func Open(ctx context.Context, rdb redis.UniversalClient, opts Options) (*Store, error) {
	info, err := rdb.Info(ctx, "memory").Result()
	if err != nil {
		// An embedded Redis may not know the section; whether it answers at all is what must be known.
		if pingErr := rdb.Ping(ctx).Err(); pingErr != nil {
			return nil, fmt.Errorf("job: reach Redis: %w", pingErr)
		}
	}
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(strings.TrimSpace(line), "maxmemory_policy:"); ok && policy != "noeviction" {
			return nil, fmt.Errorf("%w (it is %s)", ErrEvicts, policy)
		}
	}
	return &Store{rdb: rdb, now: opts.Now}, nil
}

// millis is the time for a script: 0 leaves it to Redis.
func (s *Store) millis() int64 {
	if s.now == nil {
		return 0
	}
	return s.now().UnixMilli()
}

// Now is the time by which jobs are kept.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if s.now != nil {
		return s.now(), nil
	}
	now, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("job: ask Redis for the time: %w", err)
	}
	return now, nil
}

// Get reads a job, or gives ErrNotFound.
func (s *Store) Get(ctx context.Context, id string) (*Job, error) {
	fields, err := s.rdb.HGetAll(ctx, jobKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("job %s: read: %w", id, err)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	return decode(fields)
}

// Children lists the ids of the jobs that a job started, in no order.
func (s *Store) Children(ctx context.Context, id string) ([]string, error) {
	ids, err := s.rdb.SMembers(ctx, childrenKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("job %s: children: %w", id, err)
	}
	return ids, nil
}
