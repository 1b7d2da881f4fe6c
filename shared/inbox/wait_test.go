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

type busy time.Duration

func (b busy) Error() string             { return "busy" }
func (b busy) RetryAfter() time.Duration { return time.Duration(b) }

func TestWaits(t *testing.T) {
	t.Parallel()
	plain := errors.New("no")
	for _, test := range []struct {
		err      error
		attempts int
		most     time.Duration
		exactly  bool
	}{
		{plain, 0, time.Second, false},
		{plain, 1, 2 * time.Second, false},
		{plain, 5, 32 * time.Second, false},
		{plain, 9, 5 * time.Minute, false},
		{plain, 5000, 5 * time.Minute, false},
		{busy(7 * time.Second), 9, 7 * time.Second, true},
		{fmt.Errorf("post: %w", busy(time.Hour)), 0, time.Hour, true},
		{busy(0), 0, time.Second, false},
		{busy(-1), 1, 2 * time.Second, false},
	} {
		for range 100 {
			got := waitAfter(test.err, test.attempts)
			if least := test.most * 3 / 4; got > test.most || got < least || (test.exactly && got != test.most) {
				t.Fatalf("%v after %d attempts waits %s, not %s", test.err, test.attempts, got, test.most)
			}
		}
	}
}

// TestALostClaimEndsTheHandler: at its next beat, and what it then does counts for nothing.
func TestALostClaimEndsTheHandler(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, _, clock := deadly(t, rdb, 0)
		worker := idleWorker(box, func(ctx context.Context, c *Claim) error {
			for stolen := false; !stolen; { // a beat may come between the two
				clock.Add(time.Minute)
				claims, _, err := box.claim(context.Background(), 1, claimBytes, time.Minute)
				if err != nil {
					t.Error(err)
				}
				stolen = len(claims) == 1
			}
			<-ctx.Done()
			if cause := context.Cause(ctx); !errors.Is(cause, ErrLost) {
				t.Errorf("it ended because of %v", cause)
			}
			if err := c.Note(context.Background(), 1); !errors.Is(err, ErrLost) {
				t.Errorf("it could still note: %v", err)
			}
			return nil
		}, WorkerOptions{Hold: 40 * time.Millisecond})
		if err := worker.clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		worker.tasks.Wait()
		if verdict, err := box.Put(t.Context(), Delivery{ID: "Ev1"}, nil); err != nil || verdict != Pending {
			t.Errorf("who lost it ended it: %s %v", verdict, err)
		}
	})
}

// TestOnlySoManyAreInHand: and the others follow without a further kick.
func TestOnlySoManyAreInHand(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{})
		const all, atOnce = 50, 3
		for i := range all {
			if _, err := box.Put(t.Context(), Delivery{ID: fmt.Sprint(i)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		var inHand, most, ended atomic.Int32
		worker := NewWorker(box, func(context.Context, *Claim) error {
			n := inHand.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			for most.Load() < atOnce && t.Context().Err() == nil { // the first ones meet, however slow the machine is
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Millisecond) // one too many would meet them
			inHand.Add(-1)
			ended.Add(1)
			return nil
		}, WorkerOptions{AtOnce: atOnce})
		jobtest.Eventually(t, "all of them", func() bool { return ended.Load() == all })
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if n := most.Load(); n != atOnce {
			t.Errorf("%d were in hand at once", n)
		}
	})
}

// TestOnlySoManyBytesAreInHand, and one delivery more; what is larger than all of that is dealt with too.
func TestOnlySoManyBytesAreInHand(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{})
		const all, bytes, large = 50, 300, 1000
		for i := range all {
			size := 100
			if i%10 == 5 {
				size = large
			}
			if _, err := box.Put(t.Context(), Delivery{ID: fmt.Sprint(i), Body: make([]byte, size)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		held, most, ended := 0, 0, 0
		worker := NewWorker(box, func(_ context.Context, c *Claim) error {
			mu.Lock()
			held += len(c.Body)
			most = max(most, held)
			mu.Unlock()
			time.Sleep(time.Millisecond) // so that they meet
			mu.Lock()
			defer mu.Unlock()
			held -= len(c.Body)
			ended++
			return nil
		}, WorkerOptions{AtOnce: all, Bytes: bytes})
		jobtest.Eventually(t, "all of them", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return ended == all
		})
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if most <= bytes/2 || most >= bytes+large {
			t.Errorf("%d bytes were held at once", most)
		}
		if worker.hands.held != 0 || worker.hands.bytes != 0 {
			t.Errorf("%d deliveries of %d bytes count as held for ever", worker.hands.held, worker.hands.bytes)
		}
	})
}

// TestWhoIsToStopTakesNothingUp, however much room there is.
func TestWhoIsToStopTakesNothingUp(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	for range 100 {
		h := newHands(2, 2)
		h.letGo(&Claim{}) // there is something to choose from
		if most, _, err := h.free(ended); err == nil {
			t.Fatalf("there is room for %d", most)
		}
	}
}

// TestWhatADeadWorkerHeldIsTakenOver: when its claim lapses, without a kick.
func TestWhatADeadWorkerHeldIsTakenOver(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{})
		if _, err := box.Put(t.Context(), Delivery{ID: "a"}, nil); err != nil {
			t.Fatal(err)
		}
		if claims, _, err := box.claim(t.Context(), 1, claimBytes, 200*time.Millisecond); err != nil || len(claims) != 1 {
			t.Fatal(claims, err)
		}
		handled := make(chan int, 1)
		worker := NewWorker(box, func(_ context.Context, c *Claim) error { handled <- c.Attempts; return nil }, WorkerOptions{})
		if n := <-handled; n != 1 {
			t.Errorf("it was taken up %d times before", n)
		}
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestNamesAreForgottenInTime: what is done is known for KeepDone and no longer.
func TestNamesAreForgottenInTime(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	box := Open(rdb, "test", Options{KeepDone: 48 * time.Hour})
	if _, err := box.Put(t.Context(), Delivery{ID: "a"}, []string{"b"}); err != nil {
		t.Fatal(err)
	}
	ttl := func(name string) time.Duration { return rdb.PTTL(t.Context(), boxKey("test")+"name:"+name).Val() }
	if got := ttl("a"); got != -1 {
		t.Errorf("what waits is forgotten in %s", got)
	}
	claims, _, err := box.claim(t.Context(), 1, claimBytes, time.Minute)
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	if err := finish(t, box, claims[0], endDone, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Put(t.Context(), Delivery{ID: "c"}, []string{"b"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if got := ttl(name); got <= 47*time.Hour || got > 48*time.Hour {
			t.Errorf("%s is forgotten in %s", name, got)
		}
	}
	left, err := rdb.Keys(t.Context(), boxKey("test")+"[^n]*").Result()
	if err != nil || len(left) != 1 { // seq
		t.Errorf("%v, left behind is %q", err, left)
	}
}

// TestLargeBodiesComeAlone: one look takes up only so many bytes.
func TestLargeBodiesComeAlone(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	box := Open(rdb, "test", Options{MaxBody: 100 << 20})
	if box.opts.MaxBody != LargestBody {
		t.Fatalf("bodies may have %d bytes", box.opts.MaxBody)
	}
	for i, size := range []int{1, LargestBody, 1, 2} {
		d := Delivery{ID: fmt.Sprint(i), Body: make([]byte, size)}
		if _, err := box.Put(t.Context(), d, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{1, 1, 2} {
		claims, _, err := box.claim(t.Context(), 10, claimBytes, time.Minute)
		if err != nil || len(claims) != want {
			t.Fatalf("%v, took up %d, not %d", err, len(claims), want)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	rdb := jobtest.Redis(b).Client(b)
	box := Open(rdb, "test", Options{MaxPending: 1 << 30, MaxBytes: 1 << 40})
	body := make([]byte, 2000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := box.Put(context.Background(), Delivery{ID: fmt.Sprint("Ev", i), Kind: "event", Body: body}, []string{fmt.Sprint("message ", i)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFloor(b *testing.B) {
	rdb := jobtest.Redis(b).Client(b)
	body := make([]byte, 2000)
	for b.Loop() {
		if err := rdb.Set(context.Background(), "x", body, 0).Err(); err != nil {
			b.Fatal(err)
		}
	}
}
