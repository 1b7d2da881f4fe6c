package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// mortal makes each request to Jenkins a point at which the process may die.
type mortal struct{ life *jobtest.Life }

func (m mortal) RoundTrip(request *http.Request) (response *http.Response, err error) {
	dead := m.life.Call(request.Context(), request.Method+" "+request.URL.Path, func() {
		response, err = http.DefaultTransport.RoundTrip(request)
	})
	if dead != nil {
		if response != nil {
			_ = response.Body.Close()
		}
		return nil, dead
	}
	return response, err
}

// crash is one run of the sweep.
type crash struct {
	job      string
	death    jobtest.Death
	cancelAt int  // the point before which somebody cancels; 0 for never
	deaf     bool // the job does not carry our mark: then unknown is an honest end
}

func (c crash) String() string {
	return fmt.Sprintf("%s %+v, cancel at %d", c.job, c.death, c.cancelAt)
}

// live runs one build through as many lives of the process as it takes; the first one dies. It returns what points the
// first life passed.
func (c crash) live(b *bench) []string {
	b.Helper()
	b.reset()
	id := b.build(c.job)
	var points []string
	for number := range 12 {
		life := jobtest.NewLife(jobtest.Death{})
		if number == 0 {
			life = jobtest.NewLife(c.death)
			life.At = func(point int) {
				if point != c.cancelAt {
					return
				}
				if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", ""); err != nil && !errors.Is(err, job.ErrFinished) {
					b.Error(err)
				}
			}
		}
		b.life(id, life)
		if number == 0 {
			points = life.Passed()
		}
		if j := b.job(id); j.State.Final() {
			c.check(b, j)
			return points
		}
		b.pass(11 * time.Second) // the dead worker's lease lapses
	}
	b.Errorf("%s: not finished after twelve lives: %s", c, jobtest.Describe(b.job(id)))
	return points
}

// reset gives the bench a new Jenkins and an empty Redis.
func (b *bench) reset() {
	b.Helper()
	if err := b.redis.FlushAll(b.Context()).Err(); err != nil {
		b.Fatal(err)
	}
	b.jenkins.Close()
	jenkins := sandbox.New(sandbox.Options{User: account, Token: apiKey, Frozen: true, QuietPeriod: 2 * time.Second})
	b.mu.Lock()
	b.jenkins, b.clock = jenkins, jenkins.Now()
	b.mu.Unlock()
}

// life steps a job in a process that may die, until it has died or the job is finished.
func (b *bench) life(id string, life *jobtest.Life) {
	b.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: b.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(b, rdb, job.Options{Now: b.now})
	rdb.AddHook(life)
	c := b.capability(mortal{life})
	worker := job.NewWorker(store, job.WorkerOptions{
		Function: "jenkins", Name: "w", Steps: c.steps(), Lease: life.Hold(), Heartbeat: time.Hour,
	})
	for range 400 {
		if life.Dead() || b.job(id).State.Final() {
			break
		}
		if _, err := worker.Run(b.Context(), id); err != nil && !errors.Is(err, jobtest.ErrDead) {
			b.Fatal(err)
		}
		b.pass(time.Second)
	}
	if err := worker.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func (c crash) check(b *bench, j *job.Job) {
	b.Helper()
	where := fmt.Sprintf("%s: %s", c, jobtest.Describe(j))
	started := b.jenkins.Started(c.job)
	if started > 1 {
		b.Errorf("%s: %d builds were started", where, started)
	}
	switch j.State {
	case job.Succeeded:
		if started != 1 {
			b.Errorf("%s: no build was started", where)
		}
		if n := strings.Count(b.log(j.ID), "Finished: SUCCESS"); n != 1 {
			b.Errorf("%s: the end of the console is in the log %d times", where, n)
		}
		if n := strings.Count(b.story(j.ID), "has started: "); n > 1 {
			b.Errorf("%s: people were told %d times that it started", where, n)
		}
	case job.Cancelled:
		b.pass(10 * time.Second) // what is still queued would start now
		for _, build := range b.jenkins.Builds(c.job) {
			if build.Building {
				b.Errorf("%s: it runs on", where)
			}
		}
		if c.cancelAt == 0 || j.Receipt == nil {
			b.Errorf("%s: cancelled without a wish or a receipt", where)
		}
	case job.Unknown:
		if !c.deaf || j.Error == "" {
			b.Errorf("%s: it could have been told", where)
		}
	default:
		b.Errorf("%s: ended otherwise\n%s", where, b.story(j.ID))
	}
}

// TestCrashAnywhere runs a build once to count what is asked of Jenkins and Redis, then again with a death before and after
// each of these, with and without a cancel: every run ends with one build, or none and a receipt; a build of a job
// that cannot carry our mark may also end unknown.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	for _, kind := range []crash{{job: "demo/results"}, {job: "demo/plain", deaf: true}, {job: "demo/nomark", deaf: true}} {
		t.Run(kind.job, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			points := kind.live(b)
			if len(points) < 20 {
				t.Fatalf("only %d points: %v", len(points), points)
			}
			last := len(points)
			if kind.deaf {
				last = min(last, 30) // the rest is the same for all
			}
			first, step := jobtest.Stride(t, 3)
			for point := first; point <= last; point += step {
				for _, after := range []bool{false, true} {
					for _, cancelAt := range []int{0, max(1, point-1)} {
						run := kind
						run.death, run.cancelAt = jobtest.Death{Point: point, After: after}, cancelAt
						run.live(b)
					}
				}
				run := kind
				run.cancelAt = point
				run.live(b)
			}
			t.Logf("%d points: %v", len(points), points[:min(30, len(points))])
		})
	}
}
