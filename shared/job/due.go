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

// Keep is what is kept of finished jobs.
type Keep struct {
	For    time.Duration // since a job ended
	AtMost int           // jobs
	Logs   int64         // bytes of all logs together, those of unfinished jobs included
}

// Sweep forgets finished jobs that ended too long ago, and the oldest of those that are too many; of those that stay it gives
// up the oldest logs while there are too many bytes of them. Notices are kept for a day, and at most a thousand of them. The
// audit stays. It says how many jobs and logs it gave up.
func (s *Store) Sweep(ctx context.Context, keep Keep) (int, error) {
	total := 0
	for {
		n, err := s.run(ctx, sweepScript, keep.For.Milliseconds(), keep.AtMost, sweepBatch,
			noticesFor.Milliseconds(), noticesMost, keep.Logs).Int()
		if err != nil {
			return total, fmt.Errorf("job: sweep: %w", err)
		}
		total += n
		if n < sweepBatch {
			return total, nil
		}
	}
}

// Standing counts jobs: unfinished, due, with something to show, and finished ones that are no notices.
type Standing struct{ Open, Due, Unshown, Finished int64 }

// Standing reads the counts.
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
