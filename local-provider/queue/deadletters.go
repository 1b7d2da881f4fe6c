package queue

import (
	"context"
	_ "embed" // the script
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed script/revive.lua
var reviveText string

var reviveScript = redis.NewScript(reviveText)

// ErrNoLetter is answered for an id that is not among the dead letters.
var ErrNoLetter = errors.New("no such dead letter")

// maxLetters is how many are kept; the oldest fall off.
const maxLetters = 1000

// Letter is a message that was given up.
type Letter struct {
	ID       string
	Function string
	Path     string
	Accepted time.Time
	Died     time.Time
	Tries    int
	// Size is the body's, in bytes.
	Size   int
	Reason string
}

// DeadLetters are the messages that were given up.
type DeadLetters struct {
	redis redis.UniversalClient
	keys  Keys
}

// NewDeadLetters returns those of a Redis.
func NewDeadLetters(client redis.UniversalClient, keys Keys) *DeadLetters {
	return &DeadLetters{redis: client, keys: keys}
}

// List returns them, oldest first.
func (d *DeadLetters) List(ctx context.Context) ([]Letter, error) {
	ids, err := d.redis.ZRange(ctx, d.keys.dead(), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("list the dead letters: %w", err)
	}
	letters := make([]Letter, 0, len(ids))
	for _, id := range ids {
		fields, err := d.redis.HGetAll(ctx, d.keys.message(id)).Result()
		if err != nil {
			return nil, fmt.Errorf("list the dead letters: %w", err)
		}
		letters = append(letters, letter(id, fields))
	}
	return letters, nil
}

// letter shows as much of a message as can be read.
func letter(id string, fields map[string]string) Letter {
	var request Request
	_ = json.Unmarshal([]byte(fields["request"]), &request) // its reason says that it is unreadable
	tries, _ := strconv.Atoi(fields["tries"])
	died, _ := strconv.ParseInt(fields["died"], 10, 64)
	return Letter{
		ID: id, Function: request.Function, Path: request.Path, Accepted: request.Accepted, Died: time.UnixMilli(died),
		Tries: tries, Size: len(request.Body), Reason: fields["reason"],
	}
}

// Replay puts a message back into the queue, with all its tries. ErrNoLetter when it is not among the dead letters.
func (d *DeadLetters) Replay(ctx context.Context, id string) error { return d.take(ctx, id, "replay") }

// Drop forgets a message. ErrNoLetter when it is not among the dead letters.
func (d *DeadLetters) Drop(ctx context.Context, id string) error { return d.take(ctx, id, "drop") }

func (d *DeadLetters) take(ctx context.Context, id, what string) error {
	n, err := reviveScript.Run(ctx, d.redis, []string{d.keys.message(id), d.keys.dead(), d.keys.wake()},
		id, d.keys.readies(), what).Int()
	if err != nil {
		return fmt.Errorf("%s dead letter %s: %w", what, id, err)
	}
	if n == 0 {
		return fmt.Errorf("%w: %s", ErrNoLetter, id)
	}
	return nil
}
