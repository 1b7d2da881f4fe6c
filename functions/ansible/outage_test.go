package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Redis is away while a playbook runs: the run goes on, all that it said meanwhile is in the log, and a lease that lapsed makes no second
// run. Only when it is away for so long that somebody else may have the job, the program is ended, and the job says so.
func TestRedisIsAway(t *testing.T) {
	t.Parallel()
	outages := []time.Duration{5 * time.Second}
	if soak() {
		outages = append(outages, 30*time.Second, 60*time.Second)
	}
	for _, away := range outages {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			seconds := int(away.Seconds()) + 3
			id := b.ask("count", with(fmt.Sprintf("seconds=%d", seconds)))
			b.begin(id)
			ref := refOf(t, b.until(id, "the first second", func(*job.Job) bool { return strings.Contains(b.log(id), "(item=1)") }))
			b.server.Kill(t)
			time.Sleep(away)
			b.server.Start(t)
			jobtest.Eventually(t, "the client to try again", func() bool { return b.redis.Ping(t.Context()).Err() == nil })
			done := b.takenOver(id)
			if attend.Look(ref) != attend.Gone {
				t.Error("it is still there")
			}
			log := b.log(id)
			if n := strings.Count(log, "TASK [Count]"); n != 1 {
				t.Errorf("it ran %d times", n)
			}
			if away > unheld {
				b.ends(done, job.Unknown, "Redis could not be reached for 45s while ansible-playbook ran, at task 1 of ~1, \"Count\", on a")
				seconds = 5 // at the least, and most of that was said while nobody could be told
			} else {
				b.ends(done, job.Succeeded)
				b.says(log, "PLAY RECAP")
			}
			at := 0
			for second := 1; second <= seconds; second++ {
				line := fmt.Sprintf("changed: [a] => (item=%d)", second)
				if strings.Count(log, line) != 1 || strings.Index(log, line) < at {
					t.Fatalf("%q is not where it belongs:\n%s", line, clipped(log))
				}
				at = strings.Index(log, line)
			}
			b.tidy()
		})
	}
}

// Two replicas of the function are given the same job again and again: the playbook runs once.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	lasting := func(name string, c *capability) *job.Worker { // a lease that lapsed would be another's by right
		return job.NewWorker(b.store, job.WorkerOptions{Function: "ansible", Name: name, Steps: c.steps(), Lease: time.Hour})
	}
	both := []*job.Worker{lasting("one", b.cap), lasting("other", b.capability())}
	id := b.ask("count", with("seconds=3"))
	var replicas sync.WaitGroup
	for _, w := range both {
		replicas.Go(func() {
			for range 1200 {
				if _, err := w.Take(t.Context(), id); err != nil {
					return // it has ended
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	done := b.finished(id)
	replicas.Wait()
	b.ends(done, job.Succeeded)
	if n := strings.Count(b.log(id), "TASK [Count]"); n != 1 || done.Fence != 1 || b.result(done).Starts != 1 {
		t.Errorf("it ran %d times, by %d attempts, in %d starts", n, done.Fence, b.result(done).Starts)
	}
	for _, w := range both {
		if err := w.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	b.tidy()
}
