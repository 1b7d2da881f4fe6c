package irc

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
)

const (
	// cursorLife is longer than an outbox is kept, so that nothing old is ever said as new.
	cursorLife = 30 * 24 * time.Hour
	// saidLife is how long it is known that a line was answered: longer than any repetition of it can come.
	saidLife = 24 * time.Hour
	// ahead is by how much an answer goes before what else waits: who asks is there and waits for it.
	ahead = time.Hour
)

var (
	//go:embed post.lua
	postText string
	//go:embed delivered.lua
	deliveredText string

	postScript      = outbox.NewScript(postText)
	deliveredScript = redis.NewScript(deliveredText)
)

// Outgoing is what waits to be said on a network. Its methods may be called from many goroutines.
type Outgoing struct {
	rdb     redis.UniversalClient
	network string
}

// NewOutgoing gives a network's. It does not call Redis.
func NewOutgoing(rdb redis.UniversalClient, network string) *Outgoing { return &Outgoing{rdb, network} }

// Post puts a text, which may have several lines, into the outbox of an address. once is of what it is the answer: the
// same is answered once. made is the job that came of it, if any: when its last word is there already, the answer says no more.
func (o *Outgoing) Post(ctx context.Context, address, text, once, made string) error {
	keys := []string{job.OutboxKey(address), waitingKey(o.network), wakeKey(o.network), saidKey(o.network, once)}
	args := outbox.Args([]any{address, made, saidLife.Milliseconds(), ahead.Milliseconds()},
		outbox.Entry{Kind: outbox.Say, Text: text, Percent: -1})
	if err := postScript.Run(ctx, o.rdb, keys, args...).Err(); err != nil {
		return fmt.Errorf("irc: say something at %s: %w", address, err)
	}
	return nil
}

// Waiting lists at most so many addresses at which something waits to be said, the most urgent first, behind the first so many.
func (o *Outgoing) Waiting(ctx context.Context, behind, most int) ([]string, error) {
	list, err := o.rdb.ZRange(ctx, waitingKey(o.network), int64(behind), int64(behind+most-1)).Result()
	if err != nil {
		return nil, fmt.Errorf("irc %s: what is to be said: %w", o.network, err)
	}
	return list, nil
}

// Next brings at most so many entries that were not delivered yet.
func (o *Outgoing) Next(ctx context.Context, address string, most int64) ([]outbox.Entry, error) {
	cursor, err := o.rdb.Get(ctx, cursorKey(address)).Result()
	if errors.Is(err, redis.Nil) {
		cursor, err = outbox.Start, nil
	}
	if err != nil {
		return nil, fmt.Errorf("irc: how far %s was told: %w", address, err)
	}
	return outbox.Read(ctx, o.rdb, address, cursor, "+", most)
}

// Delivered takes down that everything up to an entry was delivered; with an empty id, that nothing was found that could be.
func (o *Outgoing) Delivered(ctx context.Context, address, id string) error {
	keys := []string{job.OutboxKey(address), waitingKey(o.network), cursorKey(address)}
	if err := deliveredScript.Run(ctx, o.rdb, keys, address, id, cursorLife.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("irc: take down what %s was told: %w", address, err)
	}
	return nil
}

// Wait waits until something is to be said, for at most two seconds; since is what the last call returned.
func (o *Outgoing) Wait(ctx context.Context, since string) (string, error) {
	const longest = 2 * time.Second
	found, err := o.rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{wakeKey(o.network), since}, Count: 1, Block: longest}).Result()
	if errors.Is(err, redis.Nil) {
		return since, nil
	}
	if err != nil {
		return since, fmt.Errorf("irc %s: wait for something to say: %w", o.network, err)
	}
	for _, stream := range found {
		if n := len(stream.Messages); n > 0 {
			since = stream.Messages[n-1].ID
		}
	}
	return since, nil
}
