package function

import (
	"context"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/shared/process"
)

// Trace is what is on disk about a replica, so that a later provider finds it.
type Trace struct {
	process.Ref

	Function string `json:"function"`
	Instance string `json:"instance"`
	Revision string `json:"revision"`
	// Address is where the process listens, host:port.
	Address string `json:"address"`
}

// replica is one running process of a function.
type replica struct {
	Trace

	files  files
	exited <-chan struct{}
	began  time.Time
	// busy counts the requests in flight; drained is told when it falls to zero.
	busy    atomic.Int64
	drained chan struct{}
}

// files are what a replica leaves on disk while it runs.
type files struct{ record, pipe string }

func (f files) remove() {
	for _, path := range []string{f.record, f.pipe} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			slog.Warn("cannot remove what a function's process left", "path", path, "error", err)
		}
	}
}

func newReplica(t Trace, f files, exited <-chan struct{}) *replica {
	return &replica{Trace: t, files: f, exited: exited, began: time.Now(), drained: make(chan struct{}, 1)}
}

func (r *replica) release() {
	if r.busy.Add(-1) == 0 {
		select {
		case r.drained <- struct{}{}:
		default:
		}
	}
}

// retire lets the requests in flight finish, for at most the write timeout, and then stops the process, for which it
// has the write timeout once more. The caller has seen to it that no request is given to the replica any more.
func (r *replica) retire(ctx context.Context, write time.Duration) {
	if write <= 0 {
		write = defaultTimeout
	}
	patience := time.NewTimer(write)
	defer patience.Stop()
	for r.busy.Load() > 0 {
		select {
		case <-r.drained:
			continue
		case <-patience.C:
		case <-ctx.Done():
		}
		break
	}
	// A stop must happen even when whoever asked for it has gone; it is bounded by the write timeout.
	if err := r.Stop(context.WithoutCancel(ctx), graceOf(ctx, write)); err != nil {
		slog.Error("cannot stop a function's process", "function", r.Function, "instance", r.Instance, "error", err)
		return
	}
	<-r.exited
	r.files.remove()
}

// graceOf is short when the provider itself is in a hurry to end.
func graceOf(ctx context.Context, write time.Duration) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	if deadline, ok := ctx.Deadline(); ok {
		return min(write, time.Until(deadline))
	}
	return write
}
