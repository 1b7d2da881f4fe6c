package queue

import (
	"context"
	"time"
)

// Adrift is how long a message may be claimed without being in hand.
const Adrift = adrift

// PutBack is what a sweep does at a time with what was claimed and never reached this worker.
func (q *Queue) PutBack(ctx context.Context, now time.Time) error { return q.putBack(ctx, now) }

// The scripts by which a message is accepted and claimed.
var (
	PutScript  = putScript
	NextScript = nextScript
)
