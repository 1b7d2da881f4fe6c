package queue

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

const (
	// fallback is the longest that a message from another process, or of a dead worker, stays unseen.
	fallback = 5 * time.Second
	// silence is how long a worker may give no sign of life before its messages are given to others.
	silence = 30 * time.Second
	// unknownLane is shared by all functions that do not exist, so that inventing names costs nothing.
	unknownLane = "-"
	// weakLane is everybody's in weak mode.
	weakLane = "weak"
)

// Caller calls a function, as invoke.Invoker does.
type Caller interface {
	Do(name string, request *http.Request) (*http.Response, error)
}

// Options say how the queue behaves.
type Options struct {
	// Worker names this consumer, the same after each restart: what a former life had in hand is then taken over at once.
	Worker string
	// InFlight is how many messages of one function are delivered at a time; 0 means 8.
	InFlight int
	// Tries is how often a message is delivered before it becomes a dead letter; 0 means 8.
	Tries int
	// Base is the first pause before another try, doubled each time, up to Limit; 0 means 500 ms and one minute.
	Base, Limit time.Duration
	// Exists says whether a function is deployed.
	Exists func(name string) bool
	// Weak, when not nil, makes the queue as unreliable as the Community Edition's.
	Weak *Weak
	// Keys are production's unless a test sets a prefix.
	Keys Keys
}

// Queue delivers messages. Make one with New, and let it Run.
type Queue struct {
	store    *store
	options  Options
	deliver  *delivery
	mu       sync.Mutex
	lanes    map[string]*lane
	hand     *inHand
	work     sync.WaitGroup
	life     context.Context //nolint:containedctx // the queue's own: deliveries outlive the request that caused them
	end      context.CancelFunc
	promoter *promoter
	// recovered is set when a former life's messages were given back. Before that nothing is claimed: it could not be
	// told from what the former life had in hand.
	recovered atomic.Bool
}

// New returns a queue on a Redis.
func New(client redis.UniversalClient, caller Caller, o Options) *Queue {
	o = o.withDefaults()
	life, end := context.WithCancel(context.Background())
	q := &Queue{
		store:   &store{redis: client, keys: o.Keys, worker: o.Worker},
		options: o, deliver: newDelivery(caller, o), lanes: make(map[string]*lane), hand: newInHand(), life: life, end: end,
	}
	q.promoter = &promoter{wake: q.promote}
	return q
}

func (o Options) withDefaults() Options {
	const defaultInFlight, defaultTries = 8, 8
	if o.InFlight == 0 {
		o.InFlight = defaultInFlight
	}
	if o.Tries == 0 {
		o.Tries = defaultTries
	}
	if o.Base == 0 {
		o.Base = 500 * time.Millisecond
	}
	if o.Limit == 0 {
		o.Limit = time.Minute
	}
	if o.Exists == nil {
		o.Exists = func(string) bool { return true }
	}
	return o
}

// Put takes a request in. When it returns nil the message is in Redis and will be delivered. ErrFull when too many wait; after
// any other error it may be in Redis all the same, and is delivered then.
func (q *Queue) Put(ctx context.Context, r Request) error {
	r.Accepted = time.Now().UTC()
	m := &Message{Request: r, ID: uuid.NewString(), Lane: q.laneOf(r.Function), Tries: 1}
	l := q.lane(m.Lane)
	claim := q.recovered.Load() && l.reserve()
	if claim {
		q.hand.take(m)
	}
	if err := q.store.put(ctx, m, claim); err != nil {
		if claim {
			q.hand.drop(m) // if it is in Redis all the same, it is put back
			q.giveBack(l)
		}
		return err
	}
	if claim {
		q.start(l, m)
	} else {
		q.wake(m.Lane)
	}
	return nil
}

func (q *Queue) laneOf(function string) string {
	switch {
	case q.options.Weak != nil:
		return weakLane
	case q.options.Exists(function):
		return function
	default:
		return unknownLane
	}
}

func (q *Queue) lane(name string) *lane {
	q.mu.Lock()
	defer q.mu.Unlock()
	l, ok := q.lanes[name]
	if !ok {
		l = &lane{name: name, limit: q.options.InFlight}
		if name == weakLane {
			l.limit = 1
		}
		q.lanes[name] = l
	}
	return l
}

// wake looks whether a lane has a message and a place for it. It may be called as often as one likes.
func (q *Queue) wake(name string) {
	l := q.lane(name)
	if q.recovered.Load() && l.reserve() {
		q.start(l, nil)
	}
}

// start works in a place that was reserved: on the message in hand, if any, and then on what is ready.
func (q *Queue) start(l *lane, m *Message) {
	q.work.Go(func() {
		for {
			q.drain(l, m)
			m = nil
			if !l.give() {
				return
			}
		}
	})
}

// giveBack returns a place that was not used.
func (q *Queue) giveBack(l *lane) {
	if l.give() {
		q.start(l, nil)
	}
}

// drain delivers until the lane has nothing ready. Each found message also wakes one more place, until all are busy.
func (q *Queue) drain(l *lane, m *Message) {
	var v verdict
	for {
		if m != nil {
			var ok bool
			if v, ok = q.deliver.run(q.life, m); !ok {
				return // the provider ends; the message stays in hand and is taken over by the next life
			}
		}
		next, err := q.record(l, m, v)
		if err != nil {
			return
		}
		if v.kind == kindRetry {
			q.promoter.at(v.at)
		}
		if m, v = next, (verdict{}); m == nil {
			return
		}
		q.wake(l.name)
	}
}

// record writes a verdict and claims the next message. Redis may be away for a while: the verdict is kept until it can
// be written, because the call it stands for was made.
func (q *Queue) record(l *lane, m *Message, v verdict) (*Message, error) {
	pause := 50 * time.Millisecond
	for {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.life), 5*time.Second)
		next, err := q.store.next(ctx, l.name, m, v, l.open())
		cancel()
		if err == nil && m != nil {
			q.hand.drop(m)
		}
		if err == nil && next != nil {
			q.hand.take(next)
		}
		if err == nil || m == nil || q.life.Err() != nil {
			return next, err
		}
		slog.Warn("the queue cannot reach Redis and tries again", "error", err)
		select {
		case <-time.After(pause):
			pause = min(2*pause, fallback)
		case <-q.life.Done():
		}
	}
}
