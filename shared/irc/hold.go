package irc

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed hold.lua
	holdText   string
	holdScript = redis.NewScript(holdText)
)

// Hold takes a network in hand for a while, or keeps it there; false says that another process has it. me names the process.
// Two of them on one network would both answer.
func (s *State) Hold(ctx context.Context, me string, hold time.Duration) (bool, error) {
	mine, err := holdScript.Run(ctx, s.rdb, []string{holderKey(s.network)}, me, hold.Milliseconds()).Bool()
	if err != nil {
		return false, fmt.Errorf("irc %s: take it in hand: %w", s.network, err)
	}
	return mine, nil
}

// LetGo lets the next process take it in hand at once.
func (s *State) LetGo(ctx context.Context, me string) error {
	_, err := s.Hold(ctx, me, 0)
	return err
}

// Up reports whether a process is connected: it said so, and still has the network in hand. One that was killed says nothing
// of its end, but lets go within seconds.
func (s *State) Up(ctx context.Context) (bool, error) {
	pipe := s.rdb.Pipeline()
	connected, held := pipe.HExists(ctx, StateKey(s.network), fieldConnected), pipe.Exists(ctx, holderKey(s.network))
	if err := s.exec(ctx, "is it connected", pipe); err != nil {
		return false, err
	}
	return connected.Val() && held.Val() > 0, nil
}
