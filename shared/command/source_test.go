package command

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// platform is a gateway whose functions a test decides.
type platform struct {
	mu       sync.Mutex
	declared map[string]string
	err      error
	asked    atomic.Int32
	delay    time.Duration
}

func (p *platform) ask(ctx context.Context) (map[string]string, error) {
	p.asked.Add(1)
	select {
	case <-time.After(p.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.declared, p.err
}

func (p *platform) set(declared map[string]string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.declared, p.err = declared, err
}

const (
	tea  = "- {words: tea, summary: Tea, role: viewer}"
	cake = "- {words: cake, summary: Cake, role: viewer}"
)

// noRedis is a client whose server is not there.
func noRedis(t *testing.T) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{
		MaxRetries: -1, DialerRetries: 1, Dialer: nobodyThere,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

func TestCatalogueIsAtMostTenSecondsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &platform{declared: map[string]string{"a": tea}}
		s := NewSource(p.ask, noRedis(t), slog.New(slog.DiscardHandler))
		knows := func(words string) bool {
			t.Helper()
			c, err := s.Catalogue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return c.Lookup(words) != nil
		}
		for range 2 {
			if !knows("tea") || p.asked.Load() != 1 {
				t.Error("asked", p.asked.Load(), "times at first")
			}
		}
		p.set(map[string]string{"a": tea, "b": cake}, nil)
		if time.Sleep(4 * time.Second); knows("cake") || p.asked.Load() != 1 {
			t.Error("asked again within five seconds")
		}
		if time.Sleep(2 * time.Second); knows("cake") {
			t.Error("waited for the gateway although the catalogue is only six seconds old")
		}
		if synctest.Wait(); !knows("cake") || p.asked.Load() != 2 {
			t.Error("not asked in the background; asked", p.asked.Load())
		}
		p.set(map[string]string{"b": cake}, nil)
		if time.Sleep(10 * time.Second); knows("tea") {
			t.Error("ten seconds old and still used")
		}
	})
}

func TestOneAnswerForAllWhoAskTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &platform{declared: map[string]string{"a": tea}, delay: time.Second}
		s := NewSource(p.ask, noRedis(t), slog.New(slog.DiscardHandler))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if c, err := s.Renew(t.Context()); err != nil || c.Lookup("tea") == nil {
					t.Error(c, err)
				}
			})
		}
		all.Wait()
		if n := p.asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestLastGoodCatalogueStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &platform{err: errors.New("no Prometheus")}
		s := NewSource(p.ask, noRedis(t), slog.New(slog.DiscardHandler))
		if _, err := s.Catalogue(t.Context()); !errors.Is(err, ErrNoCatalogue) {
			t.Error(err)
		}
		p.set(map[string]string{"a": tea}, nil)
		if _, err := s.Catalogue(t.Context()); err != nil {
			t.Error(err)
		}
		p.set(nil, errors.New("no Prometheus"))
		p.delay = time.Hour // a gateway that hangs
		for range 5 {
			time.Sleep(time.Minute)
			start := time.Now()
			if c, err := s.Catalogue(t.Context()); err != nil || c.Lookup("tea") == nil {
				t.Error(err)
			}
			if waited := time.Since(start); waited > askFor {
				t.Error("waited", waited)
			}
		}
	})
}

func TestCatalogueIsKeptInRedis(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	p := &platform{declared: map[string]string{"a": tea}}
	if _, err := Kept(t.Context(), rdb); !errors.Is(err, ErrNoCatalogue) {
		t.Error(err)
	}
	if _, err := NewSource(p.ask, rdb, slog.New(slog.DiscardHandler)).Catalogue(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.set(nil, errors.New("no gateway"))
	next := NewSource(p.ask, rdb, slog.New(slog.DiscardHandler)) // another process
	if c, err := next.Catalogue(t.Context()); err != nil || c.Lookup("tea") == nil {
		t.Error(c, err)
	}
	if c, err := Kept(t.Context(), rdb); err != nil || c.Lookup("tea") == nil {
		t.Error(c, err)
	}
}
