package job_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// outside is a world in which effects are made: it counts them by the mark that each carries, as Jenkins' list of builds does.
type outside struct {
	mu      sync.Mutex
	started map[string]int
	stopped map[string]int
}

func newOutside() *outside { return &outside{started: map[string]int{}, stopped: map[string]int{}} }

func (o *outside) count(of map[string]int, mark string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return of[mark]
}

func (o *outside) add(to map[string]int, mark string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	to[mark]++
}

// flow starts two things outside, one after the other, and waits between.
type flow struct {
	world *outside
	life  *jobtest.Life // of the process that steps it
}

func (f flow) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	for _, name := range []string{"first", "second"} {
		mark := run.Job().ID + "/" + name
		_, err := job.Once(ctx, run, name,
			func(ctx context.Context) (string, job.Sighting, error) {
				var seen int
				err := f.life.Call(ctx, "look for "+name, func() { seen = f.world.count(f.world.started, mark) })
				if seen > 0 {
					return mark, job.Present, err
				}
				return "", job.Absent, err
			},
			func(ctx context.Context) (string, error) {
				return mark, f.life.Call(ctx, "start "+name, func() { f.world.add(f.world.started, mark) })
			})
		if err != nil {
			return job.Outcome{}, err
		}
		if name == "first" {
			var waited bool
			if _, err := run.Load(&waited); err != nil {
				return job.Outcome{}, err
			}
			if !waited {
				return job.Wait(time.Second), run.Save(ctx, job.Change{Checkpoint: true, Say: []string{"first is there"}})
			}
		}
	}
	return job.Done("both"), nil
}

func (f flow) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var left []string
	for _, name := range []string{"second", "first"} {
		mark := run.Job().ID + "/" + name
		err := f.life.Call(ctx, "stop "+name, func() {
			if f.world.count(f.world.started, mark) > f.world.count(f.world.stopped, mark) {
				f.world.add(f.world.stopped, mark)
			}
		})
		if err != nil {
			return job.Outcome{}, err
		}
	}
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped("looked: nothing runs", left...), nil
}

// live runs one job to its end through as many lives of the process as it takes; the first one dies where plan says.
// It returns how many points the first life passed.
func live(t *testing.T, address string, plan jobtest.Death, cancelAt int) int {
	t.Helper()
	ctx := t.Context()
	world, clock := newOutside(), jobtest.NewClock()
	observer := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = observer.Close() }()
	if err := observer.FlushAll(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	store := jobtest.Open(t, observer, job.Options{Now: clock.Now})
	accepted, err := store.Accept(ctx, jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	points := 0
	for number := range 12 {
		life := jobtest.NewLife(plan)
		if number > 0 {
			life = jobtest.NewLife(jobtest.Death{})
		}
		life.At = func(point int) {
			if number == 0 && cancelAt > 0 && point == cancelAt {
				if _, err := store.Cancel(ctx, accepted.ID, "telnet:bob", ""); err != nil && !errors.Is(err, job.ErrFinished) {
					t.Error(err)
				}
			}
		}
		oneLife(t, address, accepted.ID, life, clock, flow{world, life})
		if number == 0 {
			points = life.Points()
		}
		j, err := store.Get(ctx, accepted.ID)
		if err != nil {
			t.Fatal(err)
		}
		if j.State.Final() {
			check(t, j, world, plan, cancelAt)
			countedOnce(t, observer, j)
			return points
		}
		clock.Add(time.Minute) // the dead worker's lease lapses
	}
	t.Errorf("%+v, cancel at %d: not finished after twelve lives", plan, cancelAt)
	return points
}

// oneLife steps the job in a process that may die.
func oneLife(t *testing.T, address, id string, life *jobtest.Life, clock *jobtest.Clock, step job.Stepper) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
	rdb.AddHook(life)
	worker := job.NewWorker(store, job.WorkerOptions{
		Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": step},
		Heartbeat: time.Hour, Lease: life.Hold(),
	})
	for !life.Dead() {
		took, err := worker.Run(t.Context(), id)
		if err != nil && !errors.Is(err, jobtest.ErrDead) {
			t.Fatal(err)
		}
		if !took {
			break
		}
		clock.Add(2 * time.Second) // what it waits for
	}
	if err := worker.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, j *job.Job, world *outside, plan jobtest.Death, cancelAt int) {
	t.Helper()
	where := fmt.Sprintf("%+v, cancel at %d: %s", plan, cancelAt, jobtest.Describe(j))
	for mark, n := range world.started {
		if n > 1 {
			t.Errorf("%s: %s was started %d times", where, mark, n)
		}
		if j.State == job.Cancelled && world.stopped[mark] != 1 {
			t.Errorf("%s: %s runs on", where, mark)
		}
	}
	switch j.State {
	case job.Succeeded:
		if len(world.started) != 2 {
			t.Errorf("%s: only %v was started", where, world.started)
		}
	case job.Cancelled:
		if cancelAt == 0 || j.Receipt == nil {
			t.Errorf("%s: cancelled without a wish or a receipt", where)
		}
	default:
		t.Errorf("%s: ended otherwise", where)
	}
}

// TestCrashAnywhere runs a flow once to count its outside calls and Redis writes, then again with a death before and after
// each of them, with and without a cancel at each of them.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	points := live(t, address, jobtest.Death{}, 0)
	if points < 10 {
		t.Fatalf("the flow has only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			death := jobtest.Death{Point: point, After: after}
			live(t, address, death, 0)
			live(t, address, death, max(1, point-1))
		}
		live(t, address, jobtest.Death{}, point)
	}
	t.Logf("%d points", points)
}

// TestLifeDies makes sure that the sweep could fail: a dead process reaches nothing.
func TestLifeDies(t *testing.T) {
	t.Parallel()
	life := jobtest.NewLife(jobtest.Death{Point: 2, After: true})
	var made []string
	for _, name := range []string{"one", "two", "three"} {
		_ = life.Call(t.Context(), name, func() { made = append(made, name) })
	}
	if strings.Join(made, " ") != "one two" || !life.Dead() || !slices.Equal(life.Passed(), []string{"one", "two"}) {
		t.Error(made, life.Passed())
	}
	var dial net.Conn
	if _, err := life.DialHook(nil)(t.Context(), "tcp", ""); !errors.Is(err, jobtest.ErrDead) || dial != nil {
		t.Error(err)
	}
}
