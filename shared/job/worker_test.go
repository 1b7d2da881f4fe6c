package job_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// stepFunc is a capability without a Cancel.
type stepFunc func(ctx context.Context, run *job.Run) (job.Outcome, error)

func (f stepFunc) Step(ctx context.Context, run *job.Run) (job.Outcome, error) { return f(ctx, run) }

// capability is one with a Cancel.
type capability struct {
	step, cancel func(ctx context.Context, run *job.Run) (job.Outcome, error)
}

func (c capability) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return c.step(ctx, run)
}

func (c capability) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return c.cancel(ctx, run)
}

// bench is a store and a worker on one Redis.
type bench struct {
	*testing.T
	store  *job.Store
	worker *job.Worker
}

func newBench(t *testing.T, rdb *redis.Client, step job.Stepper, changes ...func(*job.WorkerOptions)) *bench {
	t.Helper()
	store := jobtest.Open(t, rdb, job.Options{})
	opts := job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": step}, Heartbeat: 5 * time.Millisecond}
	for _, change := range changes {
		change(&opts)
	}
	b := &bench{T: t, store: store, worker: job.NewWorker(store, opts)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := b.worker.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) accept(changes ...func(*job.Request)) string {
	b.Helper()
	a, err := b.store.Accept(b.Context(), jobtest.Request(changes...))
	if err != nil {
		b.Fatal(err)
	}
	return a.ID
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func (b *bench) run(id string) {
	b.Helper()
	if _, err := b.worker.Run(b.Context(), id); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) want(id string, state job.State) *job.Job {
	b.Helper()
	j := b.job(id)
	if j.State != state {
		b.Fatalf("want %s, have %s", state, jobtest.Describe(j))
	}
	return j
}

func TestStepEndsJob(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		out   job.Outcome
		err   error
		state job.State
		says  string
	}{
		"done":    {out: job.Done(map[string]int{"answer": 42}), state: job.Succeeded},
		"failed":  {out: job.Fail("no such job in Jenkins", nil), state: job.Failed, says: "no such job in Jenkins"},
		"unknown": {out: job.Unsure("asked, no answer"), state: job.Unknown, says: "asked, no answer"},
		"unsure":  {err: job.ErrUnsure, state: job.Unknown, says: job.ErrUnsure.Error()},
		"fault":   {err: errors.New("connection refused"), state: job.Waiting},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
				b := newBench(t, rdb, stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return test.out, test.err }))
				id := b.accept()
				b.run(id)
				j := b.want(id, test.state)
				if j.Error != test.says {
					t.Errorf("error %q, want %q", j.Error, test.says)
				}
				if test.state.Final() != !j.Finished.IsZero() {
					t.Errorf("finished at %v", j.Finished)
				}
			})
		})
	}
}

func TestCancelReachesEveryState(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		began := make(chan struct{}, 1)
		looks := 0
		b := newBench(t, rdb, capability{
			step: func(ctx context.Context, run *job.Run) (job.Outcome, error) {
				began <- struct{}{}
				<-ctx.Done()
				if !errors.Is(context.Cause(ctx), job.ErrCancelled) {
					t.Errorf("cause %v", context.Cause(ctx))
				}
				return job.Wait(time.Hour), nil
			},
			cancel: func(ctx context.Context, run *job.Run) (job.Outcome, error) {
				if looks++; looks == 1 {
					return job.Wait(0), run.Signalled(ctx)
				}
				return job.Stopped("seen stopped", "a log file"), nil
			},
		})
		queued := b.accept()
		if _, err := b.store.Cancel(t.Context(), queued, "telnet:bob", "changed my mind"); err != nil {
			t.Fatal(err)
		}
		if r := b.want(queued, job.Cancelled).Receipt; r == nil || r.By != "telnet:bob" || r.Reason != "changed my mind" {
			t.Errorf("receipt %+v", r)
		}

		running := b.accept()
		if took, err := b.worker.Take(t.Context(), running); !took || err != nil {
			t.Fatal(took, err)
		}
		<-began
		if _, err := b.store.Cancel(t.Context(), running, "telnet:bob", ""); err != nil {
			t.Fatal(err)
		}
		jobtest.Eventually(t, "the receipt", func() bool { return b.job(running).State.Final() })
		r := b.want(running, job.Cancelled).Receipt
		if r == nil || r.Evidence != "seen stopped" || len(r.Left) != 1 || r.Signalled.IsZero() || r.Confirmed.IsZero() {
			t.Errorf("receipt %+v", r)
		}
		if _, err := b.store.Cancel(t.Context(), running, "telnet:bob", ""); !errors.Is(err, job.ErrFinished) {
			t.Errorf("cancel of a finished job: %v", err)
		}
	})
}

func TestPausedWorkerCanWriteNothing(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	clock := jobtest.NewClock()
	store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	first, second := make(chan struct{}), make(chan error)
	steps := map[string]job.Stepper{"test run": stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		if run.Job().Fence > 1 {
			return job.Done("second"), nil
		}
		close(first)
		second <- <-second // paused until the other worker is done
		return job.Done("first"), run.Say(context.WithoutCancel(ctx), "I am late")
	})}
	opts := job.WorkerOptions{Function: "test", Name: "w", Steps: steps, Heartbeat: time.Hour}
	a, b := job.NewWorker(store, opts), job.NewWorker(store, opts)
	defer func() { _, _ = a.Stop(t.Context()), b.Stop(t.Context()) }()
	accepted, err := store.Accept(t.Context(), jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	if took, err := a.Take(t.Context(), accepted.ID); !took || err != nil {
		t.Fatal(took, err)
	}
	<-first
	clock.Add(time.Minute)
	if took, err := b.Run(t.Context(), accepted.ID); !took || err != nil {
		t.Fatal(took, err)
	}
	second <- nil
	<-second
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	j, err := store.Get(t.Context(), accepted.ID)
	if err != nil || string(j.Result) != `"second"` || j.Attempt != 1 {
		t.Errorf("%v, result %s, attempt %d", err, j.Result, j.Attempt)
	}
	story, err := store.Story(t.Context(), accepted.ID, "", 10)
	if err != nil || len(story) != 1 || story[0].Text != "its worker was lost; another one takes over" {
		t.Errorf("%v, story %+v", err, story)
	}
}

// TestHeldSaysSinceWhenRedisIsAway: whoever attends something that must not go on alone has to know.
func TestHeldSaysSinceWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	const beats = 5
	var b *bench
	b = newBench(t, server.Client(t), stepFunc(func(_ context.Context, run *job.Run) (job.Outcome, error) {
		first := run.Held()
		jobtest.Eventually(t, "the lease is renewed", func() bool { return run.Held().After(first) })
		server.Kill(t)
		killed := time.Now()
		for range beats { // each is tried as long as a renewal is
			if _, err := b.store.Now(context.Background()); err == nil {
				t.Error("Redis is there")
			}
		}
		last := run.Held()
		if last.After(killed) {
			t.Errorf("held %s after Redis was gone", last.Sub(killed))
		}
		server.Start(t)
		jobtest.Eventually(t, "the lease is held again", func() bool { return run.Held().After(last) })
		return job.Done(nil), nil
	}))
	id := b.accept()
	b.run(id)
	b.want(id, job.Succeeded)
}

// TestOffersAndWatchers: a step offers commands and lets an address follow, in one write that is made once.
func TestOffersAndWatchers(t *testing.T) {
	t.Parallel()
	offers := []job.Offer{{Title: "Extend", Text: "openstack env extend demo"}, {Title: "Give back", Text: "openstack env delete demo", Danger: true}}
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			change := job.Change{Offers: offers, Watch: []string{"telnet:bob", "telnet:ann"}, Say: []string{"soon over"}}
			return job.Wait(time.Hour), run.Save(ctx, change)
		}))
		id := b.accept(func(r *job.Request) { r.Watch = []string{"telnet:ann"} })
		shown := job.Shown{Version: 1}
		if err := rdb.HSet(t.Context(), "handsoff:job:"+id+":watchers", "telnet:ann", `{"version":1}`).Err(); err != nil {
			t.Fatal(err)
		}
		b.run(id)
		if j := b.want(id, job.Waiting); !slices.Equal(j.Offers, offers) {
			t.Errorf("%+v", j.Offers)
		}
		watchers, err := b.store.Watchers(t.Context(), id)
		if err != nil || len(watchers) != 2 || watchers["telnet:ann"] != shown {
			t.Errorf("%+v %v", watchers, err)
		}
		if n, err := rdb.ZCard(t.Context(), "handsoff:notify").Result(); err != nil || n != 1 {
			t.Errorf("%d to show, %v", n, err)
		}
	})
}
