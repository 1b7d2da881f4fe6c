package inbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/trace"
)

// TestWhatCameIsListed: what waits, what was done with what it led to, and what was given up, as far as it is kept; without a body
// where none is to stay.
func TestWhatCameIsListed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "listed", inbox.Options{KeepBodies: 2, KeepBodyBytes: -1})
		for _, id := range []string{"first", "second", "third", "bad"} {
			put(t, b, id, "also "+id)
		}
		work(t, b, inbox.WorkerOptions{AtOnce: 1}, func(_ context.Context, c *inbox.Claim) error {
			if c.ID == "bad" {
				return inbox.Never(errors.New("it is broken"))
			}
			c.Led("job " + c.ID + strings.Repeat("é", 200))
			return nil
		})
		listed := func() map[string]inbox.Listed {
			list, err := inbox.Recent(t.Context(), rdb, "listed", 10)
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[string]inbox.Listed)
			for _, l := range list {
				found[l.ID] = l
			}
			return found
		}
		jobtest.Eventually(t, "all to be dealt with", func() bool {
			n, err := b.Waiting(t.Context())
			return err == nil && n == 0
		})
		found := listed()
		if third := found["third"]; len(found) != 3 || third.State != inbox.StateDone || third.Stands() != "done" || third.Kind != "event" || third.Attempts != 1 ||
			third.Received.IsZero() || third.At.Before(third.Received) || !strings.HasPrefix(third.Led, "job third") || len(third.Led) > 200 || !strings.HasSuffix(third.Led, "é") {
			t.Errorf("%+v", found)
		}
		if bad := found["bad"]; bad.State != inbox.StateDead || bad.Stands() != "given up" || bad.Why != "it is broken" || bad.Function != "listed" {
			t.Errorf("%+v", bad)
		}
		if d, s, err := b.Find(t.Context(), "also third"); err != nil || s.Kept || len(d.Body) > 0 || !strings.HasPrefix(s.Led, "job third") {
			t.Errorf("%+v %+v %v", d, s, err)
		}
		// What it led to is no name of it.
		if _, _, err := b.Find(t.Context(), found["third"].Led); !errors.Is(err, inbox.ErrUnknown) {
			t.Errorf("it is found by what it led to: %v", err)
		}
	})
}

// TestWhatWaitsIsListed, and what is in hand, the last first.
func TestWhatWaitsIsListed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := inbox.Open(rdb, "waits", inbox.Options{})
		put(t, b, "held")
		began, let := make(chan struct{}), make(chan struct{})
		work(t, b, inbox.WorkerOptions{AtOnce: 1}, func(context.Context, *inbox.Claim) error {
			close(began)
			<-let
			return nil
		})
		defer close(let)
		<-began
		other := inbox.Open(rdb, "others", inbox.Options{})
		put(t, other, "waits")
		list, err := inbox.RecentOfAll(t.Context(), rdb, 5)
		if err != nil || len(list) != 2 || list[0].Received.Before(list[1].Received) {
			t.Fatalf("%+v %v", list, err)
		}
		for _, l := range list {
			if want := map[string]string{"held": "in hand", "waits": "waiting"}[l.ID]; l.Stands() != want || l.State != inbox.StatePending {
				t.Errorf("%s: %+v", want, l)
			}
		}
	})
}

// TestLinesOfADeliveryNameIt: whatever its handler logs, and what the worker does.
func TestLinesOfADeliveryNameIt(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	b := inbox.Open(rdb, "logged", inbox.Options{})
	lines := new(functiontest.Lines)
	log := slog.New(trace.Handler(slog.NewJSONHandler(lines, nil)))
	put(t, b, "Ev1")
	work(t, b, inbox.WorkerOptions{Log: log}, func(ctx context.Context, _ *inbox.Claim) error {
		log.InfoContext(ctx, "somewhere below, which knows of no delivery")
		return inbox.Never(errors.New("broken"))
	})
	jobtest.Eventually(t, "it to be given up", func() bool { return strings.Contains(lines.String(), "given up") })
	for line := range strings.Lines(lines.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["delivery"] != "Ev1" {
			t.Errorf("%s: %v", line, err)
		}
	}
}
