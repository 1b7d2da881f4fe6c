// The function probe does nothing but note when: make bench measures the platform with it.
package main

import (
	"context"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

func main() {
	function.Main("probe", func(context.Context, *function.Platform) (*function.Parts, error) {
		return &function.Parts{Steps: map[string]job.Stepper{"probe run": run{}, "probe hold": hold{}, "probe sleep": sleep{}}}, nil
	})
}

// run tells when its step ran.
type run struct{}

func (run) Step(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nanos()), nil }

// hold runs until it is cancelled, and tells when its context ended.
type hold struct{}

func (hold) Step(ctx context.Context, r *job.Run) (job.Outcome, error) {
	if err := r.Save(ctx, job.Change{Progress: &job.Progress{Percent: -1, Line: "held"}}); err != nil {
		return job.Outcome{}, err
	}
	<-ctx.Done()
	ended := nanos()
	return job.Wait(0), r.Save(context.WithoutCancel(ctx), job.Change{Checkpoint: ended})
}

func (hold) Cancel(_ context.Context, r *job.Run) (job.Outcome, error) {
	var ended int64
	if _, err := r.Load(&ended); err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped(strconv.FormatInt(ended, 10)), nil
}

// sleep waits for an hour: one of many that wait.
type sleep struct{}

func (sleep) Step(context.Context, *job.Run) (job.Outcome, error) { return job.Wait(time.Hour), nil }

func nanos() int64 { return time.Now().UnixNano() }
