package outbox

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// remembered is how long it is known what a person has seen: longer than notify keeps an outbox, so that nothing old is
// ever offered as new.
const remembered = 30 * 24 * time.Hour

//go:embed seen.lua
var seenText string

var seenScript = redis.NewScript(seenText)

// Gap is a part of an outbox that was not seen: what comes after From, up to and with To.
type Gap struct{ From, To string }

// State is what a person has seen.
type State struct {
	Cursor string // everything up to it, gaps excepted
	Gaps   []Gap
}

// Seen remembers what people have seen. Its methods may be called from many goroutines.
type Seen struct{ rdb redis.UniversalClient }

// NewSeen makes one.
func NewSeen(rdb redis.UniversalClient) *Seen { return &Seen{rdb: rdb} }

// Arrive begins the only session of an address: what it missed becomes a gap.
func (s *Seen) Arrive(ctx context.Context, address string) (State, error) {
	return s.run(ctx, address, "arrive", "", "")
}

// Look reads what was seen.
func (s *Seen) Look(ctx context.Context, address string) (State, error) {
	return s.run(ctx, address, "look", "", "")
}

// Shown moves the cursor: a session that began at an earlier cursor has shown everything up to id.
func (s *Seen) Shown(ctx context.Context, address, id string) error {
	_, err := s.run(ctx, address, "shown", id, "")
	return err
}

// Fill makes a gap smaller: everything in it up to id was seen or dropped.
func (s *Seen) Fill(ctx context.Context, address string, gap Gap, id string) error {
	_, err := s.run(ctx, address, "filled", gap.To, id)
	return err
}

func (s *Seen) run(ctx context.Context, address, act, a, b string) (State, error) {
	keys := []string{seenKey(address), job.OutboxKey(address)}
	flat, err := seenScript.Run(ctx, s.rdb, keys, act, a, b, int(remembered.Seconds())).StringSlice()
	if err != nil {
		return State{}, fmt.Errorf("outbox %s: %s: %w", address, act, err)
	}
	if len(flat)%2 != 1 {
		return State{}, errors.New("outbox: the script answered an even number of ids")
	}
	state := State{Cursor: flat[0]}
	for i := 1; i < len(flat); i += 2 {
		state.Gaps = append(state.Gaps, Gap{From: flat[i], To: flat[i+1]})
	}
	return state, nil
}
