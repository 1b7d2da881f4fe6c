package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// gate is a hook that holds scripts back and counts them.
type gate struct {
	begun   chan struct{} // gets one for each
	release chan struct{} // lets them go
	scripts atomic.Int32
	fails   atomic.Bool
}

func (g *gate) DialHook(next redis.DialHook) redis.DialHook { return next }

func (g *gate) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (g *gate) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != "evalsha" {
			return next(ctx, cmd)
		}
		g.scripts.Add(1)
		g.begun <- struct{}{}
		<-g.release
		if g.fails.Load() {
			err := errors.New("redis is away")
			cmd.SetErr(err)
			return err
		}
		return next(ctx, cmd)
	}
}

// claimed puts n deliveries in and takes them up.
func claimed(t *testing.T, rdb redis.UniversalClient, n int) []*Claim {
	t.Helper()
	box := Open(rdb, "test", Options{})
	list := make([]Delivery, n)
	for i := range list {
		list[i] = Delivery{ID: fmt.Sprint(i)}
	}
	if _, _, err := box.PutAll(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	claims, _, err := box.claim(t.Context(), n, claimBytes, time.Minute)
	if err != nil || len(claims) != n {
		t.Fatal(len(claims), err)
	}
	return claims
}

// TestWhatEndsMeanwhileIsWrittenTogether: the first at once, the others while that is under way; each learns its own.
func TestWhatEndsMeanwhileIsWrittenTogether(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	claims := claimed(t, server.Client(t), 100)
	hooked := server.Client(t)
	g := &gate{begun: make(chan struct{}, 100), release: make(chan struct{})}
	hooked.AddHook(g)
	f := &finisher{box: Open(hooked, "test", Options{}), limit: time.Minute, more: func() { t.Error("there is no lane") }}
	claims[50].fence++ // as if another worker had it
	var group sync.WaitGroup
	end := func(i int) {
		group.Go(func() {
			err := f.end(t.Context(), claims[i], endDone, 0)
			if lost := i == 50; errors.Is(err, ErrLost) != lost || (err != nil) != lost {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	end(0)
	<-g.begun
	for i := 1; i < 100; i++ {
		end(i)
	}
	jobtest.Eventually(t, "all waiting", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.waiting) == 99
	})
	close(g.release)
	group.Wait()
	if n := g.scripts.Load(); n != 2 {
		t.Errorf("%d scripts", n)
	}
	if n := hooked.ZCard(t.Context(), boxKey("test")+"due").Val(); n != 1 {
		t.Errorf("%d are left", n)
	}
}

// TestAFailedWriteIsEverybodys: and who does not want to wait any longer does not.
func TestAFailedWriteIsEverybodys(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	claims := claimed(t, server.Client(t), 3)
	hooked := server.Client(t)
	g := &gate{begun: make(chan struct{}, 100), release: make(chan struct{})}
	g.fails.Store(true)
	hooked.AddHook(g)
	f := &finisher{box: Open(hooked, "test", Options{}), limit: time.Minute}
	hasty, leave := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	go func() { errs <- f.end(hasty, claims[0], endDone, 0) }()
	<-g.begun
	go func() { errs <- f.end(t.Context(), claims[1], endDone, 0) }()
	leave()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(g.release)
	if err := <-errs; err == nil || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	g.fails.Store(false)
	for _, c := range claims {
		if err := f.end(t.Context(), c, endDone, 0); err != nil {
			t.Error(err)
		}
	}
}

// TestAllThatIsInHandIsKeptAtOneBeat, however much it is, and what is let go is not.
func TestAllThatIsInHandIsKeptAtOneBeat(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	rdb := server.Client(t)
	clock := jobtest.NewClock()
	const all = renewMost + 10
	box := Open(rdb, "test", Options{Now: clock.Now})
	for i := range all {
		if _, err := box.Put(t.Context(), Delivery{ID: fmt.Sprint(i)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	var claims []*Claim
	for len(claims) < all {
		some, _, err := box.claim(t.Context(), all, claimBytes, time.Minute)
		if err != nil || len(some) == 0 || len(some) > claimMost {
			t.Fatal(len(some), err)
		}
		claims = append(claims, some...)
	}
	ends := make(chan struct{})
	defer close(ends)
	k := &keeper{box: box, hold: time.Minute, ends: ends}
	k.beats = true // this test beats by itself
	for _, c := range claims {
		k.keep(c, time.Now())
	}
	k.drop(claims[0])
	clock.Add(50 * time.Second)
	k.once()
	clock.Add(50 * time.Second)
	again, _, err := box.claim(t.Context(), all, claimBytes, time.Minute)
	if err != nil || len(again) != 1 || again[0].ID != claims[0].ID {
		t.Errorf("%d were not kept: %v", len(again), err)
	}
	for _, c := range claims[1:] {
		k.drop(c)
	}
	if k.once() || k.beats {
		t.Error("it beats for nothing")
	}
}

// TestWhatIsDoneIsFoundWhenItsNamesAreForgotten, by the last delivery of that name.
func TestWhatIsDoneIsFoundWhenItsNamesAreForgotten(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{KeepBodies: 2})
		does := func(id, body string, means ...string) {
			t.Helper()
			if verdict, err := box.Put(t.Context(), Delivery{ID: id, Body: []byte(body)}, means); err != nil || verdict != New {
				t.Fatal(verdict, err)
			}
			claims, _, err := box.claim(t.Context(), 1, claimBytes, time.Minute)
			if err != nil || len(claims) != 1 {
				t.Fatal(claims, err)
			}
			if err := finish(t, box, claims[0], endDone, 0); err != nil {
				t.Fatal(err)
			}
			for _, name := range append(means, id) { // as time does
				if n, err := rdb.Del(t.Context(), boxKey("test")+"name:"+name).Result(); err != nil || n != 1 {
					t.Fatal(n, err)
				}
			}
		}
		finds := func(name, body string) {
			t.Helper()
			d, s, err := box.Find(t.Context(), name)
			if body == "" {
				if !errors.Is(err, ErrUnknown) {
					t.Errorf("%s is still there: %+v", name, d)
				}
				return
			}
			if err != nil || s.State != StateDone || string(d.Body) != body {
				t.Errorf("%s is %+v %+v: %v", name, d, s, err)
			}
		}
		does("a", "first", "message", "only the first")
		finds("message", "first")
		does("a", "second", "message")
		finds("a", "second")
		does("b", "third")
		finds("a", "second")
		finds("message", "second")
		finds("only the first", "")
		finds("b", "third")
		box = Open(rdb, "test", Options{}) // the configuration keeps none any more
		does("c", "fourth")
		for _, name := range []string{"a", "b", "c", "message"} {
			finds(name, "")
		}
		if left := rdb.Keys(t.Context(), boxKey("test")+"*").Val(); len(left) != 2 { // seq, bytes
			t.Errorf("left behind: %q", left)
		}
	})
}
