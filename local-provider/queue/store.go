package queue

import (
	"context"
	_ "embed" // the scripts
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed script/put.lua
var putText string

//go:embed script/next.lua
var nextText string

//go:embed script/promote.lua
var promoteText string

//go:embed script/recover.lua
var recoverText string

//go:embed script/unclaim.lua
var unclaimText string

// scripts are loaded by Redis once and called by their hash afterwards.
var (
	putScript     = redis.NewScript(putText)
	nextScript    = redis.NewScript(nextText)
	promoteScript = redis.NewScript(promoteText)
	recoverScript = redis.NewScript(recoverText)
	unclaimScript = redis.NewScript(unclaimText)
)

// ErrFull is answered when a lane holds as many messages as it may.
var ErrFull = errors.New("too many messages wait for this function")

// maxReady bounds the messages that wait in one lane.
const maxReady = 100_000

// maxPromoted bounds how many delayed messages one script makes ready.
const maxPromoted = 200

// store is the queue as it is in Redis. One script, one transition.
type store struct {
	redis  redis.UniversalClient
	keys   Keys
	worker string
}

// verdict is what became of a delivery.
type verdict struct {
	// kind is done, retry, dead or again.
	kind string
	// at is when to retry.
	at     time.Time
	reason string
}

func (s *store) put(ctx context.Context, m *Message, claim bool) error {
	request, err := json.Marshal(m.Request)
	if err != nil {
		return fmt.Errorf("queue a message: %w", err)
	}
	n, err := putScript.Run(ctx, s.redis,
		[]string{s.keys.message(m.ID), s.keys.ready(m.Lane), s.keys.lanes(), s.keys.running(s.worker)},
		m.ID, m.Lane, request, flag(claim), maxReady).Int()
	if err != nil {
		return fmt.Errorf("queue a message: %w", err)
	}
	if n == 0 {
		return ErrFull
	}
	return nil
}

// next records the verdict on m, if m is not nil, and claims the lane's next message, if claim says so and there is one.
func (s *store) next(ctx context.Context, lane string, m *Message, v verdict, claim bool) (*Message, error) {
	id := ""
	if m != nil {
		id = m.ID
	}
	values, err := nextScript.Run(ctx, s.redis,
		[]string{s.keys.message(id), s.keys.ready(lane), s.keys.running(s.worker), s.keys.delayed(), s.keys.dead()},
		id, lane, v.kind, v.at.UnixMilli(), v.reason, flag(claim), s.keys.messages(), maxLetters).StringSlice()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask the queue for the next message: %w", err)
	}
	return claimed(lane, values), nil
}

// claimed reads a message; one that cannot be read is Broken, and becomes a dead letter.
func claimed(lane string, values []string) *Message {
	const fields = 4
	if len(values) != fields {
		return &Message{Lane: lane, Broken: fmt.Errorf("the queue answered with %d fields", len(values))}
	}
	m := &Message{ID: values[0], Lane: lane, Repeated: values[3] != ""}
	tries, err := strconv.Atoi(values[2])
	m.Tries = tries
	m.Broken = errors.Join(err, json.Unmarshal([]byte(values[1]), &m.Request))
	return m
}

// promote makes due messages ready; it returns their lanes and the time of the next one, zero when there is none.
func (s *store) promote(ctx context.Context) ([]string, time.Time, error) {
	values, err := promoteScript.Run(ctx, s.redis, []string{s.keys.delayed()},
		time.Now().UnixMilli(), s.keys.messages(), s.keys.readies(), maxPromoted).StringSlice()
	if err == nil && len(values) == 0 {
		err = errors.New("the script answered nothing")
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for delayed messages: %w", err)
	}
	if values[0] == "" {
		return values[1:], time.Time{}, nil
	}
	due, err := strconv.ParseFloat(values[0], 64)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for delayed messages: %w", err)
	}
	return values[1:], time.UnixMilli(int64(due)), nil
}

// recover gives back what a worker had in hand.
func (s *store) recover(ctx context.Context, worker string) ([]string, error) {
	lanes, err := recoverScript.Run(ctx, s.redis, []string{s.keys.running(worker), s.keys.workers()},
		worker, s.keys.readies()).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("take over the messages of worker %s: %w", worker, err)
	}
	return lanes, nil
}

// claims are the ids of what this worker has in hand, as Redis knows it.
func (s *store) claims(ctx context.Context) ([]string, error) {
	ids, err := s.redis.HKeys(ctx, s.keys.running(s.worker)).Result()
	if err != nil {
		return nil, fmt.Errorf("list what is claimed: %w", err)
	}
	return ids, nil
}

// unclaim makes messages ready again that this worker claimed.
func (s *store) unclaim(ctx context.Context, ids []string) error {
	args := []any{s.keys.readies()}
	for _, id := range ids {
		args = append(args, id)
	}
	if err := unclaimScript.Run(ctx, s.redis, []string{s.keys.running(s.worker)}, args...).Err(); err != nil {
		return fmt.Errorf("give back what was claimed: %w", err)
	}
	return nil
}

// beat is this worker's sign of life; it returns the workers that gave none since the given time.
func (s *store) beat(ctx context.Context, since time.Time) ([]string, error) {
	pipe := s.redis.Pipeline()
	pipe.ZAdd(ctx, s.keys.workers(), redis.Z{Score: float64(time.Now().UnixMilli()), Member: s.worker})
	silent := pipe.ZRangeByScore(ctx, s.keys.workers(),
		&redis.ZRangeBy{Min: "-inf", Max: strconv.FormatInt(since.UnixMilli(), 10)})
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("give a sign of life: %w", err)
	}
	return silent.Val(), nil
}

// lanes returns all lanes that ever had a message.
func (s *store) lanes(ctx context.Context) ([]string, error) {
	lanes, err := s.redis.SMembers(ctx, s.keys.lanes()).Result()
	if err != nil {
		return nil, fmt.Errorf("list the lanes: %w", err)
	}
	return lanes, nil
}

// wait returns a lane into which somebody else put a message, or "" after the given time or the end of ctx. A blocking
// command does not hear of the end of ctx, and is left behind then; what it may still take off the list is only a hint.
func (s *store) wait(ctx context.Context, limit time.Duration) (string, error) {
	type woken struct {
		lane string
		err  error
	}
	answer := make(chan woken, 1)
	go func() {
		lane, err := s.pop(context.WithoutCancel(ctx), limit)
		answer <- woken{lane, err}
	}()
	select {
	case w := <-answer:
		return w.lane, w.err
	case <-ctx.Done():
		return "", nil
	}
}

func (s *store) pop(ctx context.Context, limit time.Duration) (string, error) {
	const valueAt = 1
	values, err := s.redis.BLPop(ctx, limit, s.keys.wake()).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err == nil && len(values) <= valueAt {
		err = errors.New("the list holds nothing")
	}
	if err != nil {
		return "", fmt.Errorf("wait for messages: %w", err)
	}
	return values[valueAt], nil
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
