package outbox

import (
	"context"
	"log/slog"
	"testing"

	"github.com/handsoff/handsoff/functions/notify/courier"
	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
)

const ann = "telnet:ann"

// yard is a place where jobs change and are shown at a door without a pace, which never passes by a clock that stands still.
type yard struct {
	*doortest.Yard

	kind string
	door door.Renderer
}

// inYard runs a test of telnet's door on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	doortest.Each(t, func(y *doortest.Yard) { test(&yard{y, "telnet", Telnet(y.Redis)}) })
}

// deliver has a courier deliver what is due.
func (y *yard) deliver() {
	y.Helper()
	c := courier.New(y.Jobs, y.Redis, map[string]door.Door{y.kind: {Renderer: y.door}}, slog.New(slog.DiscardHandler))
	if err := c.Deliver(context.Background()); err != nil {
		y.Fatal(err)
	}
	if err := c.Stop(context.Background()); err != nil {
		y.Error(err)
	}
}
