package jobtest

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrDead is what a process that has died gets from everything.
var ErrDead = errors.New("jobtest: the process has died")

// Death says where a process dies: before or after a point, counted from 1. The zero value is never.
type Death struct {
	Point int
	After bool
}

// Life is a process that may die at any call of Redis or of the outside world: from then on it reaches nothing. It is a
// hook of a Redis client (add it with AddHook), and outside calls go through Call.
type Life struct {
	At func(point int) // called at each point, before it; nil for none

	death Death
	mu    sync.Mutex
	dead  bool
	names []string
}

// NewLife begins one.
func NewLife(death Death) *Life { return &Life{death: death} }

// Hold is for how long its claims and leases are to hold: one that is to die must not cling to life, and one that lives keeps what it
// has on a busy machine, too.
func (l *Life) Hold() time.Duration {
	if l.death == (Death{}) {
		return time.Minute
	}
	return 100 * time.Millisecond
}

// Call is one point: an outside call.
func (l *Life) Call(_ context.Context, name string, do func()) error {
	return l.point(name, func() error { do(); return nil })
}

// Dead reports whether it has died.
func (l *Life) Dead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// Points is how many points it passed.
func (l *Life) Points() int { return len(l.Passed()) }

// Passed names the points it passed.
func (l *Life) Passed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.names)
}

func (l *Life) point(name string, do func() error) error {
	l.mu.Lock()
	if l.dead {
		l.mu.Unlock()
		return ErrDead
	}
	number := len(l.names) + 1
	if l.death.Point == number && !l.death.After {
		l.dead = true
		l.mu.Unlock()
		return ErrDead
	}
	l.names = append(l.names, name)
	l.mu.Unlock()
	if l.At != nil {
		l.At(number)
	}
	err := do()
	if l.death.Point == number {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.dead = true
		return ErrDead // what happened is not known to it any more
	}
	return err
}

// DialHook lets a dead process reach no server.
func (l *Life) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if l.Dead() || next == nil {
			return nil, ErrDead
		}
		return next(ctx, network, address)
	}
}

// ProcessHook makes each command that can write a point.
func (l *Life) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		switch cmd.Name() {
		case "hello", "client", "subscribe", "ping":
			return next(ctx, cmd)
		}
		err := l.point("redis "+cmd.Name(), func() error { return next(ctx, cmd) })
		if errors.Is(err, ErrDead) {
			cmd.SetErr(err)
		}
		return err
	}
}

// ProcessPipelineHook does the same for a pipeline as a whole.
func (l *Life) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if len(cmds) > 0 && (cmds[0].Name() == "hello" || cmds[0].Name() == "client") {
			return next(ctx, cmds) // setting up a connection
		}
		err := l.point("redis pipeline", func() error { return next(ctx, cmds) })
		if errors.Is(err, ErrDead) {
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
		}
		return err
	}
}

var _ redis.Hook = (*Life)(nil)
