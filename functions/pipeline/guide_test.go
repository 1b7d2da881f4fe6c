package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

func (f *flows) guide() *guide {
	return &guide{set: f.set, jobs: f.store, catalogue: func(context.Context) (*command.Catalogue, error) { return f.catalogue, nil }}
}

// What people are told of the pipelines that there are.
func TestTheGuide(t *testing.T) {
	t.Parallel()
	f := newFlows(t, kitchen)
	f.brew = func(run *job.Run) job.Outcome {
		if sortOf(run) == "roast" {
			return job.Fail("it is black", nil)
		}
		return job.Done(nil)
	}
	id := f.begin("make dinner")
	f.run(id)
	file, err := config.Parse([]byte(kitchen + "  snack:\n    steps:\n      - {name: nuts, run: crack nuts}\n  lunch:\n    step: []\n"))
	if err != nil {
		t.Fatal(err)
	}
	f.set = pipeline.Read(file)
	soup, wash := f.tries(id, "soup")[0].ID, f.tries(id, "wash")[0].ID
	for _, test := range []struct {
		words string
		args  map[string]any
		want  []string // each of them is said
	}{
		{"pipeline list", nil, []string{
			"dinner  make dinner  5 steps  Run the pipeline dinner\nsnack   run snack    1 steps  Run the pipeline snack",
			"\n! line 14, pipeline snack, step nuts: there is no command crack nuts just now",
			"\n✗ line 16, pipeline lunch: a pipeline has no step; did you mean steps?; the pipeline is left out",
		}},
		{"pipeline show", map[string]any{"name": "make dinner"}, []string{
			"dinner: Run the pipeline dinner\n", "runs alone for  kitchen", "steps           soup     tea brew\n", "wash     tea brew  always runs",
		}},
		{"pipeline graph", map[string]any{"what": "dinner"}, []string{"soup     tea brew\n│\n┌ roast  tea brew\n└ salad  tea brew\n│\nserve"}},
		{"pipeline graph", map[string]any{"what": id}, []string{
			"✓ soup     tea brew  succeeded at once, " + soup, "✗ roast", "· serve", "✓ wash     tea brew  succeeded at once, " + wash + "  always runs",
		}},
		{"pipeline graph", map[string]any{"what": id, "format": "svg"}, []string{"<svg ", "✗ roast", "</svg>"}},
		{"pipeline graph", map[string]any{"what": "dinnr"}, []string{`There is no pipeline “dinnr”.`, "[pipeline graph dinner]"}},
		{"pipeline run", map[string]any{"name": "xyz"}, []string{`There is no pipeline “xyz”.`, "[pipeline run dinner pipeline run snack]"}},
		{"pipeline run", map[string]any{"name": "lunch"}, []string{"line 16, pipeline lunch: a pipeline has no step; did you mean steps?; the pipeline is left out."}},
	} {
		answer, err := f.guide().calls()[test.words](t.Context(), command.Call{Args: test.args})
		if err != nil {
			t.Fatal(err)
		}
		said := answer.Text
		if answer.Problem != nil {
			said += fmt.Sprint(answer.Problem.Suggestions)
		}
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s %v lacks %q:\n%s", test.words, test.args, want, said)
			}
		}
	}
}

// What the function is deployed with declares what it answers, and says where its pipelines are declared.
func TestTheGuideIsDeclared(t *testing.T) {
	t.Parallel()
	annotations := commandtest.Of(t, "pipeline")
	if annotations[command.AnnotationFrom] != "/commands" {
		t.Error(annotations[command.AnnotationFrom])
	}
	var declared []string
	for _, d := range command.NewCatalogue(map[string]string{"pipeline": command.Declaration(annotations)}).Commands() {
		if d.Now {
			declared = append(declared, d.Words)
		}
	}
	if answered := slices.Sorted(maps.Keys((&guide{}).calls())); !slices.Equal(answered, declared) {
		t.Errorf("%v are answered, %v declared", answered, declared)
	}
}
