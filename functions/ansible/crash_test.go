package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// quick stands for ansible-playbook where only what we do around it is of interest: it notes that it began, tells of two
// tasks, and ends.
const quick = `#!/bin/sh
echo begun >> "%s"
echo '{"e":"playbook","plays":1,"tasks":2}' >&3
echo '{"e":"play","name":"p"}' >&3
for n in 1 2; do
  echo "{\"e\":\"task\",\"name\":\"task $n\"}" >&3
  echo '{"e":"start","host":"a"}' >&3
  echo "TASK [$n]"
  sleep 0.%s
  echo '{"e":"ok","host":"a","changed":false}' >&3
done
echo '{"e":"stats","host":"a","ok":2,"changed":0,"failures":0,"unreachable":0,"skipped":0}' >&3
echo '{"e":"end"}' >&3
echo "PLAY RECAP"
`

// crash is one run of the sweep.
type crash struct {
	death    jobtest.Death
	cancelAt int // the point before which somebody cancels; 0 for never
	repeat   bool
}

func (c crash) String() string {
	return fmt.Sprintf("%+v, cancel at %d, repeat %v", c.death, c.cancelAt, c.repeat)
}

// live runs one job through as many lives of the process as it takes; the first one dies. It returns what points the first
// life passed.
func (c crash) live(b *bench) []string {
	b.Helper()
	begun := filepath.Join(b.TempDir(), "begun")
	_ = os.Remove(begun)
	b.set.Program = filepath.Join(b.TempDir(), "quick")
	if err := os.WriteFile(b.set.Program, fmt.Appendf(nil, quick, begun, "05"), 0o700); err != nil {
		b.Fatal(err)
	}
	edit(&b.set, "slow", func(p *playbook) { p.Repeat = c.repeat })
	id := b.ask("slow", nil)
	first := jobtest.NewLife(c.death)
	first.At = func(point int) {
		if point == c.cancelAt {
			if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", ""); err != nil && !errors.Is(err, job.ErrFinished) {
				b.Error(err)
			}
		}
	}
	b.aLife(id, first)
	for end := time.Now().Add(enough); !b.job(id).State.Final(); {
		if time.Now().After(end) {
			b.Fatalf("%s: not finished: %s", c, jobtest.Describe(b.job(id)))
		}
		time.Sleep(60 * time.Millisecond) // until the dead one's lease has lapsed
		b.aLife(id, jobtest.NewLife(jobtest.Death{}))
	}
	text, _ := os.ReadFile(begun)
	c.check(b, b.job(id), strings.Count(string(text), "begun"))
	b.tidy()
	return first.Passed()
}

// aLife steps a job in a process that may die: with it goes what it attends.
func (b *bench) aLife(id string, life *jobtest.Life) {
	b.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: b.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(b, rdb, job.Options{})
	rdb.AddHook(life)
	c := b.capability()
	c.jobs, c.redis = store, rdb
	worker := job.NewWorker(store, job.WorkerOptions{Function: "ansible", Name: "w", Steps: c.steps(), Lease: 400 * time.Millisecond, Heartbeat: 20 * time.Millisecond})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 10 {
			if _, err := worker.Run(b.Context(), id); err != nil || life.Dead() || b.job(id).State.Final() {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(5 * time.Millisecond):
			if life.Dead() {
				c.bury(id)
			}
		}
	}
	if life.Dead() {
		c.bury(id)
	}
	if err := worker.Stop(b.Context()); err != nil {
		b.Error(err)
	}
}

// bury does what the kernel does to a keeper whose function was killed, and the keeper to the rest.
func (c *capability) bury(id string) {
	if s := c.session(id); s != nil {
		_ = syscall.Kill(s.program.Ref().Keeper.PID, syscall.SIGKILL)
	}
}

func (c crash) check(b *bench, j *job.Job, begun int) {
	b.Helper()
	where := fmt.Sprintf("%s: %s %s", c, jobtest.Describe(j), j.Error)
	if begun > 1 && !c.repeat {
		b.Errorf("%s: begun %d times", where, begun)
	}
	if j.Checkpoint != nil && strings.Contains(string(j.Checkpoint), `"ref"`) && attend.Look(refOf(b, j)) != attend.Gone {
		b.Errorf("%s: it runs on", where)
	}
	switch j.State {
	case job.Succeeded:
		if begun == 0 {
			b.Errorf("%s: never begun", where)
		}
		if n := strings.Count(b.log(j.ID), "PLAY RECAP"); n < 1 || n > begun {
			b.Errorf("%s: its end is in the log %d times", where, n)
		}
	case job.Cancelled:
		if c.cancelAt == 0 || j.Receipt == nil || j.Receipt.Evidence == "" {
			b.Errorf("%s: cancelled without a wish or a receipt", where)
		}
	case job.Unknown:
		if c.repeat || c.death.Point == 0 || !strings.Contains(j.Error, "not declared safe to repeat") {
			b.Errorf("%s: it could have been told", where)
		}
	default:
		b.Errorf("%s: ended otherwise\n%s", where, b.story(j.ID))
	}
}

// TestCrashAnywhere runs a job once to count its writes, then again with a death before and after each of these, with and
// without a cancel: a playbook is begun once at most, unless it is safe to repeat, and the end that is told is true.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	for _, repeat := range []bool{false, true} {
		t.Run(fmt.Sprint("repeat ", repeat), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			points := crash{repeat: repeat}.live(b)
			if len(points) < 6 {
				t.Fatalf("only %d points: %v", len(points), points)
			}
			for _, point := range some(len(points)) {
				for _, after := range []bool{false, true} {
					for _, cancelAt := range []int{0, max(1, point-1)} {
						crash{repeat: repeat, cancelAt: cancelAt, death: jobtest.Death{Point: point, After: after}}.live(b)
					}
				}
				crash{repeat: repeat, cancelAt: point}.live(b)
			}
			t.Logf("%d points: %v", len(points), points)
		})
	}
}

// some are a few of n points, other ones each time; all of them in a soak.
func some(n int) []int {
	const few = 4
	list := rand.Perm(n)
	if !soak() {
		list = list[:min(n, few)]
	}
	for i := range list {
		list[i]++
	}
	return list
}
