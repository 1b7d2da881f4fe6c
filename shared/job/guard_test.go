package job_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestCancelWorksWhenRedisIsFull: nothing new is accepted then, and what runs can be stopped, finished and swept.
func TestCancelWorksWhenRedisIsFull(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	began := make(chan struct{})
	b := newBench(t, rdb, stepFunc(func(ctx context.Context, _ *job.Run) (job.Outcome, error) {
		close(began)
		<-ctx.Done()
		return job.Wait(time.Hour), nil
	}))
	running, queued := b.accept(), b.accept()
	if took, err := b.worker.Take(t.Context(), running); !took || err != nil {
		t.Fatal(took, err)
	}
	<-began
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Accept(t.Context(), jobtest.Request()); err == nil {
		t.Error("a full Redis took a new job")
	}
	for _, id := range []string{running, queued} {
		if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
			t.Fatal(err)
		}
	}
	jobtest.Eventually(t, "both receipts", func() bool {
		return b.job(running).State == job.Cancelled && b.job(queued).State == job.Cancelled
	})
	if err := b.store.Admit(t.Context(), "nonce"); err != nil {
		t.Error(err)
	}
	if n, err := b.store.Sweep(t.Context(), job.Keep{For: -time.Hour}); n != 2 || err != nil {
		t.Error(n, err)
	}
}

// TestShortStepsHearOfACancel: steps that are shorter than a heartbeat and go on at once learn of the flag between them.
func TestShortStepsHearOfACancel(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	b := newBench(t, rdb, stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Wait(0), nil }),
		func(o *job.WorkerOptions) { o.Heartbeat = time.Hour })
	id := b.accept()
	if took, err := b.worker.Take(t.Context(), id); !took || err != nil {
		t.Fatal(took, err)
	}
	if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
		t.Fatal(err)
	}
	jobtest.Eventually(t, "the receipt", func() bool { return b.job(id).State == job.Cancelled })
}

// TestNoChildOfAJobThatStops: what a job starts after it was asked to stop would never be stopped with it.
func TestNoChildOfAJobThatStops(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	b := newBench(t, rdb, stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Wait(time.Hour), nil }))
	parent := b.accept()
	child := func() error {
		_, err := b.store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Parent = parent }))
		return err
	}
	b.run(parent)
	if err := child(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Cancel(t.Context(), parent, "telnet:bob", ""); err != nil {
		t.Fatal(err)
	}
	if err := child(); !errors.Is(err, job.ErrParent) {
		t.Errorf("a job that is to stop got a child: %v", err)
	}
	children, err := b.store.Children(t.Context(), parent)
	if err != nil || len(children) != 1 {
		t.Fatal(children, err)
	}
	b.want(children[0], job.Cancelled)
}

// TestParentHearsOfAChildThatEndedMeanwhile: the word of a child's end is kept for a parent that is just being stepped.
func TestParentHearsOfAChildThatEndedMeanwhile(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	var store *job.Store
	b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		if run.Job().Fence > 1 {
			return job.Done(nil), nil
		}
		a, err := store.Accept(ctx, jobtest.Request(func(r *job.Request) { r.Parent = run.Job().ID }))
		if err != nil {
			return job.Outcome{}, err
		}
		_, err = store.Cancel(ctx, a.ID, "telnet:bob", "") // it ends at once, while its parent looks elsewhere
		return job.Wait(time.Hour), err
	}))
	store = b.store
	id := b.accept()
	b.run(id)
	b.run(id)
	b.want(id, job.Succeeded)
}

// TestTimeLimitWakesAParkedJob: a long wait does not outlast the limit.
func TestTimeLimitWakesAParkedJob(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	store := jobtest.Open(t, jobtest.Redis(t).Client(t), job.Options{Now: clock.Now})
	worker := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{
		"test run": stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Wait(10 * time.Hour), nil }),
	}})
	defer func() { _ = worker.Stop(context.Background()) }()
	a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Limit = time.Minute }))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := worker.Run(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		clock.Add(2 * time.Minute)
	}
	j, err := store.Get(t.Context(), a.ID)
	if err != nil || j.State != job.Failed || j.Receipt == nil {
		t.Error(jobtest.Describe(j), err)
	}
}

// TestWritesInParallelAreAllMade: a step may save from several goroutines.
func TestWritesInParallelAreAllMade(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const lines = 100
		b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			var group sync.WaitGroup
			for range lines {
				group.Go(func() {
					if err := run.Say(ctx, "a line"); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			return job.Done(nil), nil
		}))
		id := b.accept()
		b.run(id)
		story, err := b.store.Story(t.Context(), id, "", 1000)
		if err != nil || len(story) != lines {
			t.Error(len(story), err)
		}
	})
}

// TestDeathsWithAnEffectEndUnknown: a job whose workers keep dying is not called failed while its build may run.
func TestDeathsWithAnEffectEndUnknown(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	rdb := jobtest.Redis(t).Client(t)
	store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	a, err := store.Accept(t.Context(), jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		held, err := store.TakeLease(t.Context(), a.ID, "test", time.Now().String(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if err := rdb.HSet(t.Context(), job.Prefix+"job:"+held.Job.ID, "effect:build", `{"outcome":12}`).Err(); err != nil {
				t.Fatal(err)
			}
		}
		clock.Add(time.Minute)
	}
	if j, err := store.Get(t.Context(), a.ID); err != nil || j.State != job.Unknown {
		t.Error(jobtest.Describe(j), err)
	}
}
