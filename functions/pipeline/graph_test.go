package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// plot is a random pipeline with what happens to it.
type plot struct {
	steps    []plotted
	cancelAt int             // the round before which somebody cancels; 0 for never
	deaths   []jobtest.Death // of one process after the other
	point    int             // the point of the first one before which somebody cancels; 0 for never
	late     bool            // somebody cancels after its death
}

// plotted is one step.
type plotted struct {
	name           string
	needs          []string
	always, onward bool
	retries        int
	hold           string // its condition: "", "true" or "false"
	now            bool   // its command answers at once
	ends           []job.State
	rounds         int // for how long its job runs
}

func drawPlot(t *rapid.T) *plot {
	p := &plot{cancelAt: rapid.SampledFrom([]int{0, 0, 1, 2, 4, 8}).Draw(t, "cancel at")}
	for i := range rapid.IntRange(1, 7).Draw(t, "steps") {
		s := plotted{
			name: "s" + strconv.Itoa(i), always: rapid.IntRange(0, 3).Draw(t, "always") == 3, onward: rapid.IntRange(0, 3).Draw(t, "onward") == 3,
			retries: rapid.IntRange(0, 2).Draw(t, "retries"), hold: rapid.SampledFrom([]string{"", "", "", "true", "false"}).Draw(t, "when"),
			rounds: rapid.IntRange(0, 3).Draw(t, "rounds"), needs: []string{},
		}
		s.now = !s.always && rapid.IntRange(0, 4).Draw(t, "now") == 4
		for _, earlier := range p.steps {
			if rapid.IntRange(0, 2).Draw(t, "needs") == 2 {
				s.needs = append(s.needs, earlier.name)
			}
		}
		for range 3 {
			s.ends = append(s.ends, rapid.SampledFrom([]job.State{job.Succeeded, job.Succeeded, job.Succeeded, job.Failed, job.Unknown}).Draw(t, "end"))
		}
		p.steps = append(p.steps, s)
	}
	for range rapid.IntRange(0, 3).Draw(t, "deaths") {
		p.deaths = append(p.deaths, jobtest.Death{Point: rapid.IntRange(1, 40).Draw(t, "point"), After: rapid.Bool().Draw(t, "after")})
	}
	return p
}

// yaml writes the pipeline.
func (p *plot) yaml() string {
	var b strings.Builder
	b.WriteString("pipelines:\n  plot:\n    words: run plot\n    lock: pot\n    steps:\n")
	for _, s := range p.steps {
		run := "tea brew"
		if s.now {
			run = "tea taste"
		}
		fmt.Fprintf(&b, "    - {name: %s, run: %s, args: {sort: %s}, needs: [%s], always: %v, retry: {count: %d, wait: 2s}",
			s.name, run, s.name, strings.Join(s.needs, ", "), s.always, s.retries)
		if s.onward {
			b.WriteString(", on_failure: continue")
		}
		if s.hold != "" {
			fmt.Fprintf(&b, ", when: %q", s.hold)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func (p *plot) step(name string) *plotted {
	for i := range p.steps {
		if p.steps[i].name == name {
			return &p.steps[i]
		}
	}
	return nil
}

// TestAnyGraph: whatever the graph is, and whoever fails, cancels or dies: every step ran at most once more than its retries,
// and only behind what it needs; what always runs has run; nothing goes on, nothing was told twice, and the run's end agrees with
// those of its steps.
func TestAnyGraph(t *testing.T) {
	t.Parallel()
	f := &flows{bench: newBench(t)}
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlot(rt)
		f.reset()
		f.configure(p.yaml())
		f.play(rt, p)
	})
}

// play runs it through as many lives of the process as it takes.
func (f *flows) play(rt judge, p *plot) (points []string) {
	f.brew = func(run *job.Run) job.Outcome {
		name := command.Values(run.Job().Args).String("sort")
		s, try := p.step(name), tryOf(run.Job())
		if int(run.Job().Fence) <= s.rounds {
			return job.Wait(time.Second)
		}
		switch s.ends[try-1] {
		case job.Failed:
			return job.Fail("no water", nil)
		case job.Unknown:
			return job.Unsure("steam everywhere")
		default:
			return job.Done(map[string]any{"of": name})
		}
	}
	id := f.begin("run plot")
	round := 0
	cancel := func() {
		if _, err := f.store.Cancel(f.Context(), id, "telnet:bob", "enough"); err != nil && !errors.Is(err, job.ErrFinished) {
			f.Error(err)
		}
	}
	each := func(int) {
		if round++; round == p.cancelAt {
			cancel()
		}
	}
	for number, death := range append(slices.Clone(p.deaths), jobtest.Death{}) {
		life := jobtest.NewLife(death)
		life.At = func(point int) {
			if number == 0 && point == p.point {
				cancel()
			}
		}
		f.mortal(life, func(w *job.Worker) {
			f.rounds(id, w, 150, func(n int) {
				if each(n); life.Dead() {
					f.clock.Add(11 * time.Second)
				}
			}, life.Dead)
		})
		if number == 0 {
			points = life.Passed()
		}
		if number == 0 && p.late {
			cancel()
		}
		if f.bench.job(id).State.Final() {
			break
		}
		f.clock.Add(11 * time.Second)
	}
	f.judge(rt, p, f.bench.job(id))
	return points
}

// judge is who says that something is wrong: a test, or one draw of it.
type judge interface {
	Fatalf(format string, args ...any)
}

// TestADeathAnywhere runs pipelines once to count what is asked of Redis and of the function command, then again with a death
// before and after each of these, with a cancel after it and without; and with a cancel at each.
func TestADeathAnywhere(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]plotted{
		"of all kinds": {
			{name: "a", ends: []job.State{job.Failed, job.Succeeded, job.Succeeded}, retries: 1},
			{name: "b", ends: []job.State{job.Succeeded}, rounds: 2},
			{name: "c", now: true, needs: []string{"a"}},
			{name: "d", ends: []job.State{job.Failed}, needs: []string{"b", "c"}},
			{name: "e", ends: []job.State{job.Succeeded}, needs: []string{"d"}, always: true},
		},
		"one fails as the next is handed in": {
			{name: "a", ends: []job.State{job.Failed}},
			{name: "b", ends: []job.State{job.Succeeded}, rounds: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &flows{bench: newBench(t)}
			f.sweep(t, steps)
		})
	}
}

func (f *flows) sweep(t *testing.T, steps []plotted) {
	t.Helper()
	run := func(p plot) []string {
		p.steps = steps
		f.reset()
		f.configure(p.yaml())
		return f.play(t, &p)
	}
	points := run(plot{})
	if len(points) < 8*len(steps) {
		t.Fatalf("only %d points: %v", len(points), points)
	}
	first, step := jobtest.Stride(t, 4)
	for point := first; point <= len(points); point += step {
		run(plot{point: point})
		for _, after := range []bool{false, true} {
			deaths := []jobtest.Death{{Point: point, After: after}}
			run(plot{deaths: deaths})
			run(plot{deaths: deaths, late: true})
		}
	}
	t.Logf("%d points: %v", len(points), points)
}

// mortal makes a process that may die.
func (f *flows) mortal(life *jobtest.Life, do func(w *job.Worker)) {
	f.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: f.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(f, rdb, job.Options{Now: f.clock.Now})
	rdb.AddHook(life)
	say := func(ctx context.Context, e command.Envelope) (answer command.Answer, err error) {
		if dead := life.Call(ctx, "say", func() { answer, err = f.say(ctx, e) }); dead != nil {
			return command.Answer{}, dead
		}
		return answer, err
	}
	w := job.NewWorker(store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: f.stepper(store, say), Heartbeat: time.Hour, Lease: life.Hold(),
	})
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = w.Stop(ctx)
	}()
	do(w)
}
