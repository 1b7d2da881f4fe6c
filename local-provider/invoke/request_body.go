package invoke

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// readLimiter is the context key of a function that sets, or with the zero time lifts, the time until which the
// request's body must have come.
type readLimiter struct{}

// withReadLimit lets read_timeout apply to the body of a request from outside.
func withReadLimit(ctx context.Context, limit func(time.Time) error) context.Context {
	return context.WithValue(ctx, readLimiter{}, limit)
}

func readLimit(ctx context.Context) func(time.Time) error {
	limit, _ := ctx.Value(readLimiter{}).(func(time.Time) error)
	return limit
}

// replayable is a request's body that survives a failed connecting: the transport closes it, yet nothing was read.
type replayable struct {
	io.ReadCloser

	limit   func(time.Time) error
	touched atomic.Bool
	// late is set when the caller did not send all of the body in time.
	late atomic.Bool
}

// begin starts the time for reading; a connection that knows no deadline goes without.
func (b *replayable) begin(limit time.Duration) {
	if b.limit != nil && limit > 0 {
		_ = b.limit(time.Now().Add(limit))
	}
}

// end lifts the limit: left in place it would cut a long answer short, because the server reads on to notice a caller
// who hangs up.
func (b *replayable) end() {
	if b.limit != nil {
		_ = b.limit(time.Time{})
	}
}

func (b *replayable) Read(p []byte) (int, error) {
	b.touched.Store(true)
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.late.Store(errors.Is(err, os.ErrDeadlineExceeded))
		b.end()
	}
	return n, err
}

// Close leaves the closing to the server, which owns the body.
func (b *replayable) Close() error { return nil }
