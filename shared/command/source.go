package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	freshFor = 5 * time.Second  // how long the catalogue is used without a thought
	knownIn  = 10 * time.Second // how old it may become: a function just deployed is known by then
	askFor   = 2 * time.Second  // how long the gateway may take to list its functions
)

// ErrNoCatalogue says that the list of commands could not be read from the gateway, and no earlier one is known.
var ErrNoCatalogue = errors.New("command: no catalogue")

// Annotations asks the gateway for the declarations of every function that has some, by function name.
type Annotations func(ctx context.Context) (map[string]string, error)

// Source keeps the catalogue of what is deployed: in memory for some seconds, and the last good one in Redis, for when the
// gateway cannot list its functions. Its methods may be called from many goroutines.
type Source struct {
	ask   Annotations
	rdb   redis.UniversalClient
	log   *slog.Logger
	now   func() time.Time
	asks  chan struct{} // holds one value while the gateway is asked: one question at a time
	kept  atomic.Pointer[edition]
	saved map[string]string // what Redis has; guarded by asks
}

// edition is a catalogue with its origin.
type edition struct {
	catalogue   *Catalogue
	annotations map[string]string
	at          time.Time // when the gateway was last asked
}

// NewSource makes a Source. Nothing is asked before the first catalogue is wanted.
func NewSource(ask Annotations, rdb redis.UniversalClient, log *slog.Logger) *Source {
	return &Source{ask: ask, rdb: rdb, log: log, now: time.Now, asks: make(chan struct{}, 1)}
}

// Catalogue is what is deployed, as it was at most ten seconds ago; usually it comes from memory. When the gateway does
// not answer, it is the last one known, or [ErrNoCatalogue].
func (s *Source) Catalogue(ctx context.Context) (*Catalogue, error) {
	e := s.kept.Load()
	switch {
	case e == nil:
		return s.Renew(ctx)
	case s.now().Sub(e.at) < freshFor:
	case s.now().Sub(e.at) < knownIn:
		select {
		case s.asks <- struct{}{}:
			go func() {
				defer func() { <-s.asks }()
				_ = s.askNow(context.WithoutCancel(ctx)) // it cannot fail: there is a last catalogue
			}()
		default: // somebody asks already
		}
	default:
		return s.Renew(ctx)
	}
	return e.catalogue, nil
}

// Renew asks the gateway at once. Callers that come together share one answer.
func (s *Source) Renew(ctx context.Context) (*Catalogue, error) {
	called := s.now()
	select {
	case s.asks <- struct{}{}:
		defer func() { <-s.asks }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrNoCatalogue, context.Cause(ctx))
	}
	if e := s.kept.Load(); e != nil && e.at.After(called) {
		return e.catalogue, nil
	}
	if err := s.askNow(ctx); err != nil {
		return nil, err
	}
	return s.kept.Load().catalogue, nil
}

// askNow asks the gateway; s.asks is held. Without an answer the last good catalogue stays, and only if there is none it
// is an error.
func (s *Source) askNow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	last := s.kept.Load()
	annotations, err := s.ask(ctx)
	switch {
	case err == nil:
		s.save(ctx, annotations)
	case last != nil:
		s.log.WarnContext(ctx, "the gateway does not list its functions; the last catalogue stays", "error", err)
		annotations = last.annotations
	default:
		s.log.WarnContext(ctx, "the gateway does not list its functions; the catalogue kept in Redis is used", "error", err)
		var restored error
		if annotations, restored = restore(context.WithoutCancel(ctx), s.rdb); restored != nil {
			return fmt.Errorf("%w: %w; and in Redis: %w", ErrNoCatalogue, err, restored)
		}
	}
	s.keep(ctx, last, annotations)
	return nil
}

// keep makes the annotations the catalogue in use. The same ones are not read twice.
func (s *Source) keep(ctx context.Context, last *edition, annotations map[string]string) {
	next := &edition{annotations: annotations, at: s.now()}
	if last != nil && maps.Equal(last.annotations, annotations) {
		next.catalogue = last.catalogue
		s.kept.Store(next)
		return
	}
	next.catalogue = NewCatalogue(annotations)
	for _, fault := range next.catalogue.Faults() {
		s.log.WarnContext(ctx, "a declared command is not taken", "function", fault.Function, "fault", fault.Text)
	}
	s.kept.Store(next)
}

// save writes the annotations to Redis when they changed. That this fails harms nobody now, so it is only logged.
func (s *Source) save(ctx context.Context, annotations map[string]string) {
	if s.saved != nil && maps.Equal(s.saved, annotations) {
		return
	}
	text, err := json.Marshal(annotations)
	if err == nil {
		err = s.rdb.Set(ctx, catalogueKey, text, 0).Err()
	}
	if err != nil {
		s.log.WarnContext(ctx, "the catalogue was not kept in Redis", "error", err)
		return
	}
	s.saved = maps.Clone(annotations)
}

// Kept is the catalogue that the function command last read, for parts that only look something up in it.
func Kept(ctx context.Context, rdb redis.UniversalClient) (*Catalogue, error) {
	annotations, err := restore(ctx, rdb)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCatalogue, err)
	}
	return NewCatalogue(annotations), nil
}

// Known is Kept for who only shows something: nil, which is logged, when it cannot be had.
func Known(ctx context.Context, rdb redis.UniversalClient, log *slog.Logger) *Catalogue {
	catalogue, err := Kept(ctx, rdb)
	if err != nil {
		log.WarnContext(ctx, "read the catalogue", "error", err)
		return nil
	}
	return catalogue
}

// restore reads the last good annotations from Redis.
func restore(ctx context.Context, rdb redis.UniversalClient) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	text, err := rdb.Get(ctx, catalogueKey).Bytes()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", catalogueKey, err)
	}
	var annotations map[string]string
	if err := json.Unmarshal(text, &annotations); err != nil {
		return nil, fmt.Errorf("read %s: %w", catalogueKey, err)
	}
	return annotations, nil
}
