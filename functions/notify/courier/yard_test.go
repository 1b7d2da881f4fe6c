package courier

import (
	"context"
	"log/slog"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/functions/notify/outbox"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	ann = "telnet:ann"
	bob = "telnet:bob"
	// anyJob is what a nudge names: a courier shows whatever is due.
	anyJob = "any"
)

// yard is a place where jobs change and couriers deliver.
type yard struct{ *doortest.Yard }

func newYard(tb testing.TB, rdb *redis.Client) *yard {
	tb.Helper()
	return &yard{doortest.New(tb, rdb)}
}

// inYard runs a test on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	doortest.Each(t, func(y *doortest.Yard) { test(&yard{y}) })
}

func idleLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// telnet is a door without a pace, which never passes by a clock that stands still.
func telnet(rdb redis.UniversalClient) door.Door {
	return door.Door{Renderer: outbox.Telnet(rdb).Renderer}
}

// started is a courier that delivers by itself.
func started(jobs *job.Store, rdb redis.UniversalClient, doors map[string]door.Door) *Courier {
	c := New(jobs, rdb, doors, idleLog())
	c.Start()
	return c
}

// courier is one that delivers when it is told to. It reaches Redis through a client that may have hooks.
func (y *yard) courier(rdb redis.UniversalClient, doors map[string]door.Door) *Courier {
	y.Helper()
	return New(y.Store(rdb), rdb, doors, idleLog())
}

// nudges has a courier that was started look what is due.
func (y *yard) nudges(c *Courier) {
	y.Helper()
	if err := c.Nudged(context.Background(), anyJob); err != nil {
		y.Error(err)
	}
}

// shows has a courier deliver what is due.
func (y *yard) shows(c *Courier) {
	y.Helper()
	if err := c.Deliver(context.Background()); err != nil {
		y.Fatal(err)
	}
}

// deliver has a courier deliver what is due that knows only telnet.
func (y *yard) deliver() {
	y.Helper()
	c := y.courier(y.Redis, map[string]door.Door{"telnet": telnet(y.Redis)})
	defer c.alarm.Stop()
	y.shows(c)
}
