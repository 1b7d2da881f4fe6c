package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Lines run one after the other, as the person who asked, and the story says what each did.
func TestLinesRunInTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.accept("tea brew mint password=hush", "tea taste mint", "Tea  brew 'green tea'")
	b.brew = func(run *job.Run) job.Outcome {
		if others := len(b.children(id)); run.Job().Args["sort"] == "mint" && others != 1 {
			t.Errorf("%d children while the first line runs", others)
		}
		return job.Done(nil)
	}
	j := b.run(id)
	if j.State != job.Succeeded || j.Progress.Percent != 100 {
		t.Fatal(jobtest.Describe(j), j.Progress)
	}
	made := b.children(id)
	b.want(id,
		fmt.Sprintf("✓ line 1 of 3, tea brew mint password=***: %s succeeded at once", made[0]),
		"✓ line 2 of 3, tea taste mint: It tastes of mint. And of leaves.",
		fmt.Sprintf("✓ line 3 of 3, tea brew 'green tea': %s succeeded at once", made[1]))
	var result []ended
	if err := json.Unmarshal(j.Result, &result); err != nil {
		t.Fatal(err)
	}
	want := []ended{
		{"tea brew mint password=***", made[0], "succeeded"}, {"tea taste mint", "", "answered"}, {"tea brew 'green tea'", made[1], "succeeded"},
	}
	if !reflect.DeepEqual(result, want) {
		t.Errorf("%+v", result)
	}
	if log := b.lines(b.store.Log, id); !slices.Equal(log, []string{"line 2 of 3, tea taste mint:", "It tastes of mint.", "And of leaves."}) {
		t.Errorf("%q", log)
	}
	for i, e := range b.envelopes {
		if e.Principal != "slack:U0ANN" || !slices.Equal(e.Groups, []string{"slack-group:S0OPS"}) || e.Parent != id || len(e.Watch) > 0 ||
			e.ID != handInID(id, i) || !slices.Equal(e.Cause, []string{"job:" + id, "rule:tea-time"}) {
			t.Errorf("%+v", e)
		}
	}
	if child := b.job(made[0]); child.Args["password"] != "hush" {
		t.Error("the line was changed on its way:", child.Args)
	}
}

// The first line that does not succeed is the last one.
func TestItStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, test := range []struct{ line, says string }{
		{"forbidden", "forbidden needs the role admin."},
		{"tea brew", "tea brew needs <sort>."},
		{"dance hunter2", "I do not know “…”; type help to see what I can do."},
		{"retry zzzz", "I know no such job."},
	} {
		id := b.accept("tea taste a", test.line, "tea taste b", "tea taste c")
		j := b.run(id)
		shown, _ := b.batcher(b.store, nil).reads(t.Context(), b.catalogue, "slack:U0ANN", test.line)
		want := "line 2 of 4, " + shown + ": " + strings.TrimRight(test.says, ".") + "; 2 more lines were not begun"
		if j.State != job.Failed || j.Error != want {
			t.Errorf("%s: %s", jobtest.Describe(j), want)
		}
		b.want(id, "✓ line 1 of 4, tea taste a: It tastes of a. And of leaves.", "✗ line 2 of 4, "+shown+": "+test.says)
		if b.answered[handInID(id, 2)] > 0 {
			t.Error("a line behind the failure ran")
		}
	}
	b.brew = func(*job.Run) job.Outcome { return job.Fail("the pot is gone", nil) }
	id := b.accept("tea brew mint", "tea taste b")
	j := b.run(id)
	child := b.children(id)[0]
	if want := "line 1 of 2, tea brew mint: " + child + " failed at once, because: the pot is gone; one more line was not begun"; j.Error != want {
		t.Errorf("%s, want %s", j.Error, want)
	}
	b.brew = func(*job.Run) job.Outcome { return job.Unsure("a broken pipe") }
	if j := b.run(b.accept("tea brew mint")); j.State != job.Failed || !strings.Contains(j.Error, "nobody can tell how") {
		t.Error(jobtest.Describe(j))
	}
}

// A batch in a batch is refused before anything runs, and also where only its job shows that it is one.
func TestNoBatchInABatch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, line := range []string{"batch ping", "BATCH 'a,b'", "batch lines=ping name=x", "b ping"} {
		if _, err := b.batcher(b.store, nil).aliases.Add(t.Context(), b.catalogue, "slack:U0ANN", "b", "batch"); err != nil {
			t.Fatal(err)
		}
		j := b.run(b.accept("tea taste a", line))
		if j.State != job.Failed || j.Error != "line 2 is a batch itself, and a batch holds other commands only. Nothing was started" || len(b.envelopes) > 0 {
			t.Errorf("%s: %s %v", line, jobtest.Describe(j), b.envelopes)
		}
	}
	other := b.accept("tea brew mint")
	b.run(other)
	id := b.accept("retry "+other, "tea taste a")
	j := b.run(id)
	if j.State != job.Failed || !strings.Contains(j.Error, "it is a batch itself") {
		t.Error(jobtest.Describe(j))
	}
	open, err := jobtest.List(t.Context(), b.store, job.Browse{Open: true})
	if err != nil || len(open) > 0 {
		t.Error("what it made goes on:", open, err)
	}
}

func TestLimitsOfABatch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, test := range []struct {
		lines []string
		want  string
	}{
		{nil, "there is no line in it"},
		{slices.Repeat([]string{"tea taste a"}, 201), "it has 201 lines; there may be 200. Nothing was started"},
		{[]string{"tea taste a", "tea taste " + strings.Repeat("a", 2000)}, "line 2 has 2010 bytes; it may have 2000. Nothing was started"},
	} {
		if j := b.run(b.accept(test.lines...)); j.State != job.Failed || j.Error != test.want || len(b.envelopes) > 0 {
			t.Errorf("%s, want %s", jobtest.Describe(j), test.want)
		}
	}
}

// While a line's job runs, the batch shows how far both are; a job that waits for a sign-off is told about.
func TestProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.brew = func(run *job.Run) job.Outcome {
		if err := run.Save(t.Context(), job.Change{Progress: &job.Progress{Percent: 50}}); err != nil {
			t.Error(err)
		}
		return job.Wait(lookAgain * 10)
	}
	id := b.accept("tea taste a", "tea brew mint", "tea smash")
	b.rounds(id, batches, 20)
	child := b.children(id)[0]
	if j := b.job(id); j.Progress.Percent != 50 || j.Progress.Line != "line 2 of 3: tea brew mint, "+child || j.State != job.Waiting {
		t.Error(jobtest.Describe(j), j.Progress)
	}
	b.brew = func(*job.Run) job.Outcome { return job.Done(nil) }
	b.rounds(id, batches, 200)
	smash := b.children(id)[1]
	story := b.lines(b.store.Story, id)
	if last := story[len(story)-1]; last != "line 3 of 3: "+smash+" accepted: tea smash" {
		t.Error(last)
	}
	if _, err := b.store.Approve(t.Context(), smash, "telnet:carl", false); err != nil {
		t.Fatal(err)
	}
	b.rounds(id, batches, 20)
	if j := b.job(id); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
}

// While the function command is away nothing is lost, and nothing done twice.
func TestCommandIsAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.away = true
	id := b.accept("tea taste a")
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.rounds(id, batches, 20)
	if j := b.job(id); j.State != job.Waiting || !strings.Contains(j.Progress.Line, errUnreachable.Error()) || strings.Contains(j.Progress.Line, "refused") {
		t.Error(jobtest.Describe(j), j.Progress)
	}
	b.away = false
	b.rounds(id, batches, 100)
	if j := b.job(id); j.State != job.Succeeded || b.answered[handInID(id, 0)] != 1 {
		t.Error(jobtest.Describe(j), b.answered)
	}
}

// What cannot be read shows no more than its first word: nobody knows what of it is a secret.
func TestReads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	batcher := b.batcher(b.store, nil)
	for line, want := range map[string]string{
		"tea brew mint password=hush":           "tea brew mint password=***",
		"tea brew mint password=hush more":      "tea …",
		"tea brew 'mint password=hush":          "tea …",
		"dance":                                 "dance",
		"tea taste \x1b[2J":                     "tea …",
		"@k3f7 retry":                           "retry k3f7",
		"tea taste " + strings.Repeat("x", 500): "tea taste " + strings.Repeat("x", lineCells-len("tea taste ")-1) + "…",
	} {
		if got, _ := batcher.reads(t.Context(), nil, "slack:U0ANN", line); strings.Contains(got, "hush") || got == line && line != "dance" {
			t.Errorf("without a catalogue, %q is shown as %q", line, got)
		}
		if got, _ := batcher.reads(t.Context(), b.catalogue, "slack:U0ANN", line); got != want {
			t.Errorf("%q is shown as %q, want %q", line, got, want)
		}
	}
}

// Why a line was refused does not repeat what could not be read of it either.
func TestARefusalShowsNothingSecret(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, line := range []string{"tea brew mint 'password=hush", "tea brew mint password=hush hush", `tea brew mint "hush`, "tea brew mint pasword=hush"} {
		id := b.accept(line)
		j := b.run(id)
		story, err := b.store.Story(t.Context(), id, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		if all := fmt.Sprint(j.Error, string(j.Result), story); j.State != job.Failed || strings.Contains(all, "hush") {
			t.Errorf("%s: %s", line, all)
		}
	}
}

// What the function is deployed with declares what this code steps: a list of lines that its requester confirms.
func TestTheDeclarationFits(t *testing.T) {
	t.Parallel()
	catalogue := command.NewCatalogue(map[string]string{"pipeline": command.Declaration(commandtest.Of(t, "pipeline"))})
	d := catalogue.Lookup("batch")
	if d == nil || len(catalogue.Faults()) > 0 || d.Now {
		t.Fatal(d, catalogue.Faults())
	}
	parsed, err := d.Adopt(map[string]any{"lines": []any{"tea brew a,b", "tea taste c"}, "name": "x.txt"})
	if err != nil {
		t.Fatal(err)
	}
	r := parsed.Request()
	if r.Signoff == nil || r.Signoff.Role != job.SignoffRequester || !slices.Equal(command.Values(r.Args).List("lines"), []string{"tea brew a,b", "tea taste c"}) {
		t.Errorf("%+v", r)
	}
}
