package webapi

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// selfLife is after how long a service is asked again who we are.
	selfLife = 24 * time.Hour
	// selfPause is after how long it is asked again when it did not answer and the remembered answer is used.
	selfPause = time.Minute
)

// Self remembers who we are at a service, in the words of T. The service is asked once a day; in between, and while it is
// down, the remembered answer holds. That of other credentials, or of ones that the service refuses now, does not. It is safe for
// concurrent use.
type Self[T any] struct {
	Redis   redis.UniversalClient // where it is remembered for other processes and for later; nil for nowhere
	Key     string                // the key there: a string, JSON
	Mark    string                // which credentials we have, without a secret
	Passing func(error) bool      // whether an error says nothing about us: the service is only down
	Now     func() time.Time

	mu    sync.Mutex
	known answered[T] // as last heard or read
	again time.Time   // not before this is it asked again, though the answer is old
}

// answered is an answer of the service's.
type answered[T any] struct {
	Self T         `json:"self"`
	When time.Time `json:"at"`
	Mark string    `json:"with"`
}

// Get is who we are. It asks where that is not known.
func (s *Self[T]) Get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	known, fresh := s.remembered()
	if fresh {
		return known.Self, nil
	}
	if stored := s.stored(ctx); stored.When.After(known.When) {
		known = stored
		if s.Now().Sub(known.When) < selfLife {
			s.keep(known, time.Time{})
			return known.Self, nil
		}
	}
	self, err := ask(ctx)
	switch {
	case err == nil:
		known = answered[T]{self, s.Now(), s.Mark}
		s.keep(known, time.Time{})
		s.store(ctx, known)
	case known.When.IsZero() || !s.Passing(err):
		return *new(T), err
	default:
		s.keep(known, s.Now().Add(selfPause))
	}
	return known.Self, nil
}

// remembered is what this process knows, and whether that is enough.
func (s *Self[T]) remembered() (answered[T], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	return s.known, !s.known.When.IsZero() && (now.Sub(s.known.When) < selfLife || now.Before(s.again))
}

func (s *Self[T]) keep(known answered[T], again time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known, s.again = known, again
}

// stored is what Redis knows for these credentials. A Redis that is away knows nothing: the service is asked instead.
func (s *Self[T]) stored(ctx context.Context) answered[T] {
	if s.Redis == nil {
		return answered[T]{}
	}
	text, err := s.Redis.Get(ctx, s.Key).Bytes()
	var known answered[T]
	if err != nil || json.Unmarshal(text, &known) != nil || known.Mark != s.Mark {
		return answered[T]{}
	}
	return known
}

// store is for other processes and for later; what cannot be stored is asked for again.
func (s *Self[T]) store(ctx context.Context, known answered[T]) {
	if text, err := json.Marshal(known); err == nil && s.Redis != nil {
		_ = s.Redis.Set(ctx, s.Key, text, 0).Err()
	}
}
