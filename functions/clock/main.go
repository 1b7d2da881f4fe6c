// Command clock is the function that keeps handsoff going: invoked every five seconds, it nudges whoever has a job or a
// delivery that is due, has notify show what is unshown, and retires old jobs. Lost nudges cost time until its next tick,
// never work. It also tells those who run the bot what they should know: that it came to life, and what runs low.
package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

func main() {
	function.Main("clock", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		return &function.Parts{Tick: newClock(p).tick, Steps: map[string]job.Stepper{job.NoticeCommand: crier{}}}, nil
	})
}
