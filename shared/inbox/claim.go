package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// maxNote bounds a note, in bytes.
	maxNote = 256_000
	// claimMost is how many deliveries one look takes up, and claimBytes how many bytes of them: Redis does nothing else
	// meanwhile. One that is larger is taken up alone.
	claimMost  = 200
	claimBytes = 4 << 20
)

// Claim is a delivery in the hands of a handler. It ends when the handler returns.
type Claim struct {
	Delivery

	box    *Inbox
	number string
	head   string   // as it is kept
	names  []string // the id first
	trace  string   // to which it belongs
	led    string   // what it led to
	fence  int64
	now    time.Time   // when it was taken up, by Redis' clock
	since  time.Time   // from when on it was tried
	lapses int         // how many workers in a row died with it in hand
	taken  int         // bytes that were taken up with it
	noted  bool        // it has a note
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

// Led says what the delivery led to, for whoever lists it once it is done ([Recent]); of a longer text the first 200 bytes are
// kept, with the delivery, and only where it is kept at all. It is no note: what is to be known to a retry is noted.
func (c *Claim) Led(to string) {
	c.led = strings.ToValidUTF8(to[:min(len(to), maxLed)], "")
}

func (c *Claim) lost() {
	if c.lose != nil {
		c.lose(ErrLost)
	}
}

// claim takes up deliveries that are due, at most so many and so many bytes of them but for the first, and says in how long
// the next one is; below 0 when none is there. Should it fail between taking them up and reading them, they are taken up
// again when these claims have lapsed.
func (b *Inbox) claim(ctx context.Context, most, bytes int, hold time.Duration) ([]*Claim, time.Duration, error) {
	answer, err := b.run(ctx, claimScript, min(most, claimMost), hold.Milliseconds(), min(bytes, claimBytes)).Slice()
	if err != nil {
		return nil, 0, fmt.Errorf("inbox %s: claim: %w", b.function, err)
	}
	if len(answer) != 5 {
		return nil, 0, fmt.Errorf("inbox %s: claim answered %d values", b.function, len(answer))
	}
	numbers, _ := answer[2].([]any)
	hands, _ := answer[3].([]any)
	heads, _ := answer[4].([]any)
	if len(hands) != len(numbers) || len(heads) != len(numbers) {
		return nil, 0, fmt.Errorf("inbox %s: claim answered %d hands and %d heads of %d", b.function, len(hands), len(heads), len(numbers))
	}
	claims := make([]*Claim, len(numbers))
	for i := range numbers {
		if claims[i], err = b.decode(number(answer[0]), word(numbers, i), word(hands, i), word(heads, i)); err != nil {
			return nil, 0, fmt.Errorf("inbox %s: claim: %w", b.function, err)
		}
	}
	if claims, err = b.fetch(ctx, claims); err != nil {
		return nil, 0, err
	}
	return claims, time.Duration(number(answer[1])) * time.Millisecond, nil
}

// decode reads a claim.
func (b *Inbox) decode(now int64, n, handText, headText string) (*Claim, error) {
	size, received, err := readNumber(n)
	it, wrong := readHand(handText)
	h, alsoWrong := readHead(headText)
	if err := errors.Join(err, wrong, alsoWrong); err != nil {
		return nil, err
	}
	return &Claim{
		Delivery: Delivery{ID: h.names[0], Kind: h.kind, Lane: h.lane, Received: received, Attempts: it.attempts - 1},
		box:      b, number: n, head: headText, names: h.names, trace: h.trace, fence: it.fence, now: time.UnixMilli(now), since: it.since, lapses: it.lapses,
		taken: size + it.noted, noted: it.noted > 0,
	}, nil
}

// fetch reads the bodies and notes of claims. They do not go through the script: to a text that is only passed on that does the
// same work four times. One that is no longer there was dealt with by whoever took it up when its claim had lapsed; it is left out.
func (b *Inbox) fetch(ctx context.Context, claims []*Claim) ([]*Claim, error) {
	if len(claims) == 0 {
		return nil, nil
	}
	begins := boxKey(b.function)
	keys := make([]string, len(claims), 2*len(claims))
	for i, c := range claims {
		keys[i] = begins + "body:" + c.number
	}
	for _, c := range claims {
		if c.noted {
			keys = append(keys, begins+"note:"+c.number)
		}
	}
	texts, err := b.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, fmt.Errorf("inbox %s: read %d claims: %w", b.function, len(claims), err)
	}
	there, notes := claims[:0], texts[len(claims):]
	for i, c := range claims {
		note := ""
		if c.noted {
			note, notes = word(notes, 0), notes[1:]
		}
		body, is := texts[i].(string)
		if !is {
			continue
		}
		c.Body = []byte(body)
		if note != "" {
			c.Delivery.Note = json.RawMessage(note)
		}
		there = append(there, c)
	}
	return there, nil
}

// renew keeps claims. It says of each whether it still holds: ErrLost, errGone or nil.
func (b *Inbox) renew(ctx context.Context, claims []*Claim, hold time.Duration) ([]error, error) {
	args := make([]any, 0, 1+2*len(claims))
	args = append(args, hold.Milliseconds())
	for _, c := range claims {
		args = append(args, c.number, c.fence)
	}
	words, err := b.run(ctx, renewScript, args...).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("inbox %s: renew %d claims: %w", b.function, len(claims), err)
	}
	if len(words) != len(claims) {
		return nil, fmt.Errorf("inbox %s: renew answered %d words for %d claims", b.function, len(words), len(claims))
	}
	held := make([]error, len(words))
	for i, word := range words {
		held[i] = holds(word)
	}
	return held, nil
}

// bury gives a delivery up. It returns how many older dead ones fell off the list, and whether the next of its lane is due.
func (b *Inbox) bury(ctx context.Context, c *Claim, why string) (dropped int64, more bool, err error) {
	answer, err := b.run(ctx, buryScript, c.number, c.fence, why,
		b.opts.KeepDead.Milliseconds(), b.opts.MaxDead, b.opts.MaxBytes).Slice()
	if err != nil {
		return 0, false, fmt.Errorf("inbox %s: bury %s: %w", b.function, c.ID, err)
	}
	word, _ := answer[0].(string)
	if err := holds(word); err != nil {
		return 0, false, err
	}
	return number(answer[1]), number(answer[2]) == 1, nil
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}
