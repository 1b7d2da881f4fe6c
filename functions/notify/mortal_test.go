package main

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/redis/go-redis/v9"
)

var errDead = errors.New("the process is dead")

// mortal is a hook of a Redis client that dies at a command: before Redis has it, or after Redis did it. Dead, it does
// nothing any more, as a process does that was killed there.
type mortal struct {
	mu    sync.Mutex
	left  int  // commands until death; below 0 it lives on
	after bool // Redis did the last command, and nobody heard the answer
	dead  bool
}

// dies counts a command. before says that Redis must not get it, after that its answer must not be heard.
func (m *mortal) dies() (before, after bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return true, true
	}
	if m.left--; m.left != -1 {
		return false, false
	}
	m.dead = true
	return !m.after, true
}

func (*mortal) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		return next(ctx, network, address)
	}
}

func (m *mortal) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		before, after := m.dies()
		if before {
			cmd.SetErr(errDead)
			return errDead
		}
		err := next(ctx, cmd)
		if after {
			cmd.SetErr(errDead)
			return errDead
		}
		return err
	}
}

func (m *mortal) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		before, after := m.dies()
		if before {
			return errDead
		}
		if err := next(ctx, cmds); err != nil || !after {
			return err
		}
		return errDead
	}
}
