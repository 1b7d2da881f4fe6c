package inbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func put(t *testing.T, b *inbox.Inbox, id string, means ...string) inbox.Verdict {
	t.Helper()
	verdict, err := b.Put(t.Context(), inbox.Delivery{ID: id, Kind: "event", Body: []byte("body of " + id)}, means)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

func work(t *testing.T, b *inbox.Inbox, o inbox.WorkerOptions, handle func(context.Context, *inbox.Claim) error) *inbox.Worker {
	t.Helper()
	w := inbox.NewWorker(b, handle, o)
	t.Cleanup(func() {
		if err := w.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// TestWhatIsDoneIsKnownByAllItsNames: and what is unfinished goes through.
func TestWhatIsDoneIsKnownByAllItsNames(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "test", inbox.Options{})
		for _, test := range []struct {
			id    string
			means []string
			want  inbox.Verdict
		}{
			{"Ev1", []string{"message C1 1.0"}, inbox.New},
			{"Ev1", []string{"message C1 1.0"}, inbox.Pending},
			{"Ev2", []string{"message C1 1.0"}, inbox.Pending},
			{"Ev3", []string{"message C1 2.0"}, inbox.New},
		} {
			if got := put(t, b, test.id, test.means...); got != test.want {
				t.Errorf("%s is %s, not %s", test.id, got, test.want)
			}
		}
		var handled atomic.Int32
		work(t, b, inbox.WorkerOptions{}, func(_ context.Context, c *inbox.Claim) error {
			if string(c.Body) != "body of "+c.ID || c.Kind != "event" || c.Received.IsZero() || c.Attempts != 0 {
				t.Errorf("got %+v", c.Delivery)
			}
			handled.Add(1)
			return nil
		})
		jobtest.Eventually(t, "both done", func() bool {
			return put(t, b, "Ev1") == inbox.Done && put(t, b, "Ev3") == inbox.Done
		})
		for id, means := range map[string][]string{"Ev2": nil, "Ev4": {"message C1 1.0"}, "message C1 2.0": nil} {
			if got := put(t, b, id, means...); got != inbox.Done {
				t.Errorf("%s is %s", id, got)
			}
		}
		if n := handled.Load(); n != 2 {
			t.Errorf("handled %d times", n)
		}
	})
}

// TestOneKickIsEnough: a kick takes up what is due, and what failed comes again by the worker's own timer.
func TestOneKickIsEnough(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "test", inbox.Options{})
		var tries atomic.Int32
		w := work(t, b, inbox.WorkerOptions{Hold: time.Minute}, func(ctx context.Context, c *inbox.Claim) error {
			if tries.Add(1) == 1 {
				if err := c.Note(ctx, "half"); err != nil {
					t.Error(err)
				}
				panic("oh")
			}
			var note string
			if found, err := c.Noted(&note); !found || err != nil || note != "half" || c.Attempts != 1 {
				t.Error(found, err, note, c.Attempts)
			}
			return nil
		})
		put(t, b, "Ev1")
		w.Kick()
		jobtest.Eventually(t, "the second try", func() bool { return put(t, b, "Ev1") == inbox.Done })
		if n := tries.Load(); n != 2 {
			t.Errorf("tried %d times", n)
		}
	})
}

func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "test", inbox.Options{MaxBody: 10, MaxPending: 3, MaxBytes: 20})
		long := strings.Repeat("x", 257)
		for _, test := range []struct {
			id, body string
			means    []string
			want     error
		}{
			{"a", "0123456789", nil, nil},
			{"b", "01234567890", nil, inbox.ErrTooLarge},
			{"c", "0123456789", nil, nil},
			{"d", "0", nil, inbox.ErrFull}, // of bytes
			{"e", "", nil, nil},
			{"f", "", nil, inbox.ErrFull}, // of deliveries
			{"a", "0123456789", nil, nil}, // known
			{"", "", nil, errAny},
			{long, "", nil, errAny},
			{"g", "", []string{""}, errAny},
			{"g", "", []string{long}, errAny},
			{"g", "", strings.Split("123456789", ""), errAny},
		} {
			_, err := b.Put(t.Context(), inbox.Delivery{ID: test.id, Body: []byte(test.body)}, test.means)
			if anyway := errors.Is(test.want, errAny) && err != nil; !anyway && !errors.Is(err, test.want) {
				t.Errorf("%q with %d bytes: %v, want %v", test.id, len(test.body), err, test.want)
			}
		}
	})
}

var errAny = errors.New("some error")

// TestAFullRedis takes nothing in, and lets what is there be dealt with.
func TestAFullRedis(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	b := inbox.Open(rdb, "test", inbox.Options{})
	put(t, b, "Ev1")
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), inbox.Delivery{ID: "Ev2"}, nil); !errors.Is(err, inbox.ErrFull) {
		t.Errorf("a full Redis said %v", err)
	}
	if due, err := inbox.DueFunctions(t.Context(), rdb); err != nil || len(due) != 1 || due[0] != "test" {
		t.Error(due, err)
	}
	noted := make(chan error, 1)
	work(t, b, inbox.WorkerOptions{}, func(ctx context.Context, c *inbox.Claim) error {
		noted <- c.Note(ctx, 1)
		return nil
	})
	if err := <-noted; err != nil {
		t.Error(err)
	}
	jobtest.Eventually(t, "nothing due", func() bool {
		n, err := rdb.ZCard(context.Background(), "handsoff:inbox:test:due").Result()
		return err == nil && n == 0
	})
}

// lastSecond says that it ends in a second, when handlers are told to end, and does not: how long a slow machine takes then
// is not the test's business.
type lastSecond struct{ context.Context }

func (lastSecond) Deadline() (time.Time, bool) { return time.Now().Add(time.Second), true }

// TestStopLetsWhatIsInHandFinish: and gives back what would take longer.
func TestStopLetsWhatIsInHandFinish(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "test", inbox.Options{})
		begun, goOn := make(chan string, 2), make(chan struct{})
		w := inbox.NewWorker(b, func(ctx context.Context, c *inbox.Claim) error {
			begun <- c.ID
			if c.ID == "hangs" {
				<-ctx.Done()
				return ctx.Err()
			}
			<-goOn
			return ctx.Err()
		}, inbox.WorkerOptions{})
		put(t, b, "ends")
		w.Kick()
		<-begun
		stopped := make(chan error, 1)
		go func() { stopped <- w.Stop(context.Background()) }()
		close(goOn)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if got := put(t, b, "ends"); got != inbox.Done {
			t.Errorf("it is %s", got)
		}

		put(t, b, "hangs")
		w = inbox.NewWorker(b, func(ctx context.Context, c *inbox.Claim) error {
			begun <- c.ID
			<-ctx.Done()
			return ctx.Err()
		}, inbox.WorkerOptions{})
		<-begun
		if err := w.Stop(lastSecond{t.Context()}); err != nil {
			t.Error(err)
		}
		if due, err := inbox.DueFunctions(t.Context(), rdb); err != nil || len(due) != 1 {
			t.Errorf("what was given back is not due: %v %v", due, err)
		}
	})
}
