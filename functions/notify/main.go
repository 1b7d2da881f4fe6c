// Command notify is the function that brings every watcher's view of a job up to what the job now says. Nobody sends
// progress: a job changes, and whoever follows it is shown the change at their door, in order, each story line once.
package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/function"
)

func main() {
	function.Main("notify", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		out := &outbox{rdb: p.Redis}
		c := newCourier(p.Jobs, p.Redis, map[string]door{
			"telnet": {Renderer: out, pace: outboxPace},
		}, p.Log)
		return &function.Parts{Nudged: c.nudged, Stop: c.stop}, nil
	})
}
