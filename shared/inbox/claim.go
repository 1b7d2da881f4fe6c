package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const (
	// maxNote bounds a note, in bytes.
	maxNote = 256_000
	// claimBytes bounds the bodies that one look takes up together, in bytes; a larger one is taken up alone.
	claimBytes = 4 << 20
)

// Claim is a delivery in the hands of a handler. It ends when the handler returns.
type Claim struct {
	Delivery

	box    *Inbox
	number int64
	fence  int64
	now    time.Time   // when it was taken up, by Redis' clock
	since  time.Time   // from when on it was tried
	lapses int         // how many workers in a row died with it in hand
	lose   func(error) // ends the handler's context
}

// Note saves what has been done of the delivery as JSON, at most 256,000 bytes, so that a retry, also by another process,
// does not do it again. It replaces the earlier note. It gives ErrLost when another worker has the delivery; the handler's
// context has then ended, and it must do nothing more.
func (c *Claim) Note(ctx context.Context, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("inbox: note on %s: %w", c.ID, err)
	}
	if len(text) > maxNote {
		return fmt.Errorf("inbox: note on %s: %d bytes; it may have %d", c.ID, len(text), maxNote)
	}
	err = c.box.ask(ctx, noteScript, c, text)
	if errors.Is(err, ErrLost) || errors.Is(err, errGone) {
		c.lost()
		return ErrLost
	}
	if err != nil {
		return err
	}
	c.Delivery.Note = text
	return nil
}

// Noted reads the note into v. It reports whether there was one; v stays as it is otherwise.
func (c *Claim) Noted(v any) (bool, error) {
	if c.Delivery.Note == nil {
		return false, nil
	}
	if err := json.Unmarshal(c.Delivery.Note, v); err != nil {
		return false, fmt.Errorf("inbox: read the note on %s: %w", c.ID, err)
	}
	return true, nil
}

func (c *Claim) lost() {
	if c.lose != nil {
		c.lose(ErrLost)
	}
}

// claim takes up deliveries that are due, and says in how long the next one is; below 0 when none is there.
func (b *Inbox) claim(ctx context.Context, most int, hold time.Duration) ([]*Claim, time.Duration, error) {
	answer, err := b.run(ctx, claimScript, most, hold.Milliseconds(), claimBytes).Slice()
	if err != nil {
		return nil, 0, fmt.Errorf("inbox %s: claim: %w", b.function, err)
	}
	if len(answer) != 3 {
		return nil, 0, fmt.Errorf("inbox %s: claim answered %d values", b.function, len(answer))
	}
	list, _ := answer[2].([]any)
	claims := make([]*Claim, len(list))
	for i, value := range list {
		fields, _ := value.([]any)
		claims[i] = b.decode(number(answer[0]), fields)
	}
	return claims, time.Duration(number(answer[1])) * time.Millisecond, nil
}

func (b *Inbox) decode(now int64, f []any) *Claim {
	text := func(i int) string { s, _ := f[i].(string); return s }
	c := &Claim{
		Delivery: Delivery{
			ID: text(2), Kind: text(3), Body: []byte(text(4)), Received: time.UnixMilli(number(f[5])), Attempts: int(number(f[7])),
		},
		box: b, number: number(f[0]), fence: number(f[1]),
		now: time.UnixMilli(now), since: time.UnixMilli(number(f[6])), lapses: int(number(f[8])),
	}
	if note := text(9); note != "" {
		c.Delivery.Note = json.RawMessage(note)
	}
	return c
}

// renew keeps a claim.
func (b *Inbox) renew(ctx context.Context, c *Claim, hold time.Duration) error {
	return b.ask(ctx, renewScript, c, hold.Milliseconds())
}

// done remembers that a delivery has been dealt with.
func (b *Inbox) done(ctx context.Context, c *Claim) error {
	return b.ask(ctx, doneScript, c, b.opts.KeepDone.Milliseconds())
}

// again gives a claim back.
func (b *Inbox) again(ctx context.Context, c *Claim, wait time.Duration) error {
	return b.ask(ctx, againScript, c, wait.Milliseconds())
}

// bury gives a delivery up. It returns how many older dead ones fell off the list.
func (b *Inbox) bury(ctx context.Context, c *Claim, why string) (int64, error) {
	answer, err := b.run(ctx, buryScript, c.number, c.fence, why,
		b.opts.KeepDead.Milliseconds(), b.opts.MaxDead, b.opts.MaxBytes).Slice()
	if err != nil {
		return 0, fmt.Errorf("inbox %s: bury %s: %w", b.function, c.ID, err)
	}
	word, _ := answer[0].(string)
	if err := held(word); err != nil {
		return 0, err
	}
	return number(answer[1]), nil
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}
