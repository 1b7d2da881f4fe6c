// Command clock is the function that keeps handsoff going: invoked every five seconds, it nudges whoever has a job that
// is due, has notify show what is unshown, and retires old jobs. Lost nudges cost time until its next tick, never work.
package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/function"
)

func main() {
	function.Main("clock", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		return &function.Parts{Tick: newClock(p).tick}, nil
	})
}
