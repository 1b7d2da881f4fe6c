package main

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A step's function is removed while the run is at the step before: the run does what always runs, and ends with the step and why.
func TestACommandVanishes(t *testing.T) {
	t.Parallel()
	f := newFlows(t, `
pipelines:
  dinner:
    words: make dinner
    steps:
      - {name: soup, run: tea brew, args: {sort: soup}}
      - {name: plates, run: tea smash}
      - {name: sorry, run: tea brew, args: {sort: sorry}}
      - {name: wash, run: tea brew, always: true, args: {sort: wash}}
`)
	f.brew = func(run *job.Run) job.Outcome {
		if sortOf(run) == "soup" && run.Job().Fence < 4 {
			return job.Wait(time.Second)
		}
		return job.Done(nil)
	}
	id := f.begin("make dinner")
	w := f.worker()
	defer f.end(w)
	f.rounds(id, w, 50, func(round int) {
		if round == 2 {
			f.catalogue = command.NewCatalogue(map[string]string{"teapot": strings.Replace(declared, "words: tea smash", "words: tea slam", 1)})
		}
	})
	j := f.bench.job(id)
	if j.State != job.Failed || !strings.Contains(j.Error, "plates") || !strings.Contains(j.Error, "tea smash") {
		t.Error(jobtest.Describe(j), j.Error)
	}
	if len(f.tries(id, "sorry")) > 0 || len(f.tries(id, "wash")) != 1 || f.tries(id, "wash")[0].State != job.Succeeded {
		t.Error(strings.Join(f.lines(f.store.Story, id), "\n"))
	}
}
