package job

import (
	"context"
	"fmt"
	"time"
)

const (
	// nudgeAgain is how long a nudge is given before the same job is handed out again.
	nudgeAgain = 10 * time.Second
	sweepBatch = 200
)

// Due hands out unfinished jobs that somebody must look at now, and hides each from other callers for ten seconds.
func (s *Store) Due(ctx context.Context, limit int) ([]Pointer, error) {
	flat, err := s.run(ctx, dueScript, limit, nudgeAgain.Milliseconds()).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("job: due: %w", err)
	}
	return pointers(flat), nil
}

// Wake lets a waiting job go on before its time; any other job stays as it is.
func (s *Store) Wake(ctx context.Context, id string) ([]Pointer, error) {
	flat, err := s.run(ctx, wakeScript, id).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("job %s: wake: %w", id, err)
	}
	return pointers(flat), nil
}

// Sweep forgets finished jobs that ended longer than keepFor ago, and the oldest beyond keepAtMost. The audit stays.
func (s *Store) Sweep(ctx context.Context, keepFor time.Duration, keepAtMost int) (int, error) {
	total := 0
	for {
		n, err := s.run(ctx, sweepScript, keepFor.Milliseconds(), keepAtMost, sweepBatch).Int()
		if err != nil {
			return total, fmt.Errorf("job: sweep: %w", err)
		}
		total += n
		if n < sweepBatch {
			return total, nil
		}
	}
}

// Standing counts jobs: unfinished, due, and with something to show.
type Standing struct{ Open, Due, Unshown, Finished int64 }

// Standing reads the counts in one round trip.
func (s *Store) Standing(ctx context.Context) (Standing, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return Standing{}, err
	}
	pipe := s.rdb.Pipeline()
	open, finished := pipe.ZCard(ctx, openKey), pipe.ZCard(ctx, finishedKey)
	due := pipe.ZCount(ctx, dueKey, "-inf", fmt.Sprint(now.UnixMilli()))
	unshown := pipe.ZCard(ctx, notifyKey)
	if _, err := pipe.Exec(ctx); err != nil {
		return Standing{}, fmt.Errorf("job: count: %w", err)
	}
	return Standing{Open: open.Val(), Due: due.Val(), Unshown: unshown.Val(), Finished: finished.Val()}, nil
}
