package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Run delivers what is in Redis until ctx is done, then lets what is in hand finish for at most grace.
func (q *Queue) Run(ctx context.Context, grace time.Duration) {
	q.recoverOwn(ctx)
	q.sweep(ctx)
	swept := time.Now()
	for ctx.Err() == nil {
		lane, err := q.store.wait(ctx, fallback)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			slog.Warn("the queue cannot reach Redis and tries again", "error", err)
			rest(ctx, time.Second)
		case lane != "":
			q.wake(lane)
		}
		if time.Since(swept) >= fallback {
			q.sweep(ctx)
			swept = time.Now()
		}
	}
	q.stop(grace)
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func (q *Queue) stop(grace time.Duration) {
	q.promoter.stop()
	q.mu.Lock()
	for _, l := range q.lanes {
		l.stop()
	}
	q.mu.Unlock()
	timer := time.AfterFunc(grace, q.end)
	defer timer.Stop()
	q.work.Wait()
	q.end()
}

// recoverOwn waits for Redis, because nothing can be delivered before it is there.
func (q *Queue) recoverOwn(ctx context.Context) {
	for pause := 20 * time.Millisecond; ctx.Err() == nil; pause = min(2*pause, time.Second) {
		lanes, err := q.store.recover(ctx, q.options.Worker)
		if err == nil {
			q.recovered.Store(true)
			if len(lanes) > 0 {
				slog.Info("messages that were being delivered when the provider ended are delivered again", "count", len(lanes))
			}
			return
		}
		slog.Warn("the queue waits for Redis", "error", err)
		rest(ctx, pause)
	}
}

// sweep finds what nobody told this worker of, and what it was told of in vain.
func (q *Queue) sweep(ctx context.Context) {
	silent, err := q.store.beat(ctx, time.Now().Add(-silence))
	for _, worker := range silent {
		_, recovered := q.store.recover(ctx, worker)
		err = errors.Join(err, recovered)
	}
	err = errors.Join(err, q.putBack(ctx, time.Now()))
	q.promote()
	lanes, listed := q.store.lanes(ctx)
	if err := errors.Join(err, listed); err != nil && ctx.Err() == nil {
		slog.Warn("the queue cannot look after itself", "error", err)
	}
	for _, lane := range lanes {
		q.wake(lane)
	}
}

// promote makes delayed messages ready and sets the clock for the next.
func (q *Queue) promote() {
	ctx, cancel := context.WithTimeout(q.life, fallback)
	defer cancel()
	lanes, due, err := q.store.promote(ctx)
	if err != nil {
		if q.life.Err() == nil {
			slog.Warn("delayed messages wait a little longer", "error", err)
		}
		return
	}
	for _, lane := range lanes {
		q.wake(lane)
	}
	if !due.IsZero() {
		q.promoter.at(due)
	}
}
