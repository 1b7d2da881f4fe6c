package job_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestFaultsAreWaitedOut: a server that does not answer is waited for; a job that began nothing outside gives up after a
// while, and one that did goes on until its time limit.
func TestFaultsAreWaitedOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		begins bool
		want   job.State
		says   string
	}{
		"nothing begun": {false, job.Failed, "connection refused (tried for 15 m)"},
		"begun":         {true, job.Failed, "its time limit passed; it was stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := jobtest.NewClock()
			store := jobtest.Open(t, jobtest.Redis(t).Client(t), job.Options{Now: clock.Now})
			worker := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "w", Heartbeat: time.Hour, Steps: map[string]job.Stepper{
				"test run": stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
					if test.begins {
						_, err := job.Once(ctx, run, "build", nil, func(context.Context) (int, error) { return 12, nil })
						if err != nil {
							return job.Outcome{}, err
						}
					}
					return job.Outcome{}, errors.New("connection refused")
				}),
			}})
			defer func() { _ = worker.Stop(context.Background()) }()
			a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Limit = 2 * time.Hour }))
			if err != nil {
				t.Fatal(err)
			}
			var j *job.Job
			for range 400 {
				if _, err := worker.Run(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
				if j, err = store.Get(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
				if j.State.Final() {
					break
				}
				clock.Add(90 * time.Second)
			}
			if j.State != test.want || j.Error != test.says {
				t.Error(jobtest.Describe(j))
			}
			story, err := store.Story(t.Context(), a.ID, "", 100)
			if err != nil || len(story) != 1 || !strings.Contains(story[0].Text, "connection refused; trying again in") {
				t.Errorf("people are told once: %v %+v", err, story)
			}
		})
	}
}
