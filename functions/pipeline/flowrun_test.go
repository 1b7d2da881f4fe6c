package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// sortOf is what a step's job brews.
func sortOf(run *job.Run) string { return command.Values(run.Job().Args).String("sort") }

// stove brews as the bench says, and leaves something behind when it is stopped.
type stove struct{ *bench }

func (s stove) Step(_ context.Context, run *job.Run) (job.Outcome, error) { return s.brew(run), nil }

func (s stove) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped("the fire is out", "a pot of "+sortOf(run)), nil
}

const kitchen = `
pipelines:
  dinner:
    words: make dinner
    lock: kitchen
    steps:
      - {name: soup, run: tea brew, args: {sort: soup}}
      - {name: roast, run: tea brew, args: {sort: roast}}
      - {name: salad, run: tea brew, args: {sort: salad}, needs: [soup]}
      - {name: serve, run: tea brew, args: {sort: serve}, needs: [roast, salad]}
      - {name: wash, run: tea brew, args: {sort: wash}, always: true}
`

// A cancel stops what runs side by side, waits until it is seen stopped, runs what always runs, and adds up what was left.
func TestACancelClosesTheKitchen(t *testing.T) {
	t.Parallel()
	f := newFlows(t, kitchen)
	f.steps = map[string]job.Stepper{"tea brew": stove{f.bench}}
	f.brew = func(run *job.Run) job.Outcome {
		if sort := sortOf(run); sort == "roast" || sort == "salad" {
			return job.Wait(time.Hour)
		}
		return job.Done(nil)
	}
	id := f.begin("make dinner")
	w := f.worker()
	defer f.end(w)
	f.rounds(id, w, 10, nil)
	if _, err := f.store.Cancel(t.Context(), id, "telnet:bob", "fire", "slack-group:S1"); err != nil {
		t.Fatal(err)
	}
	f.rounds(id, w, 50, func(int) { // asking again and again reaches what always runs no more than the first time
		if _, err := f.store.Cancel(t.Context(), id, "telnet:eve", ""); err != nil {
			t.Error(err)
		}
	})
	j := f.bench.job(id)
	roast, salad, wash := f.tries(id, "roast")[0], f.tries(id, "salad")[0], f.tries(id, "wash")[0]
	want := fmt.Sprintf("%s is cancelled (%s), %s is cancelled (%s), %s is succeeded; 2 of 5 steps had been done",
		roast.ID, roast.Receipt.Evidence, salad.ID, salad.Receipt.Evidence, wash.ID)
	if j.State != job.Cancelled || j.Receipt.By != "telnet:bob" || j.Receipt.Evidence != want || j.Receipt.Signalled.IsZero() ||
		!slices.Equal(j.Receipt.Left, []string{"a pot of roast", "a pot of salad"}) {
		t.Errorf("%s\nwant %s", jobtest.Describe(j), want)
	}
	if wash.State != job.Succeeded || wash.Created.Before(roast.Finished) || len(f.tries(id, "serve")) > 0 || roast.Cancel.By != "telnet:bob" {
		t.Error(jobtest.Describe(wash), jobtest.Describe(roast))
	}
	if states := fmt.Sprint(j.Parts[0].State, j.Parts[1].State, j.Parts[3].State, j.Parts[4].State); states != "succeededcancelledsucceeded" {
		t.Error(states)
	}
}

// What always runs has three hours after a cancel; then it is stopped, and the receipt says so.
func TestClosingTakesTooLong(t *testing.T) {
	t.Parallel()
	f := newFlows(t, kitchen)
	f.steps = map[string]job.Stepper{"tea brew": stove{f.bench}}
	f.brew = func(*job.Run) job.Outcome { return job.Wait(time.Minute) }
	id := f.begin("make dinner")
	w := f.worker()
	defer f.end(w)
	f.rounds(id, w, 3, nil)
	if _, err := f.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
		t.Fatal(err)
	}
	f.rounds(id, w, 10, nil)
	f.clock.Add(179 * time.Minute)
	f.rounds(id, w, 3, nil)
	if j, wash := f.bench.job(id), f.tries(id, "wash")[0]; j.State != job.Cancelling || wash.Cancel != nil {
		t.Fatal(jobtest.Describe(j), jobtest.Describe(wash))
	}
	f.clock.Add(2 * time.Minute)
	f.rounds(id, w, 10, nil)
	j := f.bench.job(id)
	if j.State != job.Cancelled || len(j.Receipt.Left) != 3 || !strings.HasPrefix(j.Receipt.Left[1], "wash always runs, and is ") || j.Receipt.Left[2] != "a pot of wash" {
		t.Error(jobtest.Describe(j))
	}
}

// When a step fails, what runs beside it runs to its end, nothing more is begun, and what always runs is run.
func TestAFailure(t *testing.T) {
	t.Parallel()
	f := newFlows(t, kitchen)
	f.brew = func(run *job.Run) job.Outcome {
		switch sort := sortOf(run); {
		case sort == "roast":
			return job.Fail("it is black", nil)
		case sort == "salad" && run.Job().Fence < 5:
			return job.Wait(2 * time.Second)
		}
		return job.Done(nil)
	}
	id := f.begin("make dinner")
	j := f.run(id)
	roast := f.tries(id, "roast")[0].ID
	if want := "roast: " + roast + " failed at once, because: it is black; one more step was not begun"; j.State != job.Failed || j.Error != want {
		t.Errorf("%s\nwant %s", jobtest.Describe(j), want)
	}
	if salad, wash := f.tries(id, "salad")[0], f.tries(id, "wash")[0]; salad.State != job.Succeeded || wash.Created.Before(salad.Finished) {
		t.Error(jobtest.Describe(salad), wash.Created, salad.Finished)
	}
	if part := j.Parts[1]; part.Note != "it is black" || part.State != "failed" {
		t.Errorf("%+v", part)
	}

	f.brew = func(*job.Run) job.Outcome { return job.Done(nil) }
	again := f.begin("make dinner", func(r *job.Request) { r.RetryOf = id })
	j = f.run(again)
	if j.State != job.Succeeded || len(f.tries(again, "soup"))+len(f.tries(again, "salad")) > 0 || len(f.tries(again, "wash")) != 1 || len(f.children(again)) != 3 {
		t.Error(jobtest.Describe(j), f.children(again))
	}
	if story := f.lines(f.store.Story, again); story[0] != "kept from "+id+": soup, salad" {
		t.Error(story)
	}
	if part := j.Parts[0]; part.State != "kept" || part.Job != f.tries(id, "soup")[0].ID {
		t.Errorf("%+v", part)
	}
	third := f.begin("make dinner", func(r *job.Request) { r.RetryOf = again }) // one that succeeded is repeated as a whole
	if f.run(third); len(f.children(third)) != 5 {
		t.Error(f.children(third))
	}
	f.configure(strings.Replace(kitchen, "{sort: soup}", "{sort: broth}", 1)) // what has changed is run again, and what needs it
	fourth := f.begin("make dinner", func(r *job.Request) { r.RetryOf = id })
	if f.run(fourth); len(f.children(fourth)) != 5 {
		t.Error(f.lines(f.store.Story, fourth))
	}
}

// A step that failed is run again after its wait, as often as may be; then the run fails.
func TestRetries(t *testing.T) {
	t.Parallel()
	f := newFlows(t, "pipelines:\n  x:\n    steps:\n      - {name: a, run: tea brew, args: {sort: a}, retry: {count: 2, wait: 30s}}\n")
	f.brew = func(*job.Run) job.Outcome { return job.Fail("no water", nil) }
	id := f.begin("run x")
	j := f.run(id)
	tries := f.tries(id, "a")
	if j.State != job.Failed || len(tries) != 3 || tries[1].Created.Sub(tries[0].Finished) < 30*time.Second {
		t.Fatal(jobtest.Describe(j), tries)
	}
	f.want(id,
		"✗ a: "+tries[0].ID+" failed at once, because: no water; it is run again in 30 s (retry 1 of 2)",
		"✗ a: "+tries[1].ID+" failed at once, because: no water; it is run again in 30 s (retry 2 of 2)",
		"✗ a: "+tries[2].ID+" failed at once, because: no water")
}

// A step waits for its sign-off, and who follows the run is shown it; its time counts from when it begins.
func TestASignoffOfAStep(t *testing.T) {
	t.Parallel()
	f := newFlows(t, "pipelines:\n  x:\n    steps:\n      - {name: a, run: tea brew, args: {sort: a}, signoff: {need: 2, role: admin, within: 2h}, timeout: 1m}\n")
	id := f.begin("run x", func(r *job.Request) { r.Watch = []string{"slack:C0OPS", "telnet:ann"} })
	w := f.worker()
	defer f.end(w)
	f.brew = func(*job.Run) job.Outcome { return job.Wait(time.Second) }
	f.rounds(id, w, 5, nil)
	child := f.tries(id, "a")[0]
	watchers, err := f.store.Watchers(t.Context(), child.ID)
	if err != nil || len(watchers) != 2 || child.State != job.Confirming || child.Signoff.Need != 2 || child.Signoff.Within != 2*time.Hour || child.Limit != time.Minute {
		t.Fatal(jobtest.Describe(child), child.Signoff, watchers, err)
	}
	if j := f.bench.job(id); j.Parts[0].State != "confirming" || j.Parts[0].Note != "say: approve "+child.ID {
		t.Errorf("%+v", j.Parts)
	}
	f.clock.Add(time.Hour)
	for _, who := range []string{"telnet:bob", "telnet:carl"} {
		if _, err := f.store.Approve(t.Context(), child.ID, who, false); err != nil {
			t.Fatal(err)
		}
	}
	f.rounds(id, w, 100, nil)
	if j := f.bench.job(id); j.State != job.Failed || !strings.Contains(j.Error, "its time limit passed") {
		t.Error(jobtest.Describe(j))
	}
}

// Pipelines in pipelines, under one lock, are one run: nobody waits for what it is part of.
func TestAPipelineInAPipeline(t *testing.T) {
	t.Parallel()
	f := newFlows(t, `
pipelines:
  inner: {words: make tea, lock: kitchen, args: [{name: sort}], steps: [{name: a, run: tea brew, args: {sort: "{{ args.sort }}"}}]}
  outer:
    words: make breakfast
    lock: kitchen
    steps:
      - {name: one, run: make tea, args: {sort: mint}, needs: []}
      - {name: two, run: pipeline run inner, args: {sort: sage}, needs: []}
      - {name: last, run: tea taste, args: {sort: "{{ steps.one.result.steps.a.state }}"}, needs: [one, two]}
`)
	id := f.begin("make breakfast")
	j := f.run(id)
	one, two := f.tries(id, "one")[0], f.tries(id, "two")[0]
	if j.State != job.Succeeded || one.Lock != "kitchen of "+id || two.Started.Before(one.Finished) {
		t.Error(jobtest.Describe(j), jobtest.Describe(one), two.Started, one.Finished)
	}
	if story := f.lines(f.store.Story, id); story[2] != "✓ last: It tastes of succeeded. And of leaves." {
		t.Error(story)
	}
}

// What is sure to fail half way does not begin.
func TestNothingIsStarted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step, want string
		causes     int
	}{
		{"{name: b, run: tea bru}", "step b: there is no command tea bru just now; did you mean tea brew? Nothing was started", 0},
		{"{name: b, run: tea brew}", "step b: tea brew needs the argument sort. Nothing was started", 0},
		{"{name: b, run: forbidden}", "step b: forbidden needs the role admin; you have operator and viewer. telnet:root could do it. Nothing was started", 0},
		{"{name: b, run: tea taste, args: {sort: a}}", "32 jobs and rules led here, one to the next, and a pipeline in a pipeline may not lead further. Nothing was started", 32},
	} {
		f := newFlows(t, "pipelines:\n  x:\n    steps:\n      - {name: a, run: tea taste, args: {sort: a}}\n      - "+test.step+"\n")
		id := f.begin("run x", func(r *job.Request) { r.Why.Cause = slices.Repeat([]string{"rule:x"}, test.causes) })
		if j := f.run(id); j.State != job.Failed || j.Error != test.want || len(f.envelopes) > 0 {
			t.Errorf("%s\nwant %s", jobtest.Describe(j), test.want)
		}
	}
}

// A step that cannot be made what it is to be is refused with its reason, and what may fail stops nothing.
func TestWhatCannotBeMade(t *testing.T) {
	t.Parallel()
	f := newFlows(t, bigKitchen)
	f.brew = func(*job.Run) job.Outcome { return job.Done(map[string]string{"x": strings.Repeat("x", 70_000)}) }
	id := f.begin("run x")
	if j := f.run(id); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
	big := f.tries(id, "big")[0].ID
	f.want(id, "✓ big: "+big+" succeeded at once",
		"✗ use: it uses the result of big, which has 70008 bytes; of one that has more than 65536, or of more than 524288 in a run, nothing is kept",
		"✗ odd: whether it is to be run cannot be told: the condition says a text, not true or false; compare it with something",
		"– not: skipped",
		"✓ state: It tastes of failed skipped. And of leaves.")
}

const bigKitchen = `
pipelines:
  x:
    steps:
      - {name: big, run: tea brew, args: {sort: big}}
      - {name: use, run: tea taste, args: {sort: "{{ steps.big.result.x }}"}, on_failure: continue}
      - {name: odd, run: tea taste, args: {sort: x}, when: "'yes'", on_failure: continue}
      - {name: not, run: tea taste, args: {sort: x}, when: "steps.odd.state == 'succeeded'"}
      - {name: state, run: tea taste, args: {sort: "{{ steps.use.state }} {{ steps.not.state }}"}}
`

// A pipeline that was changed, or taken out of the configuration, under a run goes on as it was when the run began.
func TestAChangeUnderARun(t *testing.T) {
	t.Parallel()
	f := newFlows(t, kitchen)
	f.brew = func(run *job.Run) job.Outcome {
		if run.Job().Fence < 2 {
			return job.Wait(time.Second)
		}
		return job.Done(nil)
	}
	id := f.begin("make dinner")
	w := f.worker()
	f.rounds(id, w, 3, nil)
	f.end(w)
	f.configure("pipelines:\n  other: {words: make dinner, steps: [{name: a, run: tea brew, args: {sort: a}}]}\n")
	if j := f.run(id); j.State != job.Succeeded || len(f.children(id)) != 5 {
		t.Error(jobtest.Describe(j))
	}
}

// However much steps answer, what is kept of it has an end.
func TestMuchIsAnswered(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("pipelines:\n  x:\n    args: [{name: much}]\n    steps:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "      - {name: s%d, run: tea taste, args: {sort: \"{{ args.much }}\"}}\n", i)
	}
	f := newFlows(t, b.String())
	id := f.begin("run x ping", func(r *job.Request) { r.Args["much"] = strings.Repeat("<", 15_000) })
	if j := f.run(id); j.State != job.Succeeded || len(j.Checkpoint) > 1<<20 || len(j.Checkpoint) < resultsMost/2 {
		t.Error(jobtest.Describe(j), len(j.Checkpoint))
	}
}

// Of two pipelines that would wait for one another, the second step that comes to wait fails and says for whom; the other pipeline goes on.
func TestPipelinesThatWouldWaitForOneAnother(t *testing.T) {
	t.Parallel()
	f := newFlows(t, `
pipelines:
  tea: {words: make tea, lock: kettle, steps: [{name: a, run: tea brew, args: {sort: mint}}]}
  toast: {words: make toast, lock: pan, steps: [{name: a, run: tea brew, args: {sort: sage}}]}
  one: {words: make one, lock: pan, steps: [{name: drink, run: make tea}]}
  two: {words: make two, lock: kettle, steps: [{name: eat, run: make toast}]}
`)
	one, two := f.begin("make one"), f.begin("make two")
	w := f.worker()
	defer f.end(w)
	f.rounds(two, w, 100, nil) // which begins first, and so does its step
	late := f.tries(one, "drink")[0]
	why := fmt.Sprintf("it needs kettle, which %s holds, and %s waits for %s, which led to this job and waits for it: "+
		"none of them could go on until one was stopped or reached its time limit", two, two, one)
	if late.State != job.Failed || late.Error != why {
		t.Error(jobtest.Describe(late))
	}
	if j := f.bench.job(one); j.State != job.Failed || !strings.Contains(j.Error, late.ID+" failed before it began, because: "+why) {
		t.Error(jobtest.Describe(j))
	}
	if j := f.bench.job(two); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
}

// A step whose hand-in is not answered holds up nobody: how the others end is told meanwhile, and what became of it is noted once it can be told,
// also when the run has failed by then.
func TestAHandInWithoutAnswer(t *testing.T) {
	t.Parallel()
	f := newFlows(t, `
pipelines:
  x:
    steps:
      - {name: a, run: tea brew, args: {sort: a}, needs: []}
      - {name: b, run: tea brew, args: {sort: b}, needs: []}
      - {name: last, run: tea brew, args: {sort: last}}
`)
	f.brew = func(run *job.Run) job.Outcome {
		if sortOf(run) == "a" {
			return job.Fail("no water", nil)
		}
		return job.Done(nil)
	}
	away := true
	w := job.NewWorker(f.store, job.WorkerOptions{Function: "pipeline", Name: "p", Heartbeat: time.Hour, Steps: f.stepper(f.store,
		func(ctx context.Context, e command.Envelope) (command.Answer, error) {
			answer, err := f.say(ctx, e)
			if away && e.Args["sort"] == "b" {
				return command.Answer{}, errors.New("the answer was lost")
			}
			return answer, err
		})})
	defer f.end(w)
	id := f.begin("run x")
	f.rounds(id, w, 5, nil)
	a, b := f.tries(id, "a")[0], f.tries(id, "b")[0]
	told := "✗ a: " + a.ID + " failed at once, because: no water"
	if j := f.bench.job(id); j.State != job.Waiting || !slices.Contains(f.lines(f.store.Story, id), told) || j.Parts[0].State != "failed" {
		t.Errorf("%s: %q is not told: %v, %v", jobtest.Describe(j), told, f.lines(f.store.Story, id), j.Parts)
	}
	away = false
	f.rounds(id, w, 20, nil)
	j := f.bench.job(id)
	if want := "a: " + a.ID + " failed at once, because: no water; one more step was not begun"; j.State != job.Failed || j.Error != want ||
		j.Parts[1].Job != b.ID || j.Parts[1].State != "succeeded" || len(f.children(id)) != 2 {
		t.Errorf("%s, want %s: %v", jobtest.Describe(j), want, j.Parts)
	}
}
