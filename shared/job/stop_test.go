package job_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhatACancelCutShortIsLookedFor: a capability has no Cancel, and is asked to stop while its request is under way. What the job
// ends as is what was seen outside, and nothing is begun any more.
func TestWhatACancelCutShortIsLookedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		found job.Sighting
		state job.State
		left  []string
	}{
		"it happened":          {job.Present, job.Cancelled, []string{"this had been done: merge", "this had been done: say"}},
		"it did not happen":    {job.Absent, job.Cancelled, []string{"this had been done: say"}},
		"looking cannot tell":  {job.Hidden, job.Unknown, nil},
		"it was the last step": {job.Present, job.Succeeded, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
				var asked, looked atomic.Int64
				began := make(chan struct{}, 1)
				b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
					never := func(context.Context) (bool, job.Sighting, error) {
						t.Error("it is known")
						return false, job.Hidden, nil
					}
					if _, err := job.Once(ctx, run, "say", never, func(context.Context) (bool, error) { return true, nil }); err != nil {
						return job.Outcome{}, err
					}
					_, err := job.Once(ctx, run, "merge",
						func(context.Context) (bool, job.Sighting, error) { looked.Add(1); return true, test.found, nil },
						func(ctx context.Context) (bool, error) {
							asked.Add(1)
							began <- struct{}{}
							<-ctx.Done() // the request is cut off, wherever it was
							return false, ctx.Err()
						})
					if err != nil {
						return job.Outcome{}, err
					}
					if test.state != job.Succeeded {
						_, err = job.Once(ctx, run, "label", never, func(context.Context) (bool, error) { t.Error("it goes on"); return true, nil })
					}
					return job.Done(nil), err
				}))
				id := b.accept()
				if took, err := b.worker.Take(t.Context(), id); !took || err != nil {
					t.Fatal(took, err)
				}
				<-began
				if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
					t.Fatal(err)
				}
				jobtest.Eventually(t, "the end", func() bool { return b.job(id).State.Final() })
				j := b.want(id, test.state)
				if asked.Load() != 1 || looked.Load() != 1 {
					t.Errorf("it was asked for %d times, and looked for %d times", asked.Load(), looked.Load())
				}
				switch test.state {
				case job.Cancelled:
					if !slices.Equal(j.Receipt.Left, test.left) {
						t.Errorf("%+v", j.Receipt)
					}
				case job.Unknown:
					if !strings.Contains(j.Error, "merge") {
						t.Error(j.Error)
					}
				default:
				}
			})
		})
	}
}

// TestAStopThatCannotLookYetLooksAgain: the other side does not answer for a while.
func TestAStopThatCannotLookYetLooksAgain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		began := make(chan struct{}, 1)
		var looks atomic.Int64
		b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			_, err := job.Once(ctx, run, "merge",
				func(context.Context) (bool, job.Sighting, error) {
					if looks.Add(1) == 1 {
						return false, job.Hidden, errors.New("connection refused")
					}
					return false, job.Absent, nil
				},
				func(ctx context.Context) (bool, error) {
					began <- struct{}{}
					<-ctx.Done()
					return false, ctx.Err()
				})
			return job.Done(nil), err
		}))
		id := b.accept()
		if took, err := b.worker.Take(t.Context(), id); !took || err != nil {
			t.Fatal(took, err)
		}
		<-began
		if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
			t.Fatal(err)
		}
		jobtest.Eventually(t, "the end", func() bool { return b.job(id).State.Final() })
		if j := b.want(id, job.Cancelled); len(j.Receipt.Left) != 0 || looks.Load() != 2 {
			t.Errorf("%+v after %d looks", j.Receipt, looks.Load())
		}
	})
}

// TestAStopWaitsForNobody: all that a worker may have in hand takes hours, and a job that waits is asked to stop.
func TestAStopWaitsForNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		step := stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			if run.Job().Text == "wait" {
				return job.Wait(time.Hour), nil
			}
			<-ctx.Done()
			return job.Outcome{}, ctx.Err()
		})
		b := newBench(t, rdb, step, func(o *job.WorkerOptions) { o.Concurrency = 1 })
		waits := b.accept(func(r *job.Request) { r.Text = "wait" })
		b.run(waits)
		b.want(waits, job.Waiting)
		if took, err := b.worker.Take(t.Context(), b.accept()); !took || err != nil {
			t.Fatal(took, err)
		}
		if _, err := b.worker.Take(t.Context(), b.accept()); !errors.Is(err, job.ErrBusy) {
			t.Errorf("one more: %v", err)
		}
		if _, err := b.store.Cancel(t.Context(), waits, "telnet:bob", ""); err != nil {
			t.Fatal(err)
		}
		b.run(waits)
		b.want(waits, job.Cancelled)
	})
}
