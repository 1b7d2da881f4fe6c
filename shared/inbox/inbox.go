package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits that no option changes.
const (
	// maxName bounds an id and each further name, in bytes.
	maxName = 256
	// maxKind bounds a kind, in bytes.
	maxKind = 64
	// maxMeans is how many further names a delivery may have.
	maxMeans = 8
	// LargestBody is the most that Options.MaxBody may be, in bytes: what GitHub sends at most
	// (docs.github.com, "Webhook events and payloads": 25 MB).
	LargestBody = 25 << 20
)

var (
	// ErrFull says that the inbox, or Redis, has no room; nothing was kept, and the sender should try again later.
	ErrFull = errors.New("inbox: no room")
	// ErrTooLarge says that a body is over Options.MaxBody; nothing was kept.
	ErrTooLarge = errors.New("inbox: the body is too large")
	// ErrLost says that another worker has the delivery; whoever gets it can write nothing about it any more.
	ErrLost = errors.New("inbox: the claim is lost")

	// errGone says that the delivery is there no longer: it was dealt with.
	errGone = errors.New("inbox: the delivery is no longer there")
)

// Delivery is one thing that came from outside.
type Delivery struct {
	ID       string          // the sender's: an event id, a trigger id; 1 to 256 bytes
	Kind     string          // the function's own word: "event", "slash", "action"; at most 64 bytes
	Body     []byte          // as it came
	Received time.Time       // by Redis' clock; Put sets it
	Attempts int             // how often it was taken up before; 0 the first time
	Note     json.RawMessage // what has been done of it so far, see Claim.Note; nil for nothing
}

// Options of an Inbox. The zero value is right for Slack.
//
// Redis holds at most MaxBytes of bodies that wait and as many of dead ones. A [Worker] holds up to its AtOnce bodies.
type Options struct {
	KeepDone   time.Duration    // how long what is done is known; 0 is one hour
	MaxBody    int              // bytes of one body; 0 is 256,000; at most LargestBody
	MaxPending int              // deliveries that wait; 0 is 10,000
	MaxBytes   int              // bytes of all bodies that wait; 0 is 64 MiB, or four times MaxBody if that is more
	GiveUp     time.Duration    // how long a failing delivery is tried; 0 is 24 hours
	KeepDead   time.Duration    // how long what was given up is kept; 0 is 30 days
	MaxDead    int              // how many of those; 0 is 1,000; the oldest fall off
	Now        func() time.Time // tests only; nil is Redis' own clock
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&o.KeepDone, time.Hour},
		{&o.GiveUp, 24 * time.Hour},
		{&o.KeepDead, 30 * 24 * time.Hour},
	} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	for _, n := range []struct {
		value *int
		usual int
	}{
		{&o.MaxBody, 256_000},
		{&o.MaxPending, 10_000},
		{&o.MaxDead, 1000},
	} {
		if *n.value <= 0 {
			*n.value = n.usual
		}
	}
	o.MaxBody = min(o.MaxBody, LargestBody)
	if o.MaxBytes <= 0 {
		o.MaxBytes = max(64<<20, 4*o.MaxBody)
	}
	return o
}

// Inbox is one function's. Its methods may be called from many goroutines.
type Inbox struct {
	rdb      redis.UniversalClient
	function string
	opts     Options
}

// Open gives a function's inbox. It does not call Redis.
func Open(rdb redis.UniversalClient, function string, o Options) *Inbox {
	return &Inbox{rdb: rdb, function: function, opts: o.withDefaults()}
}

// Verdict is what became of a delivery that was put in.
type Verdict int

// The verdicts.
const (
	// New was not known; it is due now.
	New Verdict = iota + 1
	// Pending is known and unfinished. It is due now, unless a worker has it in hand.
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

// Put takes a delivery in, in one round trip. Its ID, Kind and Body count. means are further names under which it is
// known, at most eight of 256 bytes: one event may be sent twice with two ids. A delivery that is known under any of its
// names is not taken in again; the first name that is known decides, the id before the others.
//
// When it has returned without an error, the delivery outlives every process of ours. It gives ErrFull and ErrTooLarge.
func (b *Inbox) Put(ctx context.Context, d Delivery, means []string) (Verdict, error) {
	if err := b.check(d, means); err != nil {
		return 0, fmt.Errorf("inbox %s: put: %w", b.function, err)
	}
	args := []any{
		b.function, d.ID, d.Kind, d.Body,
		b.opts.KeepDone.Milliseconds(), b.opts.MaxPending, b.opts.MaxBytes, d.ID,
	}
	for _, name := range means {
		args = append(args, name)
	}
	word, err := b.run(ctx, putScript, args...).Text()
	if redis.HasErrorPrefix(err, "OOM") {
		return 0, fmt.Errorf("%w: Redis is full: %w", ErrFull, err)
	}
	if err != nil {
		return 0, fmt.Errorf("inbox %s: put %s: %w", b.function, d.ID, err)
	}
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
	if len(d.Kind) > maxKind || len(means) > maxMeans {
		return fmt.Errorf("a kind of %d bytes with %d further names; there may be %d and %d", len(d.Kind), len(means), maxKind, maxMeans)
	}
	for _, name := range append([]string{d.ID}, means...) {
		if name == "" || len(name) > maxName {
			return fmt.Errorf("a name of %d bytes; it may have 1 to %d", len(name), maxName)
		}
	}
	return nil
}

// millis is the time for a script: 0 leaves it to Redis.
func millis(now func() time.Time) int64 {
	if now == nil {
		return 0
	}
	return now().UnixMilli()
}
