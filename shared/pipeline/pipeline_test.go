package pipeline_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

var noon = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

func read(t *testing.T, text string) *pipeline.Set {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Read(file)
}

const nightly = `
pipelines:
  nightly:
    words: build nightly
    args: [{name: branch, default: main}, {name: smoke, type: bool, default: true}]
    lock: nightly/{branch}
    steps:
      - {name: fetch, run: git sync, args: {name: kettle}}
      - {name: build, run: jenkins build, args: {job: "app/{{ args.branch }}"}, retry: {count: 2, wait: 30s}}
      - {name: docs, run: jenkins build, args: {job: docs}, needs: [fetch], on_failure: continue}
      - name: deploy-it
        run: ansible run site
        needs: [build, docs]
        args: {image: "{{ steps.build.result.image }}"}
        signoff: {need: 1, role: approver, within: 1h}
        timeout: 2h
      - {name: smoke, run: ansible run smoke, when: "args.smoke && steps.deploy_it.state == 'succeeded'"}
      - {name: tidy, run: ansible run tidy, always: true}
`

func TestRead(t *testing.T) {
	t.Parallel()
	set := read(t, nightly)
	if len(set.Faults) > 0 || len(set.Pipelines) != 1 {
		t.Fatal(set.Faults)
	}
	p := set.Called("build nightly")
	if p == nil || p != set.Named("nightly") || p.Role != "operator" || p.Lock != "nightly/{branch}" {
		t.Fatalf("%+v", p)
	}
	for name, want := range map[string]string{
		"fetch": "", "build": "fetch", "docs": "fetch", "deploy-it": "build docs", "smoke": "deploy-it", "tidy": "fetch build docs deploy-it smoke",
	} {
		if got := strings.Join(p.Step(name).Needs, " "); got != want {
			t.Errorf("%s needs %q, want %q", name, got, want)
		}
	}
	if s := p.Step("build"); s.Retry.Count != 2 || s.Retry.Wait != 30*time.Second || s.Line != 9 {
		t.Errorf("%+v", s)
	}
	if s := p.Step("deploy-it"); s.Timeout != 2*time.Hour || s.Signoff.Within != time.Hour {
		t.Errorf("%+v", s)
	}
	if spec := p.Spec(); spec.Words != "build nightly" || !slices.Equal(spec.Also, []string{"pipeline run nightly"}) || spec.Check() != nil {
		t.Errorf("%+v", spec)
	}
	again, err := pipeline.Parse("nightly", p.Source)
	if err != nil || again.Text(nil, noon) != p.Text(nil, noon) || !slices.Equal(again.Step("tidy").Needs, p.Step("tidy").Needs) {
		t.Error(err)
	}
}

// Every mistake is told with its line, and what was probably meant.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"pipelines: [x]", "line 1: pipelines is a map: each entry begins with its name and a colon"},
		{"pipelines:\n  Big Name:\n    steps:\n      - {name: a, run: x}", "line 2, pipeline Big Name: \"Big Name\" cannot be a pipeline's name; use small letters, digits and _ . -, at most 32"},
		{"pipelines:\n  x:\n    step: []", "line 3, pipeline x: a pipeline has no step; did you mean steps?"},
		{"pipelines:\n  x: {}", "line 2, pipeline x: the pipeline has no steps"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x}\n      - {name: a, run: x}", "line 5, pipeline x, step a: there is a step a already; names differ in more than - and _"},
		{"pipelines:\n  x:\n    steps:\n      - name: a\n        run: x\n        need: [b]", "line 6, pipeline x, step a: a step has no need; did you mean needs?"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, needs: [buld]}\n      - {name: build, run: x}", "line 4, pipeline x, step a: it needs buld, and there is no such step; did you mean build?"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, needs: [b]}\n      - {name: b, run: x}", "line 4, pipeline x: the steps need one another in a circle: a needs b needs a"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, needs: [a]}", "line 4, pipeline x, step a: it needs itself"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a}", "line 4, pipeline x, step a: the step runs nothing: write run: and a command's words, such as jenkins build"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: 'x y=1'}", "line 4, pipeline x, step a: run has a command's words only, such as jenkins build; what it is given stands under args"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, when: 'args.'}", "line 4, pipeline x, step a: when: "},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, args: {b: '{{ args.clud }}'}}\n    args: [{name: cloud}]", "line 4, pipeline x, step a: it reads args.clud, and the pipeline has no such argument; did you mean cloud?"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, args: {b: '{{ arg.cloud }}'}}", "line 4, pipeline x, step a: there is no arg to read: there are args, steps and run; did you mean args?"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x}\n      - {name: b, run: x, needs: [], when: 'steps.a.state'}", "line 5, pipeline x, step b: it reads steps.a, which need not have ended by then; add it to needs"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x}\n      - {name: b, run: x, when: 'steps.a.stat'}", "line 5, pipeline x, step b: it reads steps.a.stat; a step has state, result, text, job; did you mean state?"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, retry: {count: 11}}", "line 4, pipeline x, step a: retry: count: a whole number from 0 to 10 is expected"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, timeout: soon}", "line 4, pipeline x, step a: timeout: a time such as 90s, 1h30m or 2d is expected, at most 4w2d"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, on_failure: panic}", "line 4, pipeline x, step a: on_failure: continue or stop is expected"},
		{"pipelines:\n  x:\n    steps:\n      - {name: a, run: x, always: true, signoff: {need: 1}}", "line 4, pipeline x, step a: a step that always runs cannot wait for a sign-off: it runs also when nobody is there"},
		{"pipelines:\n  x:\n    args: [{name: n, type: number}]\n    steps:\n      - {name: a, run: x}", "line 2, pipeline x: argument \"n\": type \"number\" is unknown"},
		{"pipelines:\n  x:\n    lock: '{cloud}'\n    steps:\n      - {name: a, run: x}", "line 2, pipeline x: lock \"{cloud}\": {cloud} is not an argument that always has a value"},
		{"pipelines:\n  x:\n    words: go\n    steps:\n      - {name: a, run: pipeline run y}\n  y:\n    steps:\n      - {name: a, run: go}", "line 2, pipeline x: it runs itself in a circle: x runs y runs x"},
		{"pipelines:\n  x:\n    words: go\n    steps:\n      - {name: a, run: z}\n  y:\n    words: go\n    steps:\n      - {name: a, run: z}", "line 6, pipeline y: the pipeline x has the words go already"},
	} {
		set := read(t, test.text)
		if len(set.Faults) == 0 || !strings.HasPrefix(set.Faults[0].String(), test.want) {
			t.Errorf("%s\nhave %v\nwant %s", test.text, set.Faults, test.want)
		}
	}
}

// One mistake leaves one pipeline out, and aliases are what they stand for.
func TestTheOthersWork(t *testing.T) {
	t.Parallel()
	set := read(t, "common: &common {run: x, retry: {count: 1}}\npipelines:\n  bad: {steps: 3}\n  good:\n    steps:\n      - {name: a, <<: *common, timeout: 1m}\n      - {name: b, <<: *common, run: y}\n")
	if len(set.Faults) != 1 || set.Faults[0].Name != "bad" || len(set.Pipelines) != 1 {
		t.Fatal(set.Faults)
	}
	p, err := pipeline.Parse("good", set.Named("good").Source)
	if err != nil || p.Step("a").Retry.Count != 1 || p.Step("b").Run != "y" || p.Step("b").Retry.Count != 1 {
		t.Error(p, err)
	}
}

const commands = `
- {words: jenkins build, summary: Build, role: operator, args: [{name: job}, {name: seconds, type: int, optional: true}]}
- {words: ping, summary: Ping, role: anyone, now: true}
- {words: ansible run site, summary: Site, role: operator, extra: variables, args: [{name: tags, type: list, optional: true}]}
`

// What does not suit the commands that there are is told, with what was probably meant.
func TestAgainst(t *testing.T) {
	t.Parallel()
	catalogue := command.NewCatalogue(map[string]string{"f": commands})
	set := read(t, `
pipelines:
  x:
    args: [{name: n}]
    steps:
      - {name: a, run: jenkins biuld}
      - {name: b, run: jenkins build, args: {jbo: x}}
      - {name: c, run: jenkins build, args: {job: x, seconds: soon}}
      - {name: d, run: ping, signoff: {need: 1}, timeout: 1m}
      - {name: e, run: jenkins build, args: {job: "{{ args.n }}", seconds: "{{ args.n }}"}}
      - {name: f, run: ansible run site, args: {anything: x, tags: [a, b]}}
`)
	if len(set.Faults) > 0 {
		t.Fatal(set.Faults)
	}
	want := []string{
		"line 6, pipeline x, step a: there is no command jenkins biuld just now; did you mean jenkins build?",
		"line 7, pipeline x, step b: jenkins build needs the argument job",
		"line 7, pipeline x, step b: jenkins build has no argument jbo; did you mean job?",
		"line 8, pipeline x, step c: seconds must be a whole number, not “soon”",
		"line 9, pipeline x, step d: ping answers at once, so nobody can sign it off first",
		"line 9, pipeline x, step d: ping answers at once, so a timeout means nothing to it",
	}
	var got []string
	for _, fault := range set.Pipelines[0].Against(catalogue) {
		got = append(got, fault.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func parts() []job.Part {
	return []job.Part{
		{Name: "fetch", State: "succeeded", Job: "k3f7", Started: noon.Add(-time.Minute), Ended: noon.Add(-50 * time.Second)},
		{Name: "build", State: "running", Job: "k3f8", Started: noon.Add(-50 * time.Second)},
		{Name: "docs", State: "failed", Job: "k3f9", Started: noon.Add(-50 * time.Second), Ended: noon.Add(-40 * time.Second)},
		{Name: "deploy-it"},
		{Name: "smoke"},
		{Name: "tidy"},
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	p := read(t, nightly).Pipelines[0]
	for _, test := range []struct {
		parts []job.Part
		want  string
	}{
		{nil, `
fetch      git sync
│
┌ build    jenkins build      tried 3 times at most
└ docs     jenkins build      may fail
│
deploy-it  ansible run site   waits for a sign-off
│
smoke      ansible run smoke  when args.smoke && steps.deploy_it.state == 'succeeded'
│
tidy       ansible run tidy   always runs`},
		{parts(), `
✓ fetch      git sync           succeeded in 10 s, k3f7
│
┌ ▶ build    jenkins build      runs, 50 s, k3f8         tried 3 times at most
└ ✗ docs     jenkins build      failed after 10 s, k3f9  may fail
│
· deploy-it  ansible run site                            waits for a sign-off
│
· smoke      ansible run smoke                           when args.smoke && steps.deploy_it.state == 'succeeded'
│
· tidy       ansible run tidy                            always runs`},
	} {
		if got := "\n" + p.Text(test.parts, noon); got != test.want {
			t.Errorf("have%s\nwant%s", got, test.want)
		}
	}
}

// The picture is well-formed, says in words what it shows, and holds nothing that runs or comes from elsewhere.
func TestSVG(t *testing.T) {
	t.Parallel()
	p := read(t, nightly).Pipelines[0]
	picture := p.SVG(parts(), noon)
	var words []string
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.CharData:
			words = append(words, string(e))
		case xml.StartElement:
			if !slices.Contains([]string{"svg", "title", "desc", "style", "path", "g", "rect", "text"}, e.Name.Local) {
				t.Errorf("it has <%s>", e.Name.Local)
			}
		}
	}
	for _, want := range []string{
		"Pipeline nightly", "✓ fetch", "succeeded in 10 s", "▶ build", "✗ docs", "· deploy-it",
		"fetch, succeeded in 10 s. build after fetch, runs, 50 s. docs after fetch, failed after 10 s. deploy-it after build and docs. smoke after deploy-it.",
	} {
		if !strings.Contains(strings.Join(words, "\n"), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Count(picture, "<path") != 10 || strings.Count(picture, "<rect") != 6 {
		t.Error(picture)
	}
}

// The example of the documentation is right.
func TestTheDocumentedPipelines(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/pipelines.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for i, block := range strings.Split(string(text), "```") {
		if yaml, ok := strings.CutPrefix(block, "yaml\n"); ok && i%2 == 1 {
			set := read(t, yaml)
			examples += len(set.Pipelines)
			for _, fault := range set.Faults {
				t.Error(fault)
			}
		}
	}
	if examples < 2 {
		t.Errorf("%d examples", examples)
	}
}

// What is shipped is right, too.
func TestTheShippedPipelines(t *testing.T) {
	t.Parallel()
	file, err := config.Load("../../config/sandbox.yml")
	if err != nil {
		t.Fatal(err)
	}
	set := pipeline.Read(file)
	if p := set.Called("openstack deploy"); p == nil || len(set.Faults) > 0 || len(p.Levels()) != 7 {
		t.Error(p, set.Faults)
	}
}

// FuzzRead: whatever is written, it is read or told about, and what is read can be drawn and read again.
func FuzzRead(f *testing.F) {
	f.Add(nightly)
	f.Add("pipelines: {x: {steps: [{name: a, run: x, needs: [a]}]}}")
	f.Add("a: &a [*a]\npipelines: *a")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := config.Parse([]byte(text))
		if err != nil {
			return
		}
		for _, p := range pipeline.Read(file).Pipelines {
			again, err := pipeline.Parse(p.Name, p.Source)
			if err != nil {
				t.Fatal(err)
			}
			if p.Text(nil, noon) != again.Text(nil, noon) {
				t.Error("it is another one when it is read again")
			}
			if err := xml.Unmarshal([]byte(p.SVG(nil, noon)), new(struct{})); err != nil {
				t.Error(err)
			}
		}
	})
}
