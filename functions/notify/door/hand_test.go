package door_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const address = "wall:here"

// TestOneHasAnAddressInHand: another one waits until it is let go of, or lapses; whoever read something that is no longer so
// is told.
func TestOneHasAnAddressInHand(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		ctx, clock := t.Context(), jobtest.NewClock()
		jobs := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		request := jobtest.Request()
		request.Watch = []string{address}
		accepted, err := jobs.Accept(ctx, request)
		if err != nil {
			t.Fatal(err)
		}
		id := accepted.ID
		mine, other := door.NewHand(rdb, nil, id, address, job.Shown{}), door.NewHand(rdb, nil, id, address, job.Shown{})
		take := func(h *door.Hand) error { return h.Take(ctx, clock.Now(), 10*time.Second) }
		busy := func(err error, left time.Duration) {
			t.Helper()
			if later, ok := errors.AsType[door.LaterError](err); !ok || later.After != left || later.Reached {
				t.Errorf("%v, want to wait %v", err, left)
			}
		}
		if err := take(mine); err != nil {
			t.Fatal(err)
		}
		clock.Add(4 * time.Second)
		busy(take(other), 6*time.Second)
		if err := take(mine); err != nil { // keeps it
			t.Fatal(err)
		}
		clock.Add(9 * time.Second)
		busy(take(other), time.Second)
		other.LetGo(ctx) // of what it does not have
		busy(take(other), time.Second)
		mine.LetGo(ctx)
		if err := take(other); err != nil {
			t.Error(err)
		}
		clock.Add(10 * time.Second)
		if err := take(mine); err != nil { // the other one died
			t.Error(err)
		}

		now := job.Shown{Version: 3, Ref: "r"}
		if err := mine.Record(ctx, now); err != nil {
			t.Fatal(err)
		}
		if err := other.Record(ctx, now); !errors.Is(err, door.ErrMoved) {
			t.Error(err)
		}
		if err := take(other); !errors.Is(err, door.ErrMoved) {
			t.Error(err)
		}
		if watchers, err := jobs.Watchers(ctx, id); err != nil || watchers[address] != now {
			t.Error(watchers, err)
		}

		var log strings.Builder
		if err := door.Drop(ctx, jobs, slog.New(slog.NewTextHandler(&log, nil)), id, address, "it burnt down"); !errors.Is(err, door.ErrGone) {
			t.Error(err)
		}
		if err := take(mine); !errors.Is(err, door.ErrGone) {
			t.Error(err)
		}
		if err := mine.Record(ctx, now); !errors.Is(err, door.ErrGone) || !strings.Contains(log.String(), "it burnt down") {
			t.Error(err, log.String())
		}
	})
}
