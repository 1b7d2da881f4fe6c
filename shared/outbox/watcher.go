package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// readBlock is how long one read waits. It is short enough for a connection that broke silently to be noticed.
	readBlock = 2 * time.Second
	// readCount bounds what one read brings of each stream. Only the newest id of it is used.
	readCount = 64
	// pause is between tries while Redis does not answer.
	pause = 250 * time.Millisecond
)

// Watcher waits for new entries on behalf of all sessions, over one connection to Redis.
type Watcher struct {
	rdb  redis.UniversalClient
	log  *slog.Logger
	wake string

	mu      sync.Mutex
	streams map[string]*watched
	nudge   chan struct{} // tells Run that there is something to watch
}

// watched is one address with its sessions.
type watched struct {
	at       string // entries up to it were announced
	sessions map[*Watch]bool
}

// Watch is one session's interest in an address.
type Watch struct {
	C       <-chan struct{} // gets a token when there may be something new, or when Redis went away or came back
	c       chan struct{}
	address string
	watcher *Watcher
}

// NewWatcher makes one; Run must be called.
func NewWatcher(rdb redis.UniversalClient, log *slog.Logger) *Watcher {
	return &Watcher{
		rdb: rdb, log: log, wake: wakeKey(rand.Text()),
		streams: map[string]*watched{}, nudge: make(chan struct{}, 1),
	}
}

// Watch announces what comes after the entry from.
func (w *Watcher) Watch(ctx context.Context, address, from string) *Watch {
	c := make(chan struct{}, 1)
	watch := &Watch{C: c, c: c, address: address, watcher: w}
	w.mu.Lock()
	s := w.streams[address]
	if s == nil {
		s = &watched{at: from, sessions: map[*Watch]bool{}}
		w.streams[address] = s
	}
	if compare(from, s.at) < 0 {
		s.at = from
	}
	s.sessions[watch] = true
	w.mu.Unlock()
	signal(w.nudge)
	w.interrupt(ctx)
	return watch
}

// Close ends the interest.
func (w *Watch) Close() {
	w.watcher.mu.Lock()
	defer w.watcher.mu.Unlock()
	if s := w.watcher.streams[w.address]; s != nil {
		delete(s.sessions, w)
		if len(s.sessions) == 0 {
			delete(w.watcher.streams, w.address)
		}
	}
}

// interrupt makes the blocking read return, so that it takes up a new stream. It is an entry of a stream, not CLIENT
// UNBLOCK, because that one is lost when it comes just before the read begins to wait.
func (w *Watcher) interrupt(ctx context.Context) {
	pipe := w.rdb.Pipeline()
	pipe.XAdd(ctx, &redis.XAddArgs{Stream: w.wake, MaxLen: 1, Values: []any{"wake", 1}})
	pipe.Expire(ctx, w.wake, time.Hour)
	if _, err := pipe.Exec(ctx); err != nil {
		w.log.WarnContext(ctx, "wake the outbox reader", "error", err) // it takes the stream up within readBlock anyway
	}
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, func() { w.interrupt(context.WithoutCancel(ctx)) })()
	woken, down := Start, false
	for ctx.Err() == nil {
		args, idle := w.streamArgs(woken)
		if idle {
			select {
			case <-w.nudge:
			case <-ctx.Done():
			}
			continue
		}
		found, err := w.rdb.XRead(ctx, args).Result()
		switch {
		case errors.Is(err, redis.Nil):
			err = nil
		case err != nil && ctx.Err() == nil:
			w.stumble(ctx, err, down)
		}
		if down != (err != nil) {
			down = err != nil
			w.announceAll()
		}
		woken = w.announce(found, woken)
	}
}

func (w *Watcher) stumble(ctx context.Context, err error, down bool) {
	if !down {
		w.log.WarnContext(ctx, "Redis does not answer; sessions wait for it", "error", err)
	}
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
}

// streamArgs is the next read; idle says that nobody listens.
func (w *Watcher) streamArgs(woken string) (args *redis.XReadArgs, idle bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys, ids := []string{w.wake}, []string{woken}
	for address, s := range w.streams {
		keys, ids = append(keys, job.OutboxKey(address)), append(ids, s.at)
	}
	return &redis.XReadArgs{Streams: append(keys, ids...), Count: readCount, Block: readBlock}, len(w.streams) == 0
}

// announce tells the sessions of the streams that have something new.
func (w *Watcher) announce(found []redis.XStream, woken string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	newest := map[string]string{}
	for _, s := range found {
		if n := len(s.Messages); n > 0 {
			newest[s.Stream] = s.Messages[n-1].ID
		}
	}
	for address, s := range w.streams {
		if id := newest[job.OutboxKey(address)]; id != "" {
			s.at = id
			s.tell()
		}
	}
	if id := newest[w.wake]; id != "" {
		return id
	}
	return woken
}

func (w *Watcher) announceAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.streams {
		s.tell()
	}
}

func (s *watched) tell() {
	for watch := range s.sessions {
		signal(watch.c)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Close forgets what only this process needed in Redis.
func (w *Watcher) Close(ctx context.Context) error {
	if err := w.rdb.Del(ctx, w.wake).Err(); err != nil {
		return fmt.Errorf("outbox: forget %s: %w", w.wake, err)
	}
	return nil
}

// Read brings up to count entries after the entry from, up to and with to ("+" for the end).
func Read(ctx context.Context, rdb redis.UniversalClient, address, from, to string, count int64) ([]Entry, error) {
	found, err := rdb.XRangeN(ctx, job.OutboxKey(address), "("+from, to, count).Result()
	if err != nil {
		return nil, fmt.Errorf("outbox %s: read: %w", address, err)
	}
	entries := make([]Entry, len(found))
	for i, m := range found {
		entries[i] = parse(m)
	}
	return entries, nil
}
