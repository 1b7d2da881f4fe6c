package job_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// family is a store in which jobs start others.
type family struct {
	*testing.T
	store *job.Store
	clock *jobtest.Clock
}

func (f *family) accept(changes ...func(*job.Request)) string {
	f.Helper()
	a, err := f.store.Accept(f.Context(), jobtest.Request(changes...))
	if err != nil {
		f.Fatal(err)
	}
	return a.ID
}

func of(parent string) func(*job.Request) {
	return func(r *job.Request) { r.Parent = parent }
}

func alone(lock string) func(*job.Request) {
	return func(r *job.Request) { r.Lock = lock }
}

func closing(fence int64) func(*job.Request) {
	return func(r *job.Request) { r.Closing = fence }
}

// begin takes the lease on a job; nil when it is not to be had.
func (f *family) begin(id string) *job.Held {
	f.Helper()
	held, err := f.store.TakeLease(f.Context(), id, "test", rand.Text(), time.Minute)
	if err != nil {
		f.Fatal(err)
	}
	return held
}

func (f *family) finish(held *job.Held) {
	f.Helper()
	if word, err := held.Finish(f.Context(), job.Failed, "step", ""); word != "ok" || err != nil {
		f.Fatal(word, err)
	}
}

func (f *family) state(id string) job.State {
	f.Helper()
	j, err := f.store.Get(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	return j.State
}

func (f *family) version(id string) int64 {
	f.Helper()
	j, err := f.store.Get(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	return j.Version
}

func eachFamily(t *testing.T, test func(f *family)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		test(&family{t, jobtest.Open(t, rdb, job.Options{Now: clock.Now}), clock})
	})
}

// What a job starts under its own lock does not wait for it; brothers exclude one another, and strangers wait for all.
func TestALockIsHeldForWhatAJobStarts(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		parent := f.accept(alone("deploy/one"))
		stranger := f.accept(alone("deploy/one"))
		top := f.begin(parent)
		first, second := f.accept(of(parent), alone("deploy/one")), f.accept(of(parent), alone("deploy/one"))
		other := f.accept(of(parent), alone("deploy/two"))
		one := f.begin(first)
		if one == nil || one.Job.Lock != "deploy/one of "+parent || f.begin(other) == nil {
			f.Fatal("a child waits for its parent's lock")
		}
		if f.begin(second) != nil || f.begin(stranger) != nil {
			f.Fatal("two run under one lock")
		}
		grandchild := f.accept(of(first), alone("deploy/one"))
		deep := f.begin(grandchild)
		if deep == nil || deep.Job.Lock != "deploy/one of "+parent+" of "+first {
			f.Fatal("a grandchild waits for its parent's lock")
		}
		f.finish(top) // what it started goes on, and keeps the lock
		f.finish(one)
		if f.begin(second) != nil || f.begin(stranger) != nil {
			f.Fatal("a lock is free while a grandchild of who held it runs under it")
		}
		f.finish(deep)
		two := f.begin(second)
		if two == nil || f.begin(stranger) != nil {
			f.Fatal("the second child does not follow the first")
		}
		f.finish(two)
		if f.begin(stranger) == nil {
			f.Fatal("the lock is never free again")
		}
	})
}

// A job whose parent only waits for the lock takes the lock itself: nobody holds it for it.
func TestAParentInLineHoldsNothing(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		holder := f.begin(f.accept(alone("a")))
		parent := f.accept(alone("a"))
		child := f.accept(of(parent), alone("a"))
		if holder == nil || f.begin(child) != nil {
			f.Fatal("a child runs under a lock that a stranger holds")
		}
	})
}

// A lock stays held also when the one who took it is forgotten before what it started is over.
func TestALockOutlivesTheRecord(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		parent := f.accept(alone("a"))
		top := f.begin(parent)
		child := f.accept(of(parent), alone("a"))
		one := f.begin(child)
		two := f.begin(f.accept(of(child), alone("a")))
		stranger := f.accept(alone("a"))
		f.finish(top)
		f.finish(one)
		f.clock.Add(time.Second)
		if n, err := f.store.Sweep(f.Context(), job.Keep{}); n != 2 || err != nil {
			f.Fatal(n, err)
		}
		if f.begin(stranger) != nil {
			f.Fatal("a stranger got the lock")
		}
		f.finish(two)
		if f.begin(stranger) == nil {
			f.Fatal("the lock is never free again")
		}
	})
}

// A job that waited for a sign-off gets in line where it belongs when it has it.
func TestASignedOffChildTakesTheLockBelow(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		parent := f.accept(alone("a"))
		f.begin(parent)
		child := f.accept(of(parent), alone("a"), func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1} })
		if _, err := f.store.Approve(f.Context(), child, "telnet:bob", false); err != nil {
			f.Fatal(err)
		}
		if held := f.begin(child); held == nil || held.Job.Lock != "a of "+parent {
			f.Fatal("a signed-off child waits for its parent's lock")
		}
	})
}

// Who steps a job that is to stop may start what closes it; nobody else may, and the cancel does not reach that.
func TestClosingChildren(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		parent := f.accept()
		held := f.begin(parent)
		before, plain := f.accept(of(parent), closing(held.Job.Fence)), f.accept(of(parent))
		f.begin(before)
		for range 2 { // asking twice reaches no further
			if _, err := f.store.Cancel(f.Context(), parent, "telnet:bob", ""); err != nil {
				f.Fatal(err)
			}
		}
		if f.state(before) != job.Running || f.state(plain) != job.Cancelled {
			f.Error(f.state(before), f.state(plain))
		}
		after := f.accept(of(parent), closing(held.Job.Fence))
		for _, fence := range []int64{0, held.Job.Fence + 1} {
			if _, err := f.store.Accept(f.Context(), jobtest.Request(of(parent), closing(fence))); !errors.Is(err, job.ErrParent) {
				f.Errorf("under fence %d: %v", fence, err)
			}
		}
		if _, err := f.store.Cancel(f.Context(), before, "telnet:bob", ""); err != nil || f.state(before) != job.Cancelling {
			f.Error("it cannot be cancelled by itself:", err)
		}
		if word, err := held.Finish(f.Context(), job.Cancelled, "cancel", "seen"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		if _, err := f.store.Accept(f.Context(), jobtest.Request(of(parent), closing(held.Job.Fence))); !errors.Is(err, job.ErrParent) {
			f.Error("a job that is over has one more child:", err)
		}
		if f.state(after) != job.Queued {
			f.Error(f.state(after))
		}
	})
}

// patient takes more than the engine's hour to stop.
type patient struct{ stepFunc }

func (patient) Cancel(context.Context, *job.Run) (job.Outcome, error) {
	return job.Wait(time.Minute), nil
}

func (patient) StopFor() time.Duration { return 3 * time.Hour }

// What says how long it takes to stop is not given up before.
func TestAPatientJobIsNotGivenUp(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	store := jobtest.Open(t, jobtest.Redis(t).Client(t), job.Options{Now: clock.Now})
	step := patient{func(context.Context, *job.Run) (job.Outcome, error) { return job.Wait(time.Minute), nil }}
	worker := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": step}})
	f := &family{t, store, clock}
	id := f.accept()
	run := func(want job.State) {
		t.Helper()
		if _, err := worker.Run(t.Context(), id); err != nil || f.state(id) != want {
			t.Fatal(f.state(id), want, err)
		}
	}
	run(job.Waiting)
	if _, err := store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
		t.Fatal(err)
	}
	clock.Add(2 * time.Hour)
	run(job.Cancelling)
	clock.Add(61 * time.Minute)
	run(job.Unknown)
	if err := worker.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What a job consists of is kept and seen.
func TestParts(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	parts := []job.Part{{Name: "build", State: "succeeded", Job: "k3f7", Started: time.UnixMilli(1).UTC()}, {Name: "deploy"}}
	versions := make([]int64, 0, 3)
	var b *bench
	step := stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		for range 2 {
			versions = append(versions, b.job(run.Job().ID).Version)
			if err := run.Save(ctx, job.Change{Parts: slices.Clone(parts)}); err != nil {
				t.Error(err)
			}
		}
		return job.Done(nil), nil
	})
	b = newBench(t, rdb, step)
	id := b.accept()
	b.run(id)
	if got := b.job(id); !slices.Equal(got.Parts, parts) || versions[1] != versions[0]+1 || got.Version != versions[1]+1 {
		t.Errorf("%+v %v %d", got.Parts, versions, got.Version)
	}
}

// A time limit that passes while a job waits stops what it started, too, and is seen.
func TestATimeLimitStopsWhatAJobStarted(t *testing.T) {
	eachFamily(t, func(f *family) {
		parent := f.accept(func(r *job.Request) { r.Limit, r.Watch = time.Hour, []string{"telnet:ann"} })
		held := f.begin(parent)
		runs, begins := f.accept(of(parent)), f.accept(of(parent))
		child := f.begin(runs)
		grandchild := f.accept(of(runs))
		if word, err := held.Park(f.Context(), 10*time.Minute, "step"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		before := f.version(parent)
		f.clock.Add(30 * time.Second)
		if word, err := child.Park(f.Context(), 6*time.Hour, "step"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		f.clock.Add(2 * time.Hour)
		f.begin(parent)
		stopped := func(id, of string, want job.State) {
			f.Helper()
			j, err := f.store.Get(f.Context(), id)
			if err != nil || j.State != want || j.Cancel == nil {
				f.Fatalf("%s is %s, by %+v, not %s: %v", id, j.State, j.Cancel, want, err)
			}
			if whose, late := job.Deadline(j.Cancel.By); !late || whose != of || j.Error != "" {
				f.Errorf("%s was stopped by %s (%s)", id, j.Cancel.By, j.Error)
			}
		}
		stopped(parent, "", job.Cancelling)
		stopped(runs, parent, job.Cancelling)
		stopped(begins, parent, job.Cancelled)
		stopped(grandchild, parent, job.Cancelled)
		child = f.begin(runs)
		if word, err := child.Finish(f.Context(), job.Cancelled, "cancel", "seen"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		stopped(runs, parent, job.Cancelled)
		if f.version(parent) == before {
			f.Error("nobody sees that it is stopped")
		}
	})
}

// A job that waits while it stops goes on as soon as something that it started has ended.
func TestAStopGoesOnWhenAChildEnds(t *testing.T) {
	eachFamily(t, func(f *family) {
		parent := f.accept()
		held := f.begin(parent)
		child := f.begin(f.accept(of(parent)))
		if _, err := f.store.Cancel(f.Context(), parent, "telnet:ann", ""); err != nil {
			f.Fatal(err)
		}
		if word, err := held.Park(f.Context(), time.Hour, "cancel"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		if f.begin(parent) != nil {
			f.Fatal("it does not wait")
		}
		if word, err := child.Finish(f.Context(), job.Unknown, "cancel", ""); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		if f.begin(parent) == nil {
			f.Error("it waits on")
		}
	})
}

// Two that hold a lock each, and start what needs the other's, would wait for one another: what comes second says so at once.
func TestARingOfLocks(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		one, two := f.accept(alone("a")), f.accept(alone("b"))
		top, other := f.begin(one), f.begin(two)
		line := f.accept(alone("b")) // behind the one, and nobody's child
		inner := f.accept(of(one))
		deep := f.begin(inner)
		first := f.accept(of(inner), alone("b"))
		if f.state(first) != job.Queued || f.begin(first) != nil {
			f.Fatal(f.state(first))
		}
		if word, err := other.Park(f.Context(), time.Hour, "step"); word != "ok" || err != nil {
			f.Fatal(word, err)
		}
		got, err := f.store.Accept(f.Context(), jobtest.Request(of(two), alone("a")))
		if err != nil || got.State != job.Failed {
			f.Fatal(got, err)
		}
		second, err := f.store.Get(f.Context(), got.ID)
		want := "it needs a, which " + one + " holds, and " + one + " waits for " + two + ", which led to this job and waits for it: " +
			"none of them could go on until one was stopped or reached its time limit"
		if err != nil || second.Error != want || !second.State.Final() {
			f.Errorf("%s, not %s: %v", jobtest.Describe(second), want, err)
		}
		other = f.begin(two) // its end was told
		if other == nil {
			f.Fatal("who waits for it is not woken")
		}
		if stranger := f.accept(alone("a")); f.state(stranger) != job.Queued {
			f.Error("a stranger is no part of it:", f.state(stranger))
		}
		if child := f.accept(of(two), alone("c")); f.begin(child) == nil {
			f.Error("nor is what needs another lock")
		}
		f.finish(other)
		f.finish(f.begin(line))
		f.finish(f.begin(first))
		f.finish(deep)
		f.finish(top)
	})
}

// What waited for a sign-off is told so when it has it.
func TestARingThatASignoffCloses(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		one, two := f.accept(alone("a")), f.accept(alone("b"))
		f.begin(one)
		f.begin(two)
		first := f.accept(of(one), alone("b"), func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1} })
		second := f.accept(of(two), alone("a")) // the first is in no line yet
		approved, err := f.store.Approve(f.Context(), first, "telnet:bob", false)
		if err != nil || approved.State != job.Failed || f.state(first) != job.Failed || f.state(second) != job.Queued {
			f.Error(approved, f.state(first), f.state(second), err)
		}
	})
}

// A job that is over, and keeps its lock while what it started is under way, is waited for as that is.
func TestARingThroughOneThatIsOver(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		one, two := f.accept(alone("a")), f.accept(alone("b"))
		top := f.begin(one)
		f.begin(two)
		child := f.accept(of(one), alone("a"))
		f.begin(child)
		f.finish(top)
		if first := f.accept(of(child), alone("b")); f.state(first) != job.Queued {
			f.Fatal(f.state(first))
		}
		if second := f.accept(of(two), alone("a")); f.state(second) != job.Failed {
			f.Error(f.state(second))
		}
	})
}
