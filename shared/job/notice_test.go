package job_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// town is a store in which jobs end as soon as they are made, at the time of a clock that is moved.
type town struct {
	*testing.T

	clock  *jobtest.Clock
	store  *job.Store
	worker *job.Worker
}

func newTown(t *testing.T, rdb *redis.Client) *town {
	t.Helper()
	clock := jobtest.NewClock()
	store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	worker := job.NewWorker(store, job.WorkerOptions{Function: job.NoticeFunction, Steps: map[string]job.Stepper{
		job.NoticeCommand: stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nil), nil }),
		"work":            stepFunc(func(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nil), nil }),
	}})
	t.Cleanup(func() { _ = worker.Stop(context.Background()) })
	return &town{T: t, clock: clock, store: store, worker: worker}
}

// ends makes jobs of a command that end at once, a second apart.
func (w *town) ends(command string, n int, watch ...string) []string {
	w.Helper()
	ids := make([]string, n)
	for i := range ids {
		accepted, err := w.store.Accept(w.Context(), jobtest.Request(func(r *job.Request) {
			r.Function, r.Command, r.Text, r.Watch = job.NoticeFunction, command, fmt.Sprintf("%s %d", command, i), watch
		}))
		if err != nil {
			w.Fatal(err)
		}
		if ran, err := w.worker.Run(w.Context(), accepted.ID); !ran || err != nil {
			w.Fatal(ran, err)
		}
		w.clock.Add(time.Second)
		ids[i] = accepted.ID
	}
	return ids
}

// has lists the ids of the jobs that ended, or of the notices, sorted.
func (w *town) has(notices bool) []string {
	w.Helper()
	found, err := w.store.Browse(w.Context(), job.Browse{Notices: notices, Limit: 5000, Look: 5000})
	if err != nil {
		w.Fatal(err)
	}
	ids := make([]string, len(found.Jobs))
	for i, j := range found.Jobs {
		if ids[i] = j.ID; j.IsNotice() != notices {
			w.Errorf("%s is listed in the wrong place", j.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func (w *town) sweeps(keepFor time.Duration, most int) {
	w.Helper()
	if _, err := w.store.Sweep(w.Context(), job.Keep{For: keepFor, AtMost: most}); err != nil {
		w.Fatal(err)
	}
}

func sorted(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return all
}

// TestNoticesPushNoJobOut: a flood of notices retires by itself, a thousand are kept, for a day; the jobs stay.
func TestNoticesPushNoJobOut(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		w := newTown(t, rdb)
		works := w.ends("work", 3)
		notices := w.ends(job.NoticeCommand, 1250)
		later := w.ends("work", 2)
		w.sweeps(48*time.Hour, 5)
		jobs := sorted(works, later)
		if got := w.has(false); !slices.Equal(got, jobs) {
			t.Errorf("jobs %v, not %v", got, jobs)
		}
		if got := w.has(true); !slices.Equal(got, sorted(notices[250:])) {
			t.Errorf("%d notices, not the newest 1000", len(got))
		}
		standing, err := w.store.Standing(t.Context())
		if err != nil || standing.Finished != 5 {
			t.Errorf("%+v %v", standing, err)
		}
		w.clock.Add(24*time.Hour - 100*time.Second)
		w.sweeps(48*time.Hour, 5)
		if got := w.has(true); len(got) == 0 || len(got) >= 1000 {
			t.Errorf("%d notices after most of a day", len(got))
		}
		w.clock.Add(time.Hour)
		w.sweeps(48*time.Hour, 5)
		if got, told := w.has(false), w.has(true); !slices.Equal(got, jobs) || len(told) != 0 {
			t.Errorf("after a day %d, not %d, and %d notices", len(got), len(jobs), len(told))
		}
	})
}

// TestANoticeThatNobodySawYetStays as long as a job would: the door it is for may be away for days.
func TestANoticeThatNobodySawYetStays(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		w := newTown(t, rdb)
		unseen := w.ends(job.NoticeCommand, 2, "slack:C1")
		seen := w.ends(job.NoticeCommand, 2)
		w.clock.Add(25 * time.Hour)
		w.sweeps(48*time.Hour, 10)
		if got := w.has(true); !slices.Equal(got, sorted(unseen)) {
			t.Errorf("%v, not %v of %v", got, unseen, seen)
		}
		w.clock.Add(24 * time.Hour)
		w.sweeps(48*time.Hour, 10)
		if got := w.has(true); len(got) != 0 {
			t.Errorf("%v are kept for ever", got)
		}
	})
}
