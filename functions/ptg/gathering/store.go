package gathering

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Store reads and changes gatherings.
type Store struct {
	rdb   redis.UniversalClient
	clock func() time.Time // nil for that of Redis
	every int64            // after how many changes a snapshot is taken

	mu   sync.Mutex
	last map[string]*Gathering // by id, the newest that was read
}

// NewStore is one on a Redis server, with its clock.
func NewStore(rdb redis.UniversalClient) *Store {
	return &Store{rdb: rdb, every: snapshotEvery, last: make(map[string]*Gathering)}
}

// WithClock is a store with another clock than that of Redis, for tests.
func (s *Store) WithClock(now func() time.Time) *Store {
	return &Store{rdb: s.rdb, clock: now, every: s.every, last: make(map[string]*Gathering)}
}

// Now is the time by the clock that changes are dated with.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if s.clock != nil {
		return s.clock(), nil
	}
	now, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return now, fmt.Errorf("gathering: ask for the time: %w", err)
	}
	return now.UTC(), nil
}

// Get is a gathering as it is now. It gives [ErrNoGathering] for one that nobody has made.
func (s *Store) Get(ctx context.Context, id string) (*Gathering, error) {
	seen, err := s.look(ctx, id, "")
	if err != nil {
		return nil, err
	}
	if seen.g.Version == 0 {
		return nil, refuse(ErrNoGathering, "There is no event '%s'", short(id))
	}
	return seen.g, nil
}

// sight is what a look at a gathering shows.
type sight struct {
	g   *Gathering // at version 0 when nobody has made it
	did string     // what became of the change of a key
	now time.Time
}

// look reads a gathering, what became of the change of a key, and the time, in one round trip while the gathering is the one
// that was read last.
func (s *Store) look(ctx context.Context, id, key string) (seen sight, err error) {
	pipe := s.rdb.Pipeline()
	stamp := pipe.HMGet(ctx, stateKey(id), versionField, changedField)
	did := pipe.Get(ctx, didKey(id, key))
	clock := pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return seen, fmt.Errorf("gathering %s: read its version: %w", id, err)
	}
	seen.now = clock.Val().UTC()
	if s.clock != nil {
		seen.now = s.clock()
	}
	if key != "" {
		seen.did = did.Val()
	}
	s.mu.Lock()
	seen.g = s.last[id]
	s.mu.Unlock()
	if seen.g == nil || !slices.Equal(stamp.Val(), seen.g.stamps()) {
		seen.g, err = s.load(ctx, id)
	}
	return seen, err
}

// load reads a gathering whole.
func (s *Store) load(ctx context.Context, id string) (*Gathering, error) {
	hash, err := s.rdb.HGetAll(ctx, stateKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("gathering %s: read it: %w", id, err)
	}
	g, err := read(id, hash)
	if err != nil {
		return nil, err
	}
	if g.Version > 0 {
		s.keep(g)
	}
	return g, nil
}

// keep remembers what was read last. That need not be the newest: the next look finds out.
func (s *Store) keep(g *Gathering) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[g.ID] = g
}
