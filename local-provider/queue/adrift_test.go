package queue_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/queue"
)

// deaf loses an answer of Redis to a script, when it is told to: what it did is done.
type deaf struct{ to atomic.Pointer[redis.Script] }

func (*deaf) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (d *deaf) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		script := d.to.Load()
		if script == nil || cmd.Name() != "evalsha" || cmd.Args()[1] != script.Hash() || err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if d.to.CompareAndSwap(script, nil) {
			err = errors.New("the answer is lost")
			cmd.SetErr(err)
		}
		return err
	}
}

func (*deaf) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// deafStage is a queue that delivered one message, and the hook that loses its answers.
func deafStage(t *testing.T, client *redis.Client, keys queue.Keys) (*stage, *deaf) {
	t.Helper()
	own := redis.NewClient(client.Options())
	t.Cleanup(func() { _ = own.Close() })
	d := &deaf{}
	own.AddHook(d)
	s := newStage(t, own, queue.Options{Keys: keys, InFlight: 1})
	s.put(t, "f", "first")
	s.next(t).reply(200)
	eventually(t, "the first message is gone", func() bool { return messages(t, client, keys) == 0 })
	return s, d
}

// sweeps sweeps twice, so far apart that what is claimed and in nobody's hand is put back.
func (s *stage) sweeps(t *testing.T) {
	t.Helper()
	for _, at := range []time.Time{time.Now(), time.Now().Add(queue.Adrift + time.Second)} {
		if err := s.PutBack(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAClaimThatNobodyHeardOf: a message whose claim was answered in vain is delivered without a restart, and what is in hand
// is not delivered twice.
func TestAClaimThatNobodyHeardOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s, d := deafStage(t, client, keys)
		s.put(t, "f", "in hand")
		held := s.next(t)
		s.put(t, "f", "claimed in vain")
		s.put(t, "f", "claimed then")
		d.to.Store(queue.NextScript) // the claim of the next one, with the verdict on this one
		held.reply(200)
		last := s.next(t)
		if last.body != "claimed then" {
			t.Fatalf("delivered %q", last.body)
		}
		s.sweeps(t)
		last.reply(200)
		c := s.next(t)
		if c.body != "claimed in vain" {
			t.Fatalf("delivered %q", c.body)
		}
		c.reply(200)
		eventually(t, "all messages are gone", func() bool { return messages(t, client, keys) == 0 })
		s.silent(t)
	})
}

// TestAPutThatNobodyHeardOf: what the caller takes for not queued is delivered soon if it was, not at the next restart.
func TestAPutThatNobodyHeardOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s, d := deafStage(t, client, keys)
		d.to.Store(queue.PutScript)
		if err := s.Put(t.Context(), queue.Request{Function: "f", Path: "/p", Body: []byte("doubtful")}); err == nil {
			t.Fatal("the answer was heard")
		}
		s.sweeps(t)
		c := s.next(t)
		if c.body != "doubtful" {
			t.Errorf("delivered %q", c.body)
		}
		c.reply(200)
	})
}
