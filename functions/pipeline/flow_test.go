package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func yamlOf(f *flows, specs []command.Spec) string {
	f.Helper()
	text, err := yaml.Marshal(specs)
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

// Two steps, the second with what the first gave: people see both, and what each did.
func TestAPipelineOfTwoSteps(t *testing.T) {
	t.Parallel()
	f := newFlows(t, `
pipelines:
  breakfast:
    words: make breakfast
    args: [{name: sort}]
    lock: kitchen
    steps:
      - {name: brew, run: tea brew, args: {sort: "{{ args.sort }}"}}
      - {name: taste, run: tea taste, args: {sort: "{{ steps.brew.result.blend }} by {{ run.by }}"}}
`)
	f.brew = func(run *job.Run) job.Outcome {
		if run.Job().Fence < 3 {
			return job.Wait(time.Second)
		}
		return job.Done(map[string]any{"blend": "green " + fmt.Sprint(run.Job().Args["sort"])})
	}
	id := f.begin("make breakfast mint")
	j := f.run(id)
	if j.State != job.Succeeded || j.Progress.Percent != 100 {
		t.Fatal(jobtest.Describe(j), j.Progress)
	}
	made := f.children(id)
	f.want(id, fmt.Sprintf("✓ brew: %s succeeded in 2 s", made[0]), "✓ taste: It tastes of green mint by slack:U0ANN. And of leaves.")
	if len(j.Parts) != 2 || j.Parts[0].State != "succeeded" || j.Parts[0].Job != made[0] || j.Parts[1].State != "succeeded" || j.Parts[1].Ended.IsZero() {
		t.Errorf("%+v", j.Parts)
	}
	var result struct {
		Steps map[string]did `json:"steps"`
	}
	if err := json.Unmarshal(j.Result, &result); err != nil || string(result.Steps["brew"].Result) != `{"blend":"green mint"}` {
		t.Error(err, string(j.Result))
	}
	for i, e := range f.envelopes {
		if e.Principal != "slack:U0ANN" || !slices.Equal(e.Groups, []string{"slack-group:S0OPS"}) || e.Parent != id || e.Closing != 0 ||
			e.ID != fmt.Sprintf("run %s %s 1", id, []string{"brew", "taste"}[i]) || strings.Join(e.Cause, " ") != "job:"+id {
			t.Errorf("%+v", e)
		}
	}
}
