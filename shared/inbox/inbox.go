package inbox

import (
	"cmp"
	"encoding/json"
	"errors"
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
	// maxLane bounds the name of a lane, in bytes.
	maxLane = 256
	// maxTrace bounds the trace to which a delivery belongs, in bytes: W3C's traceparent has 55.
	maxTrace = 64
	// maxLed bounds what a delivery led to, in bytes.
	maxLed = 200
	// mostKept is the most that Options.KeepBodies may be.
	mostKept = 10_000
	// LargestBody is the most that Options.MaxBody may be, in bytes: what GitHub sends at most (docs.github.com, "Webhook
	// events and payloads": 25 MB), and what we wrap around it.
	LargestBody = 26 << 20
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
	Kind     string          // the function's own word: "event", "slash", "action"; one line of at most 64 bytes
	Lane     string          // those of one lane are handled one after the other, as they were put; empty for none; at most 256 bytes
	Body     []byte          // as it came
	Received time.Time       // by Redis' clock; Put sets it
	Attempts int             // how often it was taken up before; 0 the first time
	Note     json.RawMessage // what has been done of it so far, see Claim.Note; nil for nothing
}

// Options of an Inbox. The zero value is right for Slack.
//
// Redis holds at most MaxBytes of bodies that wait, as many of dead ones, and KeepBodies of KeepBodyBytes of finished ones, each of which
// takes some 300 bytes besides.
// What a [Worker] holds is bounded by its own options.
type Options struct {
	KeepDone   time.Duration    // how long what is done is known; 0 is one hour
	MaxBody    int              // bytes of one body; 0 is 256,000; at most LargestBody
	MaxPending int              // deliveries that wait; 0 is 10,000
	MaxBytes   int              // bytes of all bodies that wait; 0 is 64 MiB, or four times MaxBody if that is more
	GiveUp     time.Duration    // how long a failing delivery is tried; 0 is 24 hours
	KeepDead   time.Duration    // how long what was given up is kept; 0 is 30 days
	MaxDead    int              // how many of those; 0 is 1,000; the oldest fall off
	Now        func() time.Time // tests only; nil is Redis' own clock

	KeepBodies    int // how many of what was done last stay readable, see Find and Recent; 0 is none, at most 10,000
	KeepBodyBytes int // the largest body among those, in bytes; of a larger one only the rest stays; 0 is 64,000, below 0 is none
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
	o.KeepBodyBytes = cmp.Or(o.KeepBodyBytes, 64_000)
	o.MaxBody = min(o.MaxBody, LargestBody)
	o.KeepBodies = min(max(o.KeepBodies, 0), mostKept)
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

// millis is the time for a script: 0 leaves it to Redis.
func millis(now func() time.Time) int64 {
	if now == nil {
		return 0
	}
	return now().UnixMilli()
}
