package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// crash is one run of the sweep.
type crash struct {
	death    jobtest.Death
	cancelAt int  // the point before which somebody cancels; 0 for never
	late     bool // somebody cancels after the death, before another worker is there
	failing  bool // the second line does not succeed
}

func (c crash) String() string {
	return fmt.Sprintf("%+v, cancel at %d, late %v, failing %v", c.death, c.cancelAt, c.late, c.failing)
}

// live runs one batch through as many lives of the process as it takes; the first one dies. It returns what points the
// first life passed.
func (c crash) live(b *bench) []string {
	b.Helper()
	b.reset()
	b.brew = func(run *job.Run) job.Outcome {
		if run.Job().Fence < 3 { // a batch waits for it
			return job.Wait(time.Second)
		}
		return job.Done(nil)
	}
	second := "tea taste b"
	if c.failing {
		second = "forbidden"
	}
	id := b.accept("tea brew a", second, "tea brew c")
	cancel := func() {
		if _, err := b.store.Cancel(b.Context(), id, "telnet:bob", "enough"); err != nil && !errors.Is(err, job.ErrFinished) {
			b.Error(err)
		}
	}
	var points []string
	for number := range 12 {
		life := jobtest.NewLife(jobtest.Death{})
		if number == 0 {
			life = jobtest.NewLife(c.death)
			life.At = func(point int) {
				if point == c.cancelAt {
					cancel()
				}
			}
		}
		b.life(id, life)
		if number == 0 {
			points = life.Passed()
			if c.late {
				cancel()
			}
		}
		if j := b.job(id); j.State.Final() {
			c.check(b, j)
			return points
		}
		b.clock.Add(11 * time.Second) // the dead worker's lease lapses
	}
	b.Errorf("%s: not finished after twelve lives: %s", c, jobtest.Describe(b.job(id)))
	return points
}

// life steps a batch in a process that may die, until it has died or the batch is finished.
func (b *bench) life(id string, life *jobtest.Life) {
	b.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: b.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(b, rdb, job.Options{Now: b.clock.Now})
	rdb.AddHook(life)
	say := func(ctx context.Context, e command.Envelope) (answer command.Answer, err error) {
		if dead := life.Call(ctx, "say "+e.Text, func() { answer, err = b.say(ctx, e) }); dead != nil {
			return command.Answer{}, dead
		}
		return answer, err
	}
	batches := job.NewWorker(store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(store, say)},
		Lease: life.Hold(), Heartbeat: time.Hour,
	})
	defer b.end(batches)
	for range 100 {
		if life.Dead() {
			return
		}
		b.rounds(id, batches, 1)
		if b.job(id).State.Final() {
			return
		}
	}
}

func (c crash) check(b *bench, j *job.Job) {
	b.Helper()
	where := fmt.Sprintf("%s: %s\n%s", c, jobtest.Describe(j), strings.Join(b.lines(b.store.Story, j.ID), "\n"))
	children := b.children(j.ID)
	for _, id := range children {
		child := b.job(id)
		if !child.State.Final() {
			b.Errorf("%s\n%s goes on", where, jobtest.Describe(child))
		}
		if child.State == job.Cancelled && (j.Receipt == nil || !strings.HasPrefix(j.Receipt.Evidence, id+" is cancelled ("+child.Receipt.Evidence+"); ")) {
			b.Errorf("%s\n%s is not in the evidence", where, jobtest.Describe(child))
		}
	}
	told := make(map[string]int)
	for _, line := range b.lines(b.store.Story, j.ID) {
		told[line]++
		if told[line] > 1 && !strings.HasPrefix(line, "its worker was lost") {
			b.Errorf("%s\nsaid twice: %s", where, line)
		}
	}
	switch j.State {
	case job.Succeeded:
		if len(children) != 2 || b.answered[handInID(j.ID, 1)] == 0 || len(told) < 3 {
			b.Errorf("%s\n%d children, answered %v", where, len(children), b.answered)
		}
	case job.Cancelled:
		if c.cancelAt == 0 && !c.late || j.Receipt == nil || j.Receipt.By != "telnet:bob" {
			b.Errorf("%s\ncancelled without a wish or a receipt", where)
		}
		if len(children) > 2 || c.failing && len(children) > 1 {
			b.Errorf("%s\n%d children", where, len(children))
		}
		for _, left := range j.Receipt.Left {
			if !strings.Contains(left, "tea taste b, was on its way") {
				b.Errorf("%s\nleft: %s", where, left)
			}
		}
	case job.Failed:
		if !c.failing || len(children) != 1 || !strings.HasPrefix(j.Error, "line 2 of 3, forbidden: forbidden needs the role admin") {
			b.Errorf("%s\n%d children", where, len(children))
		}
	default:
		b.Errorf("%s\nended otherwise", where)
	}
}

// TestCrashAnywhere runs a batch once to count what is asked of Redis and of the function command, then again with a death
// before and after each of these, with and without a cancel: each line's job is made once, no line is skipped, told of
// twice or run behind one that failed, and after a cancel nothing goes on.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	for _, kind := range []crash{{}, {failing: true}} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			points := kind.live(b)
			if len(points) < 20 {
				t.Fatalf("only %d points: %v", len(points), points)
			}
			first, step := jobtest.Stride(t, 4)
			for point := first; point <= len(points); point += step {
				crash{cancelAt: point, failing: kind.failing}.live(b)
				for _, after := range []bool{false, true} {
					death := jobtest.Death{Point: point, After: after}
					for _, run := range []crash{{}, {cancelAt: max(1, point-1)}, {cancelAt: point}, {late: true}} {
						run.death, run.failing = death, kind.failing
						run.live(b)
					}
				}
			}
			t.Logf("%d points: %v", len(points), points)
		})
	}
}
