package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrUnknown says that no delivery is known by a name, any more or at all.
var ErrUnknown = errors.New("inbox: no such delivery is known")

// State is how far a delivery has come.
type State string

// The states.
const (
	StatePending State = "pending" // unfinished
	StateDone    State = "done"    // dealt with
	StateDead    State = "dead"    // given up
)

// Standing is how a delivery stands.
type Standing struct {
	State State
	At    time.Time // when it was done or given up, or from when on it is due; zero when it waits behind others of its lane
	Why   string    // why it was given up
	Led   string    // what it led to, of what is done
	Kept  bool      // whether its body is still there
	Bytes int       // how large its body is, or was; 0 where nothing but its names is known
}

// Find looks a delivery up by its id or any further name, in one round trip. What is done can be read while it is among
// the last Options.KeepBodies; after that, and while its names are known, the delivery is nil and the state done. A name
// that is not known gives ErrUnknown.
func (b *Inbox) Find(ctx context.Context, name string) (*Delivery, Standing, error) {
	answer, err := b.run(ctx, findScript, name).Slice()
	if err != nil {
		return nil, Standing{}, fmt.Errorf("inbox %s: find %.100q: %w", b.function, name, err)
	}
	switch len(answer) {
	case 0:
		return nil, Standing{}, fmt.Errorf("%w: %.100q in %s", ErrUnknown, name, b.function)
	case 1:
		return nil, Standing{State: StateDone}, nil
	}
	d, s, err := found(answer)
	if err != nil {
		return nil, Standing{}, fmt.Errorf("inbox %s: find %.100q: %w", b.function, name, err)
	}
	return d, s, nil
}

// found reads an answer of find.lua.
func found(answer []any) (*Delivery, Standing, error) {
	size, received, err := readNumber(word(answer, 3))
	it, wrong := readHand(word(answer, 4))
	h, alsoWrong := readHead(word(answer, 5))
	if err := errors.Join(err, wrong, alsoWrong); err != nil {
		return nil, Standing{}, err
	}
	d := &Delivery{ID: h.names[0], Kind: h.kind, Lane: h.lane, Body: []byte(word(answer, 6)), Received: received, Attempts: it.attempts}
	if note := word(answer, 8); note != "" {
		d.Note = json.RawMessage(note)
	}
	s := Standing{State: State(word(answer, 0)), Why: word(answer, 2), Led: h.led, Kept: number(answer[7]) == 1, Bytes: size}
	if at := number(answer[1]); at > 0 {
		s.At = time.UnixMilli(at)
	}
	return d, s, nil
}

// word is one of an answer's; empty when it is none.
func word(answer []any, i int) string {
	s, _ := answer[i].(string)
	return s
}
