// The function kettle is what somebody else deployed: nothing of handsoff knows of it but its annotations.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

func main() {
	function.Main("kettle", func(context.Context, *function.Platform) (*function.Parts, error) {
		return &function.Parts{
			Steps: map[string]job.Stepper{"kettle boil": boil{}},
			Calls: map[string]function.CallFunc{
				"kettle colour": func(context.Context, command.Call) (command.Answer, error) {
					return command.Answer{Text: "The kettle is red."}, nil
				},
			},
		}, nil
	})
}

// boil goes on until it is cancelled.
type boil struct{}

func (boil) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	cups := command.Values(run.Job().Args).Int("cups")
	err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: -1, Line: fmt.Sprintf("boiling %d cups", cups)}})
	return job.Wait(time.Hour), err
}

func (boil) Cancel(context.Context, *job.Run) (job.Outcome, error) {
	return job.Stopped("the kettle is off the stove", "warm water"), nil
}
