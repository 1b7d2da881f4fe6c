package jobtest

import (
	"context"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// Step has a job stepped, once, by do.
func Step(tb testing.TB, store *job.Store, do func(run *job.Run)) {
	tb.Helper()
	accepted, err := store.Accept(context.Background(), Request())
	if err != nil {
		tb.Fatal(err)
	}
	stepped := false
	w := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "test", Steps: map[string]job.Stepper{"test run": once(func(run *job.Run) {
		stepped = true
		do(run)
	})}})
	if _, err := w.Run(context.Background(), accepted.ID); err != nil || !stepped {
		tb.Fatalf("it was stepped: %v: %v", stepped, err)
	}
	if err := w.Stop(context.Background()); err != nil {
		tb.Error(err)
	}
}

type once func(run *job.Run)

// Step implements job.Stepper.
func (do once) Step(_ context.Context, run *job.Run) (job.Outcome, error) {
	do(run)
	return job.Done(nil), nil
}
