// Package doortest gives tests of doors a place where jobs change, on a clock that stands still, and where what an address was
// told can be read.
package doortest

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Rest is how long a job of these tests waits after a step: longer than any timer that a worker sets itself.
const Rest = 2 * time.Minute

// Yard is a place where jobs change. Nobody is shown anything by itself.
type Yard struct {
	testing.TB

	Redis *redis.Client
	Jobs  *job.Store
	Clock *jobtest.Clock
	Next  func(ctx context.Context, run *job.Run) (job.Outcome, error) // the next step

	worker *job.Worker
}

// New makes one. End it with Close.
func New(tb testing.TB, rdb *redis.Client) *Yard {
	tb.Helper()
	y := &Yard{TB: tb, Redis: rdb, Clock: jobtest.NewClock()}
	y.Jobs = y.Store(rdb)
	y.worker = job.NewWorker(y.Jobs, job.WorkerOptions{
		Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": y}, Heartbeat: time.Hour,
	})
	return y
}

// Each runs a test on both kinds of Redis.
func Each(t *testing.T, test func(y *Yard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := New(t, rdb)
		defer y.Close()
		test(y)
	})
}

// Close ends what the yard does by itself.
func (y *Yard) Close() {
	y.Helper()
	y.stop(y.worker)
}

func (y *Yard) stop(worker *job.Worker) {
	y.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := worker.Stop(ctx); err != nil {
		y.Error(err)
	}
}

// Store is that of a process which reaches Redis through a client of its own.
func (y *Yard) Store(rdb redis.UniversalClient) *job.Store {
	y.Helper()
	return jobtest.Open(y, rdb, job.Options{Now: y.Clock.Now})
}

// Step does what the test says next.
func (y *Yard) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return y.Next(context.WithoutCancel(ctx), run)
}

// Cancel likewise.
func (y *Yard) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return y.Next(context.WithoutCancel(ctx), run)
}

// Accept takes in a job, and returns its id.
func (y *Yard) Accept(changes ...func(*job.Request)) string {
	y.Helper()
	accepted, err := y.Jobs.Accept(context.Background(), jobtest.Request(changes...))
	if err != nil {
		y.Fatal(err)
	}
	return accepted.ID
}

// WatchedBy has addresses follow a job from its beginning.
func WatchedBy(addresses ...string) func(*job.Request) {
	return func(r *job.Request) { r.Watch = addresses }
}

// Takes takes one step of a job, a while later.
func (y *Yard) Takes(id string, step func(ctx context.Context, run *job.Run) (job.Outcome, error)) {
	y.Helper()
	y.Next = step
	y.Clock.Add(Rest)
	if took, err := y.worker.Run(context.Background(), id); err != nil || !took {
		y.Fatalf("step of %s: took %v, %v", id, took, err)
	}
}

// Changes saves a change in one step.
func (y *Yard) Changes(id string, change job.Change) {
	y.Helper()
	y.Takes(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		return job.Wait(Rest), run.Save(ctx, change)
	})
}

// Says has a job tell story lines.
func (y *Yard) Says(id string, lines ...string) {
	y.Helper()
	y.Changes(id, job.Change{Say: lines})
}

// Progresses has a job come as far as that.
func (y *Yard) Progresses(id string, percent int, line string) {
	y.Helper()
	y.Changes(id, job.Change{Progress: &job.Progress{Percent: percent, Line: line}})
}

// Ends ends a job.
func (y *Yard) Ends(id string, out job.Outcome) {
	y.Helper()
	y.Takes(id, func(context.Context, *job.Run) (job.Outcome, error) { return out, nil })
}

// EndsNotice ends a job that is a notice, at once.
func (y *Yard) EndsNotice(id string) {
	y.Helper()
	worker := job.NewWorker(y.Jobs, job.WorkerOptions{
		Function: job.NoticeFunction, Name: "w", Steps: map[string]job.Stepper{job.NoticeCommand: y}, Heartbeat: time.Hour,
	})
	defer y.stop(worker)
	y.Next = func(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nil), nil }
	if took, err := worker.Run(context.Background(), id); err != nil || !took {
		y.Fatalf("notice %s: took %v, %v", id, took, err)
	}
}

// Passes has time pass, and shows each thing when it is due. show shows what is due at that moment.
func (y *Yard) Passes(while time.Duration, show func()) {
	y.Helper()
	for end := y.Clock.Now().Add(while); ; {
		show()
		next, some, err := y.Jobs.NextView(context.Background())
		if err != nil {
			y.Fatal(err)
		}
		if !some || next.After(end) {
			y.Clock.Add(end.Sub(y.Clock.Now()))
			return
		}
		y.Clock.Add(max(next.Sub(y.Clock.Now())+time.Millisecond, time.Millisecond))
	}
}
