// Command notify is the function that brings every watcher's view of a job up to what the job now says. Nobody sends
// progress: a job changes, and whoever follows it is shown the change at their door, in order, each story line once.
package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/function"
)

func main() {
	function.Main("notify", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		c := newCourier(p.Jobs, p.Redis, openDoors(p), p.Log)
		return &function.Parts{Nudged: c.nudged, Stop: c.stop}, nil
	})
}

// openDoors opens the doors that are set up. A mistake in what one of them needs shuts that one only: who follows a job
// there is shown it once the mistake is mended, within a day.
func openDoors(p *function.Platform) map[string]door {
	doors := map[string]door{"telnet": {Renderer: &outbox{rdb: p.Redis}, pace: outboxPace}}
	switch s, err := openSlack(p); {
	case err == nil:
		doors["slack"] = door{Renderer: s, apart: true}
	case !errors.Is(err, errNoSlack):
		p.Log.Error("the door to Slack stays shut, all others are open", "error", err)
	}
	return doors
}
