package rule_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// files answers which files changed, and counts how often it was asked.
type files struct {
	paths []string
	err   error
	asked int
}

func (f *files) Files(context.Context, *event.Event) ([]string, error) {
	f.asked++
	return f.paths, f.err
}

func comment(payload string) *event.Event {
	return &event.Event{
		ID: "e1", Topic: "gerrit.comment-added", Source: "gerrit:review", Subject: "gerrit:review/4711",
		Author: event.Author{Name: "Ann", Principal: "gerrit:review/1000012"}, Payload: []byte(payload),
	}
}

const voted = `{"change":{"project":"openstack/Nova","branch":"stable/2026.1","topic":"bp/x","status":"NEW","subject":"Fix it","url":"https://r/4711",
"owner":{"name":"Bob","username":"bob"},"hashtags":["ci","Later"],"wip":false},
"approvals":[{"type":"Code-Review","value":"2","oldValue":"0"},{"type":"Verified","value":"-1","oldValue":"1"},
{"type":"Workflow","value":"1"},{"type":"Backport","value":"1","oldValue":"1"}]}`

func TestWhere(t *testing.T) {
	t.Parallel()
	for where, holds := range map[string]bool{
		`project: openstack/nova`:                    true,
		`project: openstack/*`:                       true,
		`project: open*`:                             false,
		`project: open**`:                            true,
		`project: "**/nov?"`:                         true,
		`project: /^openstack\/.*va$/`:               true,
		`project: /stack/`:                           true,
		`project: /^OPENSTACK/`:                      true,
		`branch: /STABLE/`:                           false,
		`votes: Code-Review>=2`:                      true,
		`votes: Verified<=-1`:                        true,
		`votes: Code-Review>2`:                       false,
		`votes: Verified<-1`:                         false,
		`project: [x, openstack/nova]`:               true,
		`project: "!openstack/nova"`:                 false,
		`project: "!x"`:                              true,
		`project: [openstack/**, "!**/nova"]`:        false,
		`branch: stable/*`:                           true,
		`branch: Stable/*`:                           false,
		`branch: main`:                               false,
		`server: review`:                             true,
		`server: github`:                             false,
		`topic: bp/*`:                                true,
		`owner: BOB`:                                 true,
		`owner: ann`:                                 false,
		`author: ann`:                                true,
		`author: "gerrit:review/1000012"`:            true,
		`author: "!ann"`:                             false,
		`status: new`:                                true,
		`hashtags: later`:                            true,
		`hashtags: [x, y]`:                           false,
		`hashtags: "!ci"`:                            false,
		`votes: Code-Review+2`:                       true,
		`votes: code-review+2`:                       true,
		`votes: Code-Review+1`:                       false,
		`votes: Verified-1`:                          true,
		`votes: Code-Review>=1`:                      true,
		`votes: Code-Review > 2`:                     false,
		`votes: Verified<0`:                          true,
		`votes: Verified=-1`:                         true,
		`votes: Verified==-1`:                        true,
		`votes: Verified<=-2`:                        false,
		`votes: Verified`:                            true,
		`votes: Workflow+1`:                          false, // had been given before
		`votes: Backport+1`:                          false, // was the same before
		`votes: [Workflow+1, Verified-1]`:            true,
		`votes: [Code-Review+2, "!Verified<0"]`:      false,
		`votes: "!Verified-2"`:                       true,
		`project: openstack/nova, branch: main`:      false,
		`project: openstack/nova, votes: Verified-1`: true,
		`files: doc/**`:                              true,
		`files: "*.py"`:                              false,
		`files: ["**/*.py", "!doc/**"]`:              false,
		`files: ["**/*.py"]`:                         true,
		`files: "!doc/*"`:                            true,
		`files: "!doc/**"`:                           false,
	} {
		set := read(t, "rules: [{name: a, on: gerrit.*, run: ping, where: {"+where+"}}]")
		ask := &files{paths: []string{"doc/en/a.rst", "nova/x.py"}}
		decisions, err := set.Decide(t.Context(), comment(voted), ask, nil)
		if err != nil || (len(decisions) == 1) != holds {
			t.Errorf("%s: %v, %v; want %v", where, decisions, err, holds)
		}
		x := set.Explain(t.Context(), set.Rule("a"), comment(voted), ask, nil)
		if x.Matches != holds {
			t.Errorf("%s is explained otherwise: %v", where, x.Checks)
		}
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: one, on: github.pull_request.opened, run: ping}
  - {name: actions, on: github.pull_request.*, run: ping}
  - {name: not, on: [github.**, "!github.pull_request.closed"], run: ping}
  - {name: all, on: "**", run: ping}
  - {name: form, on: "/^github\\.(push|pull_request\\.closed)$/", run: ping}
`)
	for topic, want := range map[string]string{
		"github.pull_request.opened": "one actions not all",
		"github.pull_request.closed": "actions all form",
		"github.pull_request":        "not all",
		"github.push":                "not all form",
		"gerrit.ref-updated":         "all",
	} {
		var names []string
		for _, r := range set.Candidates(&event.Event{Topic: topic}) {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s; want %s", topic, got, want)
		}
	}
	only := set.Candidates(&event.Event{Topic: "github.push", Only: []string{"form", "one"}})
	if len(only) != 1 || only[0].Name != "form" {
		t.Errorf("only: %v", only)
	}
	if again := set.Candidates(&event.Event{Topic: "github.push"}); len(again) != 3 {
		t.Errorf("asking for some took others away for good: %v", again)
	}
}

func TestFilesAreAskedOnceAndOnlyWhenAllElseHolds(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: other, on: gerrit.*, run: ping, where: {files: "**", branch: main}}
  - {name: if, on: gerrit.*, run: ping, where: {files: "**"}, if: change.wip}
`)
	ask := &files{}
	if d, err := set.Decide(t.Context(), comment(voted), ask, nil); len(d) != 0 || err != nil || ask.asked != 0 {
		t.Errorf("%v %v; asked %d times", d, err, ask.asked)
	}
	set = read(t, `
rules:
  - {name: a, on: gerrit.*, run: ping, where: {files: "a"}}
  - {name: b, on: gerrit.*, run: ping, where: {files: "**"}}
`)
	ask.paths = []string{"b"}
	if d, err := set.Decide(t.Context(), comment(voted), ask, nil); len(d) != 1 || err != nil || ask.asked != 1 {
		t.Errorf("%v %v; asked %d times", d, err, ask.asked)
	}
	if d, err := set.Decide(t.Context(), comment(voted), ask, nil); err != nil || ask.asked != 2 {
		t.Error(d, err)
	} else if notes := d[0].Notes(t.Context()); ask.asked != 2 || len(notes) != 2 || notes[1] != "where.files: ** — saw b: yes" {
		t.Errorf("%q; asked %d times", notes, ask.asked)
	}
	away := errors.New("gerrit is away")
	if _, err := set.Decide(t.Context(), comment(voted), &files{err: away}, nil); !errors.Is(err, away) {
		t.Errorf("the asker's error is %v", err)
	}
	if _, err := set.Decide(t.Context(), comment(voted), nil, nil); err == nil {
		t.Error("nobody to ask is no error")
	}
	x := set.Explain(t.Context(), set.Rule("a"), comment(voted), &files{err: away}, nil)
	if last := x.Checks[len(x.Checks)-1]; x.Matches || last.Verdict != rule.Unclear || !strings.Contains(last.Saw, "gerrit is away") {
		t.Errorf("explained as %v", x.Checks)
	}
}

func TestAConditionThatFailsIsTold(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: mixed, on: gerrit.*, run: ping, if: change.subject > 3}
  - {name: text, on: gerrit.*, run: ping, if: change.subject}
  - {name: good, on: gerrit.*, run: ping, if: "nothing.at.all ?? true"}
`)
	d, err := set.Decide(t.Context(), comment(voted), nil, nil)
	if err != nil || len(d) != 3 || d[2].Err != nil {
		t.Fatal(d, err)
	}
	if d[0].Err == nil || !strings.Contains(d[0].Err.Error(), "a text and a number cannot be compared") {
		t.Errorf("mixed: %v", d[0].Err)
	}
	if d[1].Err == nil || !strings.Contains(d[1].Err.Error(), "the condition says a text") {
		t.Errorf("text: %v", d[1].Err)
	}
	x := set.Explain(t.Context(), set.Rule("mixed"), comment(voted), nil, nil)
	if x.Matches || x.Checks[1].Verdict != rule.Unclear {
		t.Errorf("explained as %v", x.Checks)
	}
}

func TestAPayloadThatIsNoneIsAnErrorForGood(t *testing.T) {
	t.Parallel()
	set := read(t, `rules: [{name: a, on: gerrit.*, run: ping}]`)
	for _, payload := range []string{`{`, `[]`, `"x"`, `{} {}`} {
		if _, err := set.Decide(t.Context(), comment(payload), nil, nil); !errors.Is(err, rule.ErrPayload) {
			t.Errorf("%s: %v", payload, err)
		}
		if x := set.Explain(t.Context(), set.Rule("a"), comment(payload), nil, nil); x.Matches || x.Env != nil {
			t.Errorf("%s is explained as %v", payload, x.Checks)
		}
	}
	if d, err := set.Decide(t.Context(), &event.Event{Topic: "github.push", Payload: []byte("{")}, nil, nil); d != nil || err != nil {
		t.Errorf("a payload that nobody asks for was read: %v", err)
	}
}

// The rules that Decide finds by its index are those that hold when each is asked by itself, in the configuration's order.
func TestDecideFindsWhatEachRuleSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		projects := []string{"a/x", "a/y", "b/x", "A/X", "a/*", "**", "!a/x", "/x$/"}
		topics := []string{"gerrit.comment-added", "gerrit.*", "gerrit.change-merged", "**"}
		var b strings.Builder
		b.WriteString("rules:\n")
		n := rapid.IntRange(1, 12).Draw(t, "rules")
		for i := range n {
			fmt.Fprintf(&b, "  - name: r%d\n    on: %q\n    run: ping\n", i, rapid.SampledFrom(topics).Draw(t, "topic"))
			if some := rapid.SliceOfN(rapid.SampledFrom(projects), 0, 3).Draw(t, "projects"); len(some) > 0 {
				fmt.Fprintf(&b, "    where: {project: [%q]}\n", strings.Join(some, `", "`))
			}
			if rapid.Bool().Draw(t, "if") {
				b.WriteString("    if: change.wip\n")
			}
		}
		set, faults := readAll(t, strings.ReplaceAll(b.String(), `\"`, `"`))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		e := comment(fmt.Sprintf(`{"change":{"project":%q,"wip":%v}}`, rapid.SampledFrom(projects[:4]).Draw(t, "project"), rapid.Bool().Draw(t, "wip")))
		var want []string
		for _, r := range set.Rules() {
			if x := set.Explain(context.Background(), r, e, nil, nil); x.Matches {
				want = append(want, r.Name)
			}
		}
		decisions, err := set.Decide(context.Background(), e, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range decisions {
			got = append(got, d.Rule.Name)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\ndecided %v; asked one by one %v", b.String(), got, want)
		}
	})
}

// Globs of one path part are those of the standard library.
func TestGlobsAreThoseOfPaths(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		glob := rapid.StringMatching(`[ab/.*?+(]{1,8}`).Draw(t, "glob")
		name := rapid.StringMatching(`[ab/.+(]{1,8}`).Draw(t, "name")
		if strings.Contains(glob, "**") || strings.HasPrefix(glob, "/") {
			t.Skip("no glob of one part")
		}
		want, err := path.Match(glob, name)
		if err != nil {
			t.Fatal(err)
		}
		set, faults := readAll(t, fmt.Sprintf("rules: [{name: a, on: gerrit.*, run: ping, where: {branch: %q}}]", glob))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		d, err := set.Decide(context.Background(), comment(fmt.Sprintf(`{"change":{"branch":%q}}`, name)), nil, nil)
		if err != nil || (len(d) == 1) != want {
			t.Fatalf("%q matches %q: %v, %v; want %v", glob, name, d, err, want)
		}
	})
}
