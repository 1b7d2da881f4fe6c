package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// anyone has every role but that of an admin.
type anyone struct{}

func (anyone) RolesOf(...string) []string { return []string{"operator", "viewer"} }

func (anyone) Grant(role string, _ ...string) (string, bool) { return "all may", role != "admin" }

func (anyone) Who(string) []string { return []string{"telnet:root"} }

// flows is a bench on which pipelines run.
type flows struct {
	*bench
	set   *pipeline.Set
	steps map[string]job.Stepper // of other functions than pipeline, in place of the kettle
}

// newFlows reads pipelines, all of which must be right, and makes commands of them.
func newFlows(tb testing.TB, text string) *flows {
	tb.Helper()
	f := &flows{bench: newBench(tb)}
	f.configure(text)
	return f
}

func (f *flows) configure(text string) {
	f.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		f.Fatal(err)
	}
	f.set = pipeline.Read(file)
	for _, fault := range f.set.Faults {
		f.Fatal(fault)
	}
	specs := make([]command.Spec, 0, len(f.set.Pipelines))
	for _, p := range f.set.Pipelines {
		specs = append(specs, p.Spec())
	}
	f.catalogue = command.NewCatalogue(map[string]string{"teapot": declared, "pipeline": yamlOf(f, specs)})
	for _, fault := range f.catalogue.Faults() {
		f.Fatal(fault)
	}
}

// stepper steps every pipeline, as one process does.
func (f *flows) stepper(store *job.Store, say func(context.Context, command.Envelope) (command.Answer, error)) map[string]job.Stepper {
	steps := make(map[string]job.Stepper)
	for _, p := range f.set.Pipelines {
		r := f.batcher(store, say)
		r.script = &flow{set: f.set, roles: anyone{}}
		steps[p.Words] = r
	}
	return steps
}

// begin asks for a pipeline as somebody does at a door.
func (f *flows) begin(line string, changes ...func(*job.Request)) string {
	f.Helper()
	parsed, err := f.catalogue.Parse(line)
	if err != nil {
		f.Fatal(err)
	}
	r := parsed.Request()
	r.Principal, r.Groups, r.Signoff = "slack:U0ANN", []string{"slack-group:S0OPS"}, nil
	for _, change := range changes {
		change(&r)
	}
	a, err := f.store.Accept(f.Context(), r)
	if err != nil {
		f.Fatal(err)
	}
	return a.ID
}

// worker makes a process of the function pipeline.
func (f *flows) worker() *job.Worker {
	return job.NewWorker(f.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: f.stepper(f.store, f.say), Heartbeat: time.Hour,
	})
}

// run steps everything, a second apart, until the job has ended.
func (f *flows) run(id string) *job.Job {
	f.Helper()
	w := f.worker()
	defer f.end(w)
	f.rounds(id, w, 300, nil)
	return f.bench.job(id)
}

// rounds lets whatever is open have a step, a second apart, until the job has ended; each is called before every round.
func (f *flows) rounds(id string, w *job.Worker, most int, each func(round int), over ...func() bool) {
	f.Helper()
	steps := f.steps
	if steps == nil {
		steps = map[string]job.Stepper{"tea brew": kettle{f.bench}, "tea smash": kettle{f.bench}}
	}
	teapot := job.NewWorker(f.store, job.WorkerOptions{Function: "teapot", Name: "t", Heartbeat: time.Hour, Steps: steps})
	defer f.end(teapot)
	for round := range most {
		if each != nil {
			each(round)
		}
		for _, function := range []struct {
			name   string
			worker *job.Worker
		}{{"pipeline", w}, {"teapot", teapot}} {
			open, err := jobtest.List(f.Context(), f.store, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Function == function.name }})
			if err != nil {
				f.Fatal(err)
			}
			for _, j := range slices.Backward(open) {
				if _, err := function.worker.Run(f.Context(), j.ID); err != nil && !errors.Is(err, jobtest.ErrDead) {
					f.Fatal(err)
				}
			}
		}
		if f.bench.job(id).State.Final() || len(over) > 0 && over[0]() {
			return
		}
		f.clock.Add(time.Second)
	}
}
