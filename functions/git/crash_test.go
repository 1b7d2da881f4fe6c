package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// some are a few of n points, other ones each time; all of them in a soak.
func some(n int) []int {
	const few = 2
	list := rand.Perm(n)
	if os.Getenv("HANDSOFF_SOAK") != "1" {
		list = list[:min(n, few)]
	}
	for i := range list {
		list[i]++
	}
	return list
}

// crash is one run of the sweep.
type crash struct {
	death    jobtest.Death
	cancelAt int // the point before which somebody cancels; 0 for never
}

func (c crash) String() string { return fmt.Sprintf("%+v, cancel at %d", c.death, c.cancelAt) }

// live syncs something new through as many lives of the process as it takes; the first one dies. It returns what points the first life
// passed.
func (c crash) live(b *bench, file string) []string {
	b.Helper()
	b.upstream("main", file)
	before := b.refs(sandbox.Mirror)
	id := b.ask("git sync kettle", nil)
	first := jobtest.NewLife(c.death)
	first.At = func(point int) {
		if point == c.cancelAt {
			if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", ""); err != nil && !errors.Is(err, job.ErrFinished) {
				b.Error(err)
			}
		}
	}
	b.aLife(id, first)
	for n := 0; !b.job(id).State.Final(); n++ {
		if n == 20 {
			b.Fatalf("%s: not finished: %s", c, jobtest.Describe(b.job(id)))
		}
		b.pass(11 * time.Second) // the dead one's lease lapses
		b.aLife(id, jobtest.NewLife(jobtest.Death{}))
	}
	c.check(b, b.job(id), before)
	return first.Passed()
}

// aLife steps a job in a process that may die: at what it asks of Redis, and at each step of a sync.
func (b *bench) aLife(id string, life *jobtest.Life) {
	b.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: b.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(b, rdb, job.Options{Now: b.now})
	rdb.AddHook(life)
	c := b.capability(store)
	c.redis = rdb
	c.at = func(ctx context.Context, step string) error { return life.Call(ctx, step, func() {}) }
	w := job.NewWorker(store, job.WorkerOptions{Function: "git", Name: "w", Steps: c.steps(), Heartbeat: 200 * time.Millisecond})
	for range 10 {
		if _, err := w.Run(b.Context(), id); err != nil || life.Dead() || b.job(id).State.Final() {
			break
		}
		b.pass(time.Second)
	}
	if err := w.Stop(b.Context()); err != nil {
		b.Error(err)
	}
}

func (c crash) check(b *bench, j *job.Job, before string) {
	b.Helper()
	where := fmt.Sprintf("%s: %s %s\n%s", c, jobtest.Describe(j), j.Error, b.story(j.ID))
	told := strings.Count(b.story(j.ID), "Pushed 1 ref")
	switch j.State {
	case job.Succeeded:
		b.alike()
		if told != 1 {
			b.Errorf("%s\npeople were told %d times", where, told)
		}
	case job.Cancelled:
		if c.cancelAt == 0 || j.Receipt == nil || j.Receipt.Evidence == "" {
			b.Errorf("%s\ncancelled without a wish or a receipt", where)
		}
		if b.refs(sandbox.Mirror) != before || told > 0 {
			b.Errorf("%s\nit was pushed", where)
		}
		b.ends(b.sync(), job.Succeeded)
		b.alike()
	default:
		b.Errorf("%s\nended otherwise", where)
	}
}

// TestCrashAnywhere syncs once to count what is asked of Redis and the steps of a sync, then again with a death before and after each of
// these, with and without a cancel: people are told once of what was pushed, and what was cancelled was not pushed.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.ends(b.sync(), job.Succeeded)
	n := 0
	live := func(c crash) []string {
		n++
		return c.live(b, fmt.Sprintf("file%d", n))
	}
	points := live(crash{})
	if len(points) < 8 {
		t.Fatalf("only %d points: %v", len(points), points)
	}
	for _, point := range some(len(points)) {
		for _, after := range []bool{false, true} {
			for _, cancelAt := range []int{0, max(1, point-1)} {
				live(crash{cancelAt: cancelAt, death: jobtest.Death{Point: point, After: after}})
			}
		}
		live(crash{cancelAt: point})
	}
	t.Logf("%d points: %v", len(points), points)
}

// counting is a git that counts its runs, and stands still before or after one of them.
const counting = `#!/bin/sh
n=1
until mkdir "{dir}/$n" 2>/dev/null; do n=$((n+1)); done
if [ $n.before = {stand} ]; then touch {dir}/mark; sleep 600; fi
git "$@"
code=$?
if [ $n.after = {stand} ]; then touch {dir}/mark; sleep 600; fi
exit $code
`

// countedGit makes that git, and returns the configuration with it, and the folder in which it counts.
func (b *bench) countedGit(stand string) (configuration, dir string) {
	b.Helper()
	dir = b.TempDir()
	program := filepath.Join(dir, "git")
	if err := os.WriteFile(program, []byte(strings.NewReplacer("{dir}", dir, "{stand}", stand).Replace(counting)), 0o700); err != nil {
		b.Fatal(err)
	}
	return strings.Replace(benchConfig, "git:\n", "git:\n  program: "+program+"\n", 1), dir
}

// TestKilledAtAnyGit: the function is killed before and after each git that a sync runs, and git with it. The next one ends the sync: once,
// and whole.
func TestKilledAtAnyGit(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	text, dir := b.countedGit("none")
	b.configure(text)
	b.cap = b.capability(b.store)
	b.worker = b.newWorker(b.store, b.cap)
	b.ends(b.sync(), job.Succeeded)
	runs, err := filepath.Glob(filepath.Join(dir, "[0-9]*"))
	if err != nil || len(runs) < 5 {
		t.Fatal("git ran only ", len(runs), err)
	}
	for _, run := range some(len(runs)) {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%s %d of %d", when, run, len(runs)), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, "")
				b.store = jobtest.Open(t, b.redis, job.Options{}) // a clock that runs: leases lapse
				b.cap.jobs = b.store
				b.worker = b.newWorker(b.store, b.cap)
				id := b.ask("git sync kettle", nil)
				text, dir := b.countedGit(fmt.Sprintf("%d.%s", run, when))
				b.killMarked(id, text, "", filepath.Join(dir, "mark"))
				jobtest.Eventually(t, "git to end with the function", func() bool { return b.runs() == "" })
				b.ends(b.real(id), job.Succeeded)
				b.alike()
				if n := strings.Count(b.story(id), "Pushed 5 refs"); n != 1 {
					t.Errorf("people were told %d times:\n%s", n, b.story(id))
				}
				if n := b.pushes(); n > 2 {
					t.Errorf("it was pushed %d times", n)
				}
			})
		}
	}
}
