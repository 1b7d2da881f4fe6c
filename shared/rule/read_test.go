package rule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

func TestARuleIsReadWhole(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - name: verify-nova
    on: gerrit.patchset-created
    where:
      project: openstack/*
      branch: [main, "stable/*"]
      files: doc/**
    if: change.wip != true && change.subject not contains "[no ci]"
    needs: role:operator
    unless: [role:admin, "github:583231"]
    once: "{{ event.subject }}"
    most: 5/10m
    run: Jenkins  Build
    args: {job: verify/nova, REF: "{{ patchSet.ref }}", n: 3, day: 2026-01-02, more: {A: "{{ remembered.other.value }}"}}
    watch: slack:C0CI
    outlives: true
    quiet: true
    review: {label: Verified, success: 1, failure: -1, started: true}
    notify: {to: [slack:C0CI], text: "{{ change.subject }}{{ remembered['nova-main'].value }}", expand: true}
    remember: {name: nova-main, value: "{{ newRev }}", subject: "{{ change.subject }}", url: "{{ change.url }}"}
`)
	r := set.Rule("verify-nova")
	if r == nil || len(set.Rules()) != 1 || set.Rule("other") != nil {
		t.Fatal("the rule is not there")
	}
	if r.Run != "jenkins build" || r.Line != 3 || r.Most != (rule.Most{N: 5, Per: 10 * time.Minute}) || !r.Outlives || !r.Quiet || !r.Files() {
		t.Errorf("rule: %+v", r)
	}
	if *r.Review != (rule.Review{Label: "Verified", Success: 1, Failure: -1, Started: true}) {
		t.Errorf("review: %+v", r.Review)
	}
	if want := []rule.Party{{Role: "admin"}, {Principal: "github:583231"}}; !slices.Equal(r.Unless, want) {
		t.Errorf("unless: %+v", r.Unless)
	}
	if got := r.Recalls(); !slices.Equal(got, []string{"nova-main", "other"}) {
		t.Errorf("recalls %q", got)
	}
	if last := r.Where[len(r.Where)-1]; last.Field != "files" {
		t.Errorf("files are not asked last: %+v", r.Where)
	}
	if want := "runs jenkins build, tells slack:C0CI, remembers nova-main, votes on the change"; r.Acts() != want {
		t.Errorf("acts: %s", r.Acts())
	}
	if !strings.Contains(r.Text, "verify/nova") {
		t.Errorf("text: %s", r.Text)
	}
}

// Each of these is one mistaken rule, and what is said of it: the line within the entry, and a part of the sentence.
var mistakes = []struct {
	entry string
	line  int
	says  string
}{
	{"name: bad\non: github.push\nrun: ping\nwher: {}", 4, "a rule has no wher; did you mean where?"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {braanch: main}", 4, "where has no braanch; did you mean branch?"},
	{"name: bad\non: github.push\nrun: ping\nwhere:\n  project: a\n  branch: /main(/", 6, "where.branch: /main(/: missing closing )"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {project: a, repo: b}", 4, "both repo and project"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {project: \"\"}", 4, "a text is expected"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {project: \"!\"}", 4, "an empty pattern"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {project: []}", 4, "the list is empty"},
	{"name: bad\non: github.push\nrun: ping\nif: change.wip &&", 4, "unexpected token EOF"},
	{"name: bad\non: github.push\nrun: ping\nif: lenn(commits) > 2", 4, "there is no function lenn; did you mean len"},
	{"name: bad\non: github.push\nrun: ping\nif: ref matches '('", 4, "missing closing )"},
	{"name: bad\non: github.push\nrun: ping\nif: ref matches pattern", 4, "must be a regular expression in quotes"},
	{"name: bad\non: github.push\nrun: ping\nif: any(commits, # == 1)", 4, "YAML reads what follows # as a comment; put all of it in quotes"},
	{"name: bad\non: github.push\nrun: ping\nif: [a]", 4, "one expression"},
	{"name: bad\non: github.push\nrun: ping\nargs:\n  a: 1\n  b: '{{ x'", 6, "args.b: a {{ is never closed"},
	{"name: bad\non: github.push\nrun: ping\nonce: '{{ }}'", 4, "the expression is empty"},
	{"name: bad\non: github.push\nrun: ping\nneeds: wrte", 4, "did you mean write?"},
	{"name: bad\non: github.push\nrun: ping\nunless: [write, somebody]", 4, `"somebody" is not one of read`},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nneeds: write", 4, "a permission such as write is for github.… only"},
	{"name: bad\non: github.push\nrun: ping\nmost: often", 4, "write 20/h"},
	{"name: bad\non: github.push\nrun: ping\nmost: 0/h", 4, "write 20/h"},
	{"name: bad\non: github.push\nrun: jenkins build job=x", 3, "what it is given stands under args"},
	{"name: bad\non: github.push\nrun: ping\nwatch: C0CI", 4, `"C0CI" is not an address`},
	{"name: bad\non: github.push\nrun: ping\nquiet: perhaps", 4, "true or false is expected"},
	{"name: bad\non: github.push\nrun: ping\nreview: {label: Verified}", 4, "review is for gerrit.… only"},
	{"name: bad\non: gerrit.change-merged\nnotify: {to: slack:C1}\nreview: {label: Verified}", 4, "there is no run"},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nreview: {succes: 1}", 4, "review has no succes; did you mean success?"},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nreview: {success: 1}", 4, "no label to vote on"},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nwhere: {votes: Verified+}", 4, "is not a vote"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {votes: Verified+1}", 4, "votes is for gerrit.… only"},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nwhere: {labels: bug}", 4, "labels is for github.… only"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {say: build}", 4, "say is for github.comment only"},
	{"name: bad\non: github.push\nargs: {a: 1}\nnotify: {to: slack:C1}", 3, "args belongs to run"},
	{"name: bad\non: github.push\nnotify: {text: hello}", 3, "notify.to is missing"},
	{"name: bad\non: github.push\nremember: {name: x}", 3, "remember.value is missing"},
	{"name: bad\non: github.push\nremember: {name: 'x y', value: a}", 3, `"x y" cannot be a name`},
	{"name: bad\non: github.push", 1, "the rule does nothing"},
	{"name: bad\nrun: ping", 1, "the rule has no topic"},
	{"on: github.push\nrun: ping", 1, "the rule has no name"},
	{"name: a b\non: github.push\nrun: ping", 1, `"a b" cannot be a name`},
	{"name: good\non: github.push\nrun: ping", 1, "has the same name"},
	{"name: bad\non: jenkins.done\nrun: ping", 2, "topics begin with github. or gerrit."},
	{"name: bad\non: github.pull_request\nrun: ping", 2, "always comes with an action; write github.pull_request.*"},
	{"name: bad\non: github.repository_dispatch\nrun: ping", 2, "which its sender names; write github.repository_dispatch.**"},
	{"name: bad\non: '!github.push'\nrun: ping", 2, "on only excludes"},
	{"name: bad\nname: bad\non: github.push\nrun: ping", 2, "name stands there twice"},
	{"- a list", 1, "names and values are expected"},
	{"name: bad\non: github.push\nrun: ping\n[a]: b", 4, "a name is expected"},
	{"name: bad\non: github.push\nrun: ping\n<<: base", 4, "behind <<: another map is expected"},
	{"name: bad\non: github.push\nrun: ping\nwhere: {<<: [{branch: main}, base]}", 4, "behind <<: another map is expected"},
	{"name: bad\non: gerrit.change-merged\nrun: ping\nreview: Verified", 4, "review: names and values are expected"},
	{"name: bad\non: github.push\nrun: ping\nif: remembered.nova-main.value == ''", 4, `write remembered["nova-…"]`},
}

func TestAMistakenRuleIsToldWithItsLineAndTheOthersWork(t *testing.T) {
	t.Parallel()
	for _, m := range mistakes {
		entry := "  - " + strings.ReplaceAll(m.entry, "\n", "\n    ") + "\n"
		set, faults := readAll(t, "rules:\n  - {name: good, on: github.push, run: ping}\n"+entry+"  - {name: last, on: github.push, run: ping}\n")
		if len(set.Rules()) != 2 || set.Rule("good") == nil || set.Rule("last") == nil {
			t.Errorf("%s\nthe others do not work", m.entry)
		}
		if len(faults) != 1 || faults[0].Line != 2+m.line || !strings.Contains(faults[0].Text, m.says) || faults[0].Warning {
			t.Errorf("%s\nfaults: %v; want line %d: %s", m.entry, faults, 2+m.line, m.says)
		}
		for _, f := range faults {
			if strings.Contains(f.Text, fmt.Sprintf("line %d", f.Line)) && !strings.Contains(f.Text, "same name") {
				t.Errorf("%s\nthe line is said twice: %s", m.entry, f.Text)
			}
		}
	}
}

func TestAMistakenRuleIsToldOfAllItsMistakes(t *testing.T) {
	t.Parallel()
	_, faults := readAll(t, "rules:\n  - name: bad\n    onn: x\n    most: y\n    if: (\n")
	if len(faults) != 5 { // and it has no topic, and does nothing
		t.Errorf("%d faults: %v", len(faults), faults)
	}
	if got := faults[0].String(); got != "line 3, rule bad: a rule has no onn; did you mean on?" {
		t.Errorf("%s", got)
	}
}

func TestATopicThatIsProbablyMeantOtherwiseIsToldAndKept(t *testing.T) {
	t.Parallel()
	for topic, says := range map[string]string{
		"gerrit.patchset-create":    "did you mean gerrit.patchset-created",
		"github.pull_request.opend": "did you mean github.pull_request.opened",
		"github.*":                  "",
		"github.pull_request_*":     "no known event matches github.pull_request_*; * stays between two dots",
		"github.brand_new_thing.on": "",
		"gerrit.entirely-different": "",
		"github.comment":            "",
		"**":                        "",

		"github.repository_dispatch.**":     "",
		"github.repository_dispatch.deploy": "",
	} {
		set, faults := readAll(t, "rules: [{name: a, on: \""+topic+"\", run: ping}]")
		switch {
		case len(set.Rules()) != 1:
			t.Errorf("%s: the rule was skipped: %v", topic, faults)
		case says == "" && len(faults) > 0, says != "" && (len(faults) != 1 || !strings.Contains(faults[0].Text, says) || !faults[0].Warning):
			t.Errorf("%s: %v", topic, faults)
		}
	}
}

func TestNoRulesAreNoFault(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "bot: {name: x}", "rules:", "rules: []"} {
		if set, faults := readAll(t, text); len(set.Rules()) != 0 || faults != nil {
			t.Errorf("%q: %v", text, faults)
		}
	}
	if _, faults := readAll(t, "rules: {name: a}"); len(faults) != 1 || faults[0].Line != 1 {
		t.Errorf("not a list: %v", faults)
	}
}

func TestRulesShareWhatAnAnchorSays(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - &base {name: a, on: gerrit.change-merged, run: jenkins build, where: {branch: main}, args: &args {job: x}}
  - {<<: *base, name: b, args: {<<: *args, REF: y}}
`)
	e := &event.Event{Topic: "gerrit.change-merged", Source: "gerrit:r", Payload: []byte(`{"change":{"branch":"main"}}`)}
	decisions, err := set.Decide(t.Context(), e, nil, nil)
	if err != nil || len(decisions) != 2 {
		t.Fatal(decisions, err)
	}
	_, args, _ := decisions[1].Rule.Command(decisions[1].Env)
	if len(args) != 2 || args["job"] != "x" || args["REF"] != "y" {
		t.Errorf("args: %v", args)
	}
}

func TestWhoIsMeantByNeedsAndUnless(t *testing.T) {
	t.Parallel()
	ann := rule.Who{Principal: "github:1", Groups: []string{"github-write:acme/app", "github-read:acme/app"}, Roles: []string{"operator"}, Repository: "acme/app"}
	asked := rule.Who{Principal: "github:2", Permission: "maintain", Repository: "acme/app"}
	for _, c := range []struct {
		party rule.Party
		who   rule.Who
		is    bool
	}{
		{rule.Party{Permission: "write"}, ann, true},
		{rule.Party{Permission: "admin"}, ann, false},
		{rule.Party{Permission: "write"}, asked, true},
		{rule.Party{Permission: "maintain"}, asked, true},
		{rule.Party{Permission: "admin"}, asked, false},
		{rule.Party{Permission: "read"}, rule.Who{Repository: "acme/app"}, false},
		{rule.Party{Permission: "write"}, rule.Who{Groups: ann.Groups, Repository: "acme/other"}, false},
		{rule.Party{Permission: "write"}, rule.Who{Groups: []string{"github-write:"}}, false},
		{rule.Party{Role: "operator"}, ann, true},
		{rule.Party{Role: "admin"}, ann, false},
		{rule.Party{Principal: "github:1"}, ann, true},
		{rule.Party{Principal: "github-read:acme/app"}, ann, true},
		{rule.Party{Principal: "github:1"}, asked, false},
		{rule.Party{}, rule.Who{}, false},
	} {
		if c.party.Is(c.who) != c.is {
			t.Errorf("%s is %+v: %v", c.party, c.who, !c.is)
		}
	}
	set := read(t, `rules: [{name: a, on: github.comment, run: ping}, {name: b, on: github.comment, run: ping, needs: role:x}]`)
	comment := &event.Event{Topic: event.Comment}
	if got := set.Rule("a").NeedsFor(comment); len(got) != 1 || got[0].String() != "write" {
		t.Errorf("a comment needs %v", got)
	}
	if got := set.Rule("a").NeedsFor(&event.Event{Topic: "github.push"}); got != nil {
		t.Errorf("a push needs %v", got)
	}
	if got := set.Rule("b").NeedsFor(comment); len(got) != 1 || got[0].Role != "x" {
		t.Errorf("b needs %v", got)
	}
}
