package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// rest is how long a job of these tests waits after a step: longer than any timer that a worker sets itself.
const rest = 2 * time.Minute

// yard is a place where jobs change and couriers deliver, on a clock that stands still.
type yard struct {
	testing.TB

	rdb    *redis.Client
	jobs   *job.Store
	clock  *jobtest.Clock
	worker *job.Worker
	next   func(ctx context.Context, run *job.Run) (job.Outcome, error)
}

// Step does what the test says next.
func (y *yard) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return y.next(context.WithoutCancel(ctx), run)
}

// Cancel likewise.
func (y *yard) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return y.next(context.WithoutCancel(ctx), run)
}

func newYard(tb testing.TB, rdb *redis.Client) *yard {
	tb.Helper()
	y := &yard{TB: tb, rdb: rdb, clock: jobtest.NewClock()}
	y.jobs = jobtest.Open(tb, rdb, job.Options{Now: y.clock.Now})
	y.worker = job.NewWorker(y.jobs, job.WorkerOptions{
		Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": y}, Heartbeat: time.Hour,
	})
	return y
}

func (y *yard) close() {
	y.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := y.worker.Stop(ctx); err != nil {
		y.Error(err)
	}
}

// courier is one whose loop does not run: deliver runs it. It reaches Redis through a client that may have hooks.
func (y *yard) courier(rdb *redis.Client, doors map[string]door.Door) *courier {
	y.Helper()
	if doors == nil {
		doors = map[string]door.Door{"telnet": {Renderer: &appender{rdb: rdb}}}
	}
	return idleCourier(jobtest.Open(y, rdb, job.Options{Now: y.clock.Now}), rdb, doors, slog.New(slog.DiscardHandler))
}

// delivers has a courier deliver all that is due, and waits for it, and for what is shown apart.
func (c *courier) delivers(ctx context.Context) error {
	for {
		err := c.clear(ctx)
		c.tasks.Wait()
		if err != nil {
			return err
		}
		now, err := c.jobs.Now(ctx)
		if err != nil {
			return err
		}
		if next, some, err := c.jobs.NextView(ctx); err != nil || !some || next.After(now) {
			return err
		}
	}
}

// deliver has an ordinary courier deliver.
func (y *yard) deliver() {
	y.Helper()
	c := y.courier(y.rdb, nil)
	defer c.alarm.Stop()
	if err := c.delivers(context.Background()); err != nil {
		y.Fatal(err)
	}
}

func (y *yard) accept(changes ...func(*job.Request)) string {
	y.Helper()
	accepted, err := y.jobs.Accept(context.Background(), jobtest.Request(changes...))
	if err != nil {
		y.Fatal(err)
	}
	return accepted.ID
}

func watchedBy(addresses ...string) func(*job.Request) {
	return func(r *job.Request) { r.Watch = addresses }
}

// step takes one step of a job.
func (y *yard) step(id string, step func(ctx context.Context, run *job.Run) (job.Outcome, error)) {
	y.Helper()
	y.next = step
	y.clock.Add(rest)
	if took, err := y.worker.Run(context.Background(), id); err != nil || !took {
		y.Fatalf("step of %s: took %v, %v", id, took, err)
	}
}

// changes saves a change in one step.
func (y *yard) changes(id string, change job.Change) {
	y.Helper()
	y.step(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		return job.Wait(rest), run.Save(ctx, change)
	})
}

func (y *yard) says(id string, lines ...string) { y.changes(id, job.Change{Say: lines}) }

func (y *yard) progresses(id string, percent int, line string) {
	y.changes(id, job.Change{Progress: &job.Progress{Percent: percent, Line: line}})
}

func (y *yard) ends(id string, out job.Outcome) {
	y.Helper()
	y.step(id, func(context.Context, *job.Run) (job.Outcome, error) { return out, nil })
}

// unshown reports whether something is to be shown, now or later.
func (y *yard) unshown() bool {
	y.Helper()
	_, some, err := y.jobs.NextView(context.Background())
	if err != nil {
		y.Fatal(err)
	}
	return some
}

// box reads an outbox as "kind text" a line.
func (y *yard) box(address string) []string {
	y.Helper()
	entries, err := y.rdb.XRange(context.Background(), job.OutboxKey(address), "-", "+").Result()
	if err != nil {
		y.Fatal(err)
	}
	lines := make([]string, len(entries))
	for i, e := range entries {
		kind, _ := e.Values["kind"].(string)
		text, _ := e.Values["text"].(string)
		lines[i] = kind + " " + text
	}
	return lines
}

// reads is box, and empties it as somebody does who trims what was read.
func (y *yard) reads(address string) []string {
	y.Helper()
	lines := y.box(address)
	if err := y.rdb.Del(context.Background(), job.OutboxKey(address)).Err(); err != nil {
		y.Fatal(err)
	}
	return lines
}

// wants compares what is in an outbox, and empties it.
func (y *yard) wants(address string, want ...string) {
	y.Helper()
	if got := y.reads(address); !slices.Equal(got, want) {
		y.Fatalf("%s has\n%s\nwant\n%s", address, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// wall is a door that can be shut. It keeps what it was shown, and shows before it records, as doors outside Redis must.
type wall struct {
	rdb redis.UniversalClient

	mu    sync.Mutex
	shut  error
	hangs bool
	tries int
	shown map[string][]string // story lines, then the state, by job and address
}

func (w *wall) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	w.mu.Lock()
	w.tries++
	before := shown
	shut, hangs := w.shut, w.hangs
	if w.shown == nil {
		w.shown = make(map[string][]string)
	}
	if shut == nil && !hangs {
		key := view.Job.ID + " " + address
		for _, line := range view.Story {
			w.shown[key] = append(w.shown[key], line.Text)
			shown.Story = line.ID
		}
		if !view.More {
			w.shown[key] = append(w.shown[key], "is "+string(view.Job.State))
			shown.Version = view.Job.Version
		}
	}
	w.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return shown, ctx.Err()
	}
	if shut != nil {
		return shown, shut
	}
	shown.At = view.Now
	return shown, door.NewHand(w.rdb, nil, view.Job.ID, address, before).Record(ctx, shown)
}

func (w *wall) set(shut error, hangs bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut, w.hangs = shut, hangs
}

func (w *wall) saw(id, address string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.shown[id+" "+address])
}

func (w *wall) triedTimes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tries
}
