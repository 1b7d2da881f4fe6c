package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/memory"
)

const verify = `
  - name: verify
    on: [github.pull_request.opened, github.pull_request.synchronize, github.pull_request.closed]
    where: {repo: acme/*}
    if: pull_request.title not contains "[no ci]"
    run: jenkins build
    args: {job: verify/app, SHA: "{{ pull_request.head.sha }}", title: "{{ pull_request.title }}"}
    watch: [slack:C0CI]
`

// TestARuleRuns: the envelope says who, what, why, and where to tell of it; the job is known to its subject.
func TestARuleRuns(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify)
		h.starts()
		h.happens(h.pull("opened", func(e *event.Event) { e.Cause = []string{"job:aaaa", "rule:other"} }))
		e := h.only()
		if e.Principal != "rule:verify" || e.Origin.Door != "event" || e.Command != "jenkins build" || len(e.Groups) > 0 || e.Text != "" {
			t.Errorf("%+v", e)
		}
		if want := (map[string]any{"job": "verify/app", "SHA": headSHA, "title": "Make it work"}); len(e.Args) != 3 || e.Args["SHA"] != want["SHA"] || e.Args["title"] != want["title"] {
			t.Errorf("%v", e.Args)
		}
		h.wants(e.Watch, []string{"slack:C0CI", "github:acme/app#12@" + headSHA})
		h.wants(e.Cause, []string{"rule:verify", "event:d-1", "job:aaaa", "rule:other"})
		notes := strings.Join(e.Notes, "\n")
		for _, want := range []string{
			"the rule verify heard github.pull_request.opened about github:acme/app#12, of ann (github:7)", "acme/*", "Make it work",
		} {
			if !strings.Contains(notes, want) {
				t.Errorf("the notes lack %q:\n%s", want, notes)
			}
		}
		known, err := event.JobsOf(t.Context(), rdb, "github:acme/app#12")
		if err != nil || len(known) != 1 || known[0].Rule != "verify" || known[0].Revision != headSHA || known[0].Event != "d-1" || known[0].Outlives {
			t.Errorf("%+v %v", known, err)
		}
		h.wants(h.outcomes(), []string{"d-1 verify ran"})
		h.wants(h.notices(), nil)
	})
}

// TestWhatMatchesNothingLeavesNothing behind but being known to the inbox.
func TestWhatMatchesNothingLeavesNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify)
		h.starts()
		before := rdb.Keys(t.Context(), "handsoff:*").Val()
		h.happens(h.pull("labeled"))
		h.happens(h.pull("opened", func(e *event.Event) { e.Payload = []byte(strings.Replace(string(e.Payload), "Make it", "[no ci]", 1)) }))
		h.happens(h.pull("opened", func(e *event.Event) { e.Only = []string{"other"} }))
		if asked := h.gateway.envelopes(); len(asked) > 0 {
			t.Error(asked)
		}
		h.wants(h.outcomes(), nil)
		for _, key := range rdb.Keys(t.Context(), "handsoff:*").Val() {
			if !strings.HasPrefix(key, "handsoff:inbox") && !slices.Contains(before, key) {
				t.Error(key)
			}
		}
	})
}

// TestWhoAsksRunsAsThemselves: the rule is one of their groups, they are answered where they asked, and it is no check run.
func TestWhoAsksRunsAsThemselves(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - name: build
    on: github.comment
    where: {say: build}
    run: jenkins build
    args: {job: "{{ asked.args[0] }}", more: "{{ asked.args }}", SHA: "{{ head.sha }}"}
  - name: info
    on: github.comment
    where: {say: info}
    run: jenkins info
`)
		h.starts()
		h.happens(h.comment("build", "a b; rm -rf /", "x=y"))
		e := h.only()
		if e.Principal != "github:7" || !slices.Equal(e.Groups, []string{"rule:build"}) || e.Origin.Door != "github" || e.Origin.Address != "github:acme/app#12~5" {
			t.Errorf("%+v", e)
		}
		if more, _ := e.Args["more"].([]any); e.Args["job"] != "a b; rm -rf /" || len(more) != 2 || more[1] != "x=y" || len(e.Args) != 3 {
			t.Errorf("%v", e.Args)
		}
		h.wants(e.Watch, []string{"github:acme/app#12~5"})
		known, err := event.JobsOf(t.Context(), rdb, "github:acme/app#12")
		if err != nil || len(known) != 1 || known[0].Asked == nil || known[0].Asked.Word != "build" || known[0].Answer != "github:acme/app#12~5" {
			t.Errorf("%+v %v", known, err)
		}
		h.happens(h.comment("info"))
		h.wants(h.notices(), []string{"github:acme/app#12~5 /info: Done: jenkins info"})
	})
}

// TestARefusalIsTold to whoever asked, else once an hour to those who run the bot; it is a decision, and not tried again.
func TestARefusalIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify+`
  - {name: deploy, on: github.comment, where: {say: deploy}, run: jenkins build, once: "{{ event.subject }}"}
`)
		h.gateway.sets(func(g *gateway) {
			g.answers["jenkins build"] = command.Answer{Text: "It needs the role operator.", Problem: &command.Problem{Code: command.CodeForbidden}}
		})
		h.starts()
		h.happens(h.pull("opened"))
		h.happens(h.pull("synchronize"))
		h.happens(h.comment("deploy"))
		h.wants(h.notices(), []string{
			"github:acme/app#12~5 /deploy: It needs the role operator.",
			"slack:C0ADMIN The rule verify could not act on github.pull_request.opened about github:acme/app#12: It needs the role operator.",
		})
		h.wants(h.outcomes(), []string{"d-1 verify refused", "d-2 verify refused", "d-3 deploy refused"})
		if n := len(h.gateway.envelopes()); n != 3 {
			t.Errorf("asked %d times", n)
		}
		h.gateway.sets(func(g *gateway) { delete(g.answers, "jenkins build") })
		h.happens(h.comment("deploy")) // what was refused was not done
		if len(h.open()) != 1 {
			t.Error("once is spent on a refusal")
		}
	})
}

// TestItIsTriedUntilItIsTaken: what is down for a moment costs time.
func TestItIsTriedUntilItIsTaken(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify)
		h.gateway.sets(func(g *gateway) { g.faults = []int{503, 502, 429} })
		h.starts()
		h.happens(h.pull("opened"))
		if len(h.open()) != 1 || len(h.gateway.envelopes()) != 1 {
			t.Error("not once")
		}
	})
}

// TestARuleTellsAndRemembers: a notice at its addresses, and a value with its change.
func TestARuleTellsAndRemembers(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - name: merged
    on: gerrit.change-merged
    where: {project: openstack/nova, branch: main}
    notify: {to: [slack:C0CI, telnet:ann], text: "merged {{ change.subject }}\u001b[31m after {{ remembered[\"nova-main\"].value }}"}
    remember: {name: nova-main, value: "{{ newRev }}"}
`)
		h.starts()
		h.happens(h.patch("change-merged"))
		h.wants(h.notices(), []string{"slack:C0CI,telnet:ann merged Fix it after "})
		found, err := memory.Recall(t.Context(), rdb, "nova-main")
		if c := found["nova-main"]; err != nil || c.Value != headSHA || c.Subject != "Fix it" || c.URL != "https://r/4711" || c.Rule != "merged" || c.Event != "g-1" {
			t.Errorf("%+v %v", c, err)
		}
		h.happens(h.patch("change-merged"))
		h.wants(h.notices(), []string{"slack:C0CI,telnet:ann merged Fix it after ", "slack:C0CI,telnet:ann merged Fix it after " + headSHA})
		h.wants(h.outcomes(), []string{"g-1 merged told", "g-1 merged remembered", "g-2 merged told", "g-2 merged remembered"})
	})
}

// TestAVote goes where the patch set is that was built.
func TestAVote(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: v, on: gerrit.patchset-created, run: jenkins build, review: {label: Verified, success: 1, failure: -1, started: true}}
`)
		h.starts()
		h.happens(h.patch("patchset-created"))
		h.wants(h.only().Watch, []string{"gerrit:review/4711/3?label=Verified&success=1&failure=-1&started=true"})
	})
}

// TestAMistakenRuleIsTold and the others work.
func TestAMistakenRuleIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify+`
  - {name: broken, on: github.push, rnu: jenkins build}
`)
		h.starts()
		for range 2 { // a restart tells nothing new
			if err := h.tellFaults(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		told := h.notices()
		if len(told) != 1 || !strings.Contains(told[0], "slack:C0ADMIN The configuration has 2 mistakes in its rules.") || !strings.Contains(told[0], "rule broken") {
			t.Error(told)
		}
		h.happens(h.pull("opened"))
		if len(h.open()) != 1 {
			t.Error("the other does not work")
		}
	})
}
