package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// putMost is how many deliveries one script takes in: Redis does nothing else meanwhile.
	putMost = 200
	// putBytes bounds their bodies together, in bytes; a larger one goes alone.
	putBytes = 1 << 20
)

// Verdict is what became of a delivery that was put in.
type Verdict int

// The verdicts.
const (
	// New was not known; it is due now, or when those of its lane that came before it are over.
	New Verdict = iota + 1
	// Pending is known and unfinished. It is due now, unless a worker has it in hand or others of its lane come first.
	Pending
	// Done is known and has been dealt with; nothing more happens.
	Done
)

// String is the verdict as a word, for logs.
func (v Verdict) String() string {
	switch v {
	case New:
		return "new"
	case Pending:
		return "pending"
	case Done:
		return "done"
	}
	return "unknown"
}

// Put takes a delivery in, in one round trip. Its ID, Kind, Lane and Body count. means are further names under which it is
// known, at most eight of 256 bytes: one event may be sent twice with two ids. A delivery that is known under any of its
// names is not taken in again; the first name that is known decides, the id before the others.
//
// When it has returned without an error, the delivery outlives every process of ours. It gives ErrFull and ErrTooLarge.
func (b *Inbox) Put(ctx context.Context, d Delivery, means []string) (Verdict, error) {
	verdicts, errs, err := b.PutAll(ctx, []Delivery{d}, [][]string{means})
	if err != nil {
		return 0, err
	}
	return verdicts[0], errs[0]
}

// PutAll takes deliveries in, in their order, in one round trip for each 200 or megabyte of them; means are each one's
// further names, or nil for none. Otherwise it is [Inbox.Put]. Each delivery has its own error; after the first for which
// there was no room (ErrFull) all have that one, so that whoever puts them in again later keeps their order. err is that
// Redis could not be asked; what was not taken in by then has it as its error too.
func (b *Inbox) PutAll(ctx context.Context, list []Delivery, means [][]string) (verdicts []Verdict, errs []error, err error) {
	verdicts, errs = make([]Verdict, len(list)), make([]error, len(list))
	batch, within := parcel{}, traceOf(ctx)
	for i, d := range list {
		var also []string
		if i < len(means) {
			also = means[i]
		}
		if e := b.check(d, also); e != nil {
			errs[i] = fmt.Errorf("inbox %s: put %.100q: %w", b.function, d.ID, e)
			continue
		}
		if batch.bytes+len(d.Body) > putBytes || len(batch.places) == putMost {
			err = b.send(ctx, &batch, verdicts, errs, err)
		}
		batch.add(i, d, also, within)
	}
	err = b.send(ctx, &batch, verdicts, errs, err)
	return verdicts, errs, err
}

// parcel is what goes to Redis in one script.
type parcel struct {
	places []int // in the list
	bytes  int
	args   []any
	ids    []string
	full   error // from a parcel before
}

func (p *parcel) add(place int, d Delivery, means []string, within string) {
	p.places, p.ids, p.bytes = append(p.places, place), append(p.ids, d.ID), p.bytes+len(d.Body)
	h := head{kind: d.Kind, trace: within, lane: d.Lane, names: append([]string{d.ID}, means...)}
	p.args = append(p.args, len(h.names), d.Lane, h.text(), d.Body)
	for _, name := range h.names {
		p.args = append(p.args, name)
	}
}

// send puts a parcel in and empties it. After an error of an earlier parcel it takes nothing in.
func (b *Inbox) send(ctx context.Context, p *parcel, verdicts []Verdict, errs []error, before error) error {
	defer func() { *p = parcel{full: p.full} }()
	if len(p.places) == 0 {
		return before
	}
	none := before
	if none == nil {
		none = p.full
	}
	if none != nil {
		for _, i := range p.places {
			errs[i] = none
		}
		return before
	}
	words, err := b.takeIn(ctx, p)
	switch {
	case redis.HasErrorPrefix(err, "OOM"):
		p.full = fmt.Errorf("%w: Redis is full: %w", ErrFull, err)
	case err == nil && len(words) != len(p.places):
		err = fmt.Errorf("inbox %s: put answered %d words for %d deliveries", b.function, len(words), len(p.places))
	case err != nil:
		err = fmt.Errorf("inbox %s: put %s: %w", b.function, p.ids[0], err)
	}
	for k, i := range p.places {
		switch {
		case p.full != nil:
			errs[i] = p.full
		case err != nil:
			errs[i] = err
		default:
			verdicts[i], errs[i] = b.verdict(words[k])
			if errs[i] != nil {
				p.full = errs[i]
			}
		}
	}
	if p.full != nil {
		return nil
	}
	return err
}

// takeIn puts a parcel in. What comes alone is looked at by a script of its own first: that is quicker when it is new.
func (b *Inbox) takeIn(ctx context.Context, p *parcel) ([]string, error) {
	args := append([]any{b.function, b.opts.KeepDone.Milliseconds(), b.opts.MaxPending, b.opts.MaxBytes}, p.args...)
	if len(p.places) == 1 {
		word, err := b.run(ctx, takeScript, args...).Text()
		if !errors.Is(err, redis.Nil) {
			return []string{word}, err
		}
	}
	return b.run(ctx, putScript, args...).StringSlice()
}

func (b *Inbox) verdict(word string) (Verdict, error) {
	switch word {
	case "new":
		return New, nil
	case "pending":
		return Pending, nil
	case "done":
		return Done, nil
	}
	return 0, fmt.Errorf("%w for %s", ErrFull, b.function)
}

func (b *Inbox) check(d Delivery, means []string) error {
	if len(d.Body) > b.opts.MaxBody {
		return fmt.Errorf("%w: %d bytes, of %d", ErrTooLarge, len(d.Body), b.opts.MaxBody)
	}
	if len(d.Kind) > maxKind || len(d.Lane) > maxLane || len(means) > maxMeans {
		return fmt.Errorf("a kind of %d bytes and a lane of %d with %d further names; there may be %d, %d and %d",
			len(d.Kind), len(d.Lane), len(means), maxKind, maxLane, maxMeans)
	}
	if strings.Contains(d.Kind, "\n") {
		return errors.New("a kind of two lines")
	}
	if err := checkName(d.ID); err != nil {
		return err
	}
	for _, name := range means {
		if err := checkName(name); err != nil {
			return err
		}
	}
	return nil
}

// traceOf is the trace to which what is put in belongs.
func traceOf(ctx context.Context) string {
	if within := trace.Carry(ctx); len(within) <= maxTrace {
		return within
	}
	return ""
}

func checkName(name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("a name of %d bytes; it may have 1 to %d", len(name), maxName)
	}
	return nil
}
