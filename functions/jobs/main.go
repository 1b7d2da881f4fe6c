// Command jobs is the function that shows jobs to people and takes their word about them: what runs, why, and stop, go
// on, do it again. All of its commands answer at once.
package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/function"
)

func main() {
	function.Main("jobs", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		d := newDesk(p)
		return &function.Parts{Calls: d.calls(), Stop: d.stop}, nil
	})
}
