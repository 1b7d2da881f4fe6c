package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// reads expects an answer that has all of these in this order.
func (h *hall) reads(words string, args map[string]any, want ...string) command.Answer {
	h.Helper()
	answer := h.says(words, args)
	rest := answer.Text
	for _, part := range want {
		_, after, found := strings.Cut(rest, part)
		if !found {
			h.Errorf("%s %v lacks %q after what came before it:\n%s", words, args, part, answer.Text)
			return answer
		}
		rest = after
	}
	return answer
}

const three = `
  - name: verify
    on: github.pull_request.opened
    where: {repo: acme/*}
    run: jenkins build
    args: {job: verify/app}
    watch: [slack:C0CI]
  - {name: told, on: github.pull_request.opened, notify: {to: [slack:C1], text: "{{ pull_request.title }}"}}
  - {name: nova, on: gerrit.change-merged, remember: {name: nova-main, value: "{{ newRev }}"}}
  - {name: broken, on: github.push}
`

// TestWrittenSecretsAreMasked: those that a rule's command declares, whatever they are called; all arguments, where nobody can tell.
func TestWrittenSecretsAreMasked(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := newHall(t, rdb, "\n  - {name: masked, on: gerrit.patchset-created, run: demo run, args: {what: seen, pin: t0psecret}}\n")
	said := func() string {
		return h.says("rules list", nil).Text + h.says("rules show", map[string]any{"rule": "masked"}).Text
	}
	if text := said(); strings.Contains(text, "t0psecret") || strings.Contains(text, "seen") {
		t.Errorf("without a catalogue:\n%s", text)
	}
	declared := `{"demo":"- {words: demo run, summary: s, role: operator, args: [{name: what}, {name: pin, secret: true}]}"}`
	if err := rdb.Set(t.Context(), "handsoff:catalogue", declared, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if text := said(); strings.Contains(text, "t0psecret") || !strings.Contains(text, "seen") {
		t.Errorf("with one:\n%s", text)
	}
}

// TestWhatIsSaidOfRules: how they stand, what they are, what they decided.
func TestWhatIsSaidOfRules(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, three)
		h.starts()
		h.reads("rules list", nil, "verify", "works", "never acted", "github.pull_request.opened", "runs jenkins build",
			"told", "tells slack:C1", "nova", "remembers nova-main", "Mistaken, and left out: line 16, rule broken: the rule does nothing")
		h.happens(h.pull("opened"))
		h.reads("rules list", nil, "verify", "acted once, ", "told", "acted once")
		id := h.open()[0].ID
		h.reads("rules show", map[string]any{"rule": "verify"}, "verify, line", "acted once", "where:", "repo: acme/*", "What it decided last:", "ran", "github:acme/app#12", "ann", "d-1", id)
		h.reads("rules pause", map[string]any{"rule": "verify", "reason": "it votes\ntwice"}, "verify is paused")
		h.reads("rules list", nil, "verify", "paused by telnet:ops: it votes twice")
		h.reads("rules show", map[string]any{"rule": "verify"}, "It does nothing: paused by telnet:ops: it votes twice")
		for _, test := range []struct{ words, rule, code, text string }{
			{"rules pause", "verify", command.CodeConflict, "verify is paused by telnet:ops: it votes twice, already."},
			{"rules resume", "nova", command.CodeConflict, "nova is not paused."},
			{"rules show", "broken", command.CodeConflict, "That rule is mistaken, so it does nothing. line 16"},
			{"rules show", "verfy", command.CodeNotFound, "There is no rule verfy"},
		} {
			answer := h.says(test.words, map[string]any{"rule": test.rule})
			if answer.Problem == nil || answer.Problem.Code != test.code || !strings.HasPrefix(answer.Text, test.text) {
				t.Errorf("%s %s: %+v", test.words, test.rule, answer)
			}
		}
		h.reads("rules resume", map[string]any{"rule": "verify"}, "verify works again")
		trail, err := h.Jobs.AuditTail(t.Context(), 20)
		if err != nil || trail[0].Act != "rule resumed" || trail[1].Act != "rule paused" || trail[1].Who != "telnet:ops" {
			t.Error(trail, err)
		}
	})
}

// TestARuleIsTried: what would happen and why, and nothing does.
func TestARuleIsTried(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, three+`
  - {name: careful, on: github.comment, where: {say: build}, needs: [maintain], once: "{{ event.subject }}", run: jenkins build}
`)
		h.starts()
		h.happens(h.pull("opened"))
		h.gateway.envelopes()
		before := len(h.outcomes())
		h.reads("rules test", map[string]any{"rule": "verify", "event": "d-1"}, "The rule verify and github.pull_request.opened about github:acme/app#12, of ann:",
			"yes", "topic: github.pull_request.opened", "yes", "where.repo: acme/*", "saw acme/app",
			"It would run: may be done: jenkins build", "for rule:verify; followed at slack:C0CI, github:acme/app#12@"+headSHA)
		h.reads("rules test", map[string]any{"rule": "told", "event": "d-1"}, "It would tell slack:C1:", "Make it work")
		h.reads("rules test", map[string]any{"rule": "nova", "event": "d-1"}, "no", "topic: gerrit.change-merged", "It would do nothing: the event does not match.")
		merged, _ := json.Marshal(map[string]any{"type": "change-merged", "newRev": "abc", "change": map[string]any{"number": 4711, "project": "openstack/nova"}})
		h.reads("rules test", map[string]any{"rule": "nova", "event": string(merged)}, "about gerrit:review/4711", "It would remember nova-main = abc")
		h.reads("rules test", map[string]any{"rule": "verify", "topic": "github.pull_request.opened", "event": string(h.pull("opened").Payload)},
			"about github:acme/app#12, of ann", "It would run: may be done")
		whole, _ := json.Marshal(h.comment("build"))
		h.reads("rules test", map[string]any{"rule": "careful", "event": string(whole)}, "no", "needs: it needs maintain; ann has write on acme/app", "It would do nothing, for that.")
		h.gateway.sets(func(g *gateway) {
			g.permissions["ann"] = "admin"
			g.answers["jenkins build"] = command.Answer{Text: "It needs the role operator.", Problem: &command.Problem{Code: command.CodeForbidden}}
		})
		h.reads("rules test", map[string]any{"rule": "careful", "event": string(whole)}, "It would run: jenkins build, which would be refused. It needs the role operator.", "for github:7")
		h.gateway.sets(func(g *gateway) { g.away = true })
		h.reads("rules test", map[string]any{"rule": "careful", "event": string(whole)}, "unclear", "needs: ask what ann may do in acme/app", "It would do nothing, for that.")
		h.gateway.sets(func(g *gateway) { g.away = false })
		const said = `{"action":"created","issue":{"number":12,"pull_request":{}},"comment":{"id":5,"body":%q},"sender":{"id":7,"login":"ann"},"repository":{"full_name":"acme/app"}}`
		for _, topic := range []string{"", "github.comment", "github.issue_comment.created"} {
			h.reads("rules test", map[string]any{"rule": "careful", "event": fmt.Sprintf(said, "/retest\n/build a b"), "topic": topic},
				"The rule careful and github.comment about github:acme/app#12, of ann:", "head.sha is empty here", "saw build", "It would run: jenkins build", "for github:7; followed at github:acme/app#12~5")
		}
		h.gateway.mu.Lock()
		sent := slices.Clone(h.gateway.checked)
		h.gateway.mu.Unlock()
		if len(sent) == 0 || !slices.Contains(sent[len(sent)-1].Groups, "github-admin:acme/app") {
			t.Errorf("asked as %+v", sent)
		}
		h.reads("rules test", map[string]any{"rule": "careful", "event": fmt.Sprintf(said, "/deploy")}, "saw deploy", "It would do nothing: the event does not match.")
		line := `{"action":"created","pull_request":{"number":12,"head":{"sha":"` + headSHA + `","ref":"topic"}},"comment":{"id":5,"body":"/build"},"sender":{"id":7,"login":"ann"},"repository":{"full_name":"acme/app"}}`
		h.reads("rules test", map[string]any{"rule": "careful", "event": line}, "It would run: jenkins build", "followed at github:acme/app#12@"+headSHA+"~5")
		for _, test := range []struct{ text, code, want string }{
			{fmt.Sprintf(said, "words"), command.CodeUsage, "That payload cannot be tried: no line of its comment is a command"},
			{"d-99", command.CodeNotFound, "No event d-99 is known"},
			{"{", command.CodeUsage, "That payload cannot be tried: it is not JSON"},
			{"{}", command.CodeUsage, "That payload cannot be tried: which event it is of is not in it"},
			{`{"type":"x\ny"}`, command.CodeUsage, "That payload cannot be tried"},
		} {
			answer := h.says("rules test", map[string]any{"rule": "careful", "event": test.text})
			if answer.Problem == nil || answer.Problem.Code != test.code || !strings.HasPrefix(answer.Text, test.want) {
				t.Errorf("%s: %+v", test.text, answer)
			}
		}
		if asked := h.gateway.envelopes(); len(asked) > 0 || len(h.outcomes()) != before || len(h.open()) != 1 || len(h.notices()) != 1 {
			t.Errorf("something was done: %+v %v", asked, h.notices())
		}
		if keys := rdb.Keys(t.Context(), "handsoff:once:*").Val(); len(keys) > 0 {
			t.Error(keys)
		}
	})
}

// TestWhatIsSaidOfEvents: which were decided, how one stands, and the dead come back.
func TestWhatIsSaidOfEvents(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, three)
		h.starts()
		h.happens(h.pull("opened"))
		h.happens(h.patch("change-merged", func(e *event.Event) { e.Cause = []string{"job:k3f7"} }))
		h.reads("events list", nil, "nova", "remembered", "gerrit.change-merged", "gerrit:review/4711", "gus", "g-2", "told", "verify", "ran", "github.pull_request.opened")
		for topic, want := range map[string]string{"gerrit": "nova", "github.*": "verify", "gerrit.change-merged": "nova"} {
			if text := h.reads("events list", map[string]any{"topic": topic}, want).Text; strings.Contains(text, "nova") == strings.Contains(text, "verify") {
				t.Errorf("%s: %s", topic, text)
			}
		}
		h.reads("events list", map[string]any{"limit": 1}, "nova", "There are more; say `events list limit=2`.")
		h.reads("events show", map[string]any{"id": "g-2"}, "g-2, at the function event: dealt with", "topic", "gerrit.change-merged", "author", "gus gerrit:review/1000012",
			"caused by", "job:k3f7", "What rules decided:", "nova", "remembered")
		h.happens(h.patch("ref-updated"))
		h.reads("events show", map[string]any{"id": "g-3"}, "dealt with", "No rule decided anything about it")
		if answer := h.says("events show", map[string]any{"id": "nothing"}); answer.Problem == nil || answer.Problem.Code != command.CodeNotFound {
			t.Error(answer)
		}
		h.reads("events dead", nil, "No delivery was given up.")
		bury(t, rdb, "slack", "Ev1", "Ev2", "Ev3")
		h.reads("events dead", nil, "Ev", "slack", "message", "2 attempts", "it broke", "`events revive <id>`")
		h.reads("events revive", map[string]any{"what": "Ev1"}, "Ev1 is tried again by slack.")
		h.reads("events revive", map[string]any{"what": "slack"}, "2 deliveries to slack are tried again.")
		h.reads("events dead", nil, "No delivery was given up.")
		if answer := h.says("events revive", map[string]any{"what": "Ev1"}); answer.Problem == nil || answer.Problem.Code != command.CodeNotFound {
			t.Error(answer)
		}
	})
}

// bury has deliveries to a function given up.
func bury(t *testing.T, rdb *redis.Client, function string, ids ...string) {
	t.Helper()
	box := inbox.Open(rdb, function, inbox.Options{GiveUp: time.Nanosecond})
	for _, id := range ids {
		if _, err := box.Put(t.Context(), inbox.Delivery{ID: id, Kind: "message", Body: []byte("{}")}, nil); err != nil {
			t.Fatal(err)
		}
	}
	w := inbox.NewWorker(box, func(ctx context.Context, _ *inbox.Claim) error { return errors.New("it broke") }, inbox.WorkerOptions{})
	jobtest.Eventually(t, "the end of all", func() bool {
		w.Kick()
		dead, err := inbox.Dead(t.Context(), rdb)
		return err == nil && dead[function] == int64(len(ids))
	})
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsSaidOfGapsAndMemory: the windows in which we were deaf, and what rules remember.
func TestWhatIsSaidOfGapsAndMemory(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, three)
		h.starts()
		h.reads("gaps", nil, "No window is known in which I was deaf.")
		from := time.Now().Add(-time.Hour)
		id, err := gap.Open(t.Context(), rdb, gap.Gap{Source: "github", Scope: "acme", Why: "the hook was\nnot answered", From: from})
		if err != nil {
			t.Fatal(err)
		}
		h.reads("gaps", nil, "github acme", "open", "for 1 h", "the hook was not answered")
		if err := gap.Close(t.Context(), rdb, id, gap.Closing{To: from.Add(time.Minute), How: "redelivered", Missed: 2, Recovered: 1, Lost: "one of them"}); err != nil {
			t.Fatal(err)
		}
		h.reads("gaps", map[string]any{"source": "github"}, "closed", "redelivered; 1 of 2 missed was had again; lost: one of them")
		once, err := gap.Open(t.Context(), rdb, gap.Gap{Source: "gerrit:review", Why: "one delivery was lost", From: from})
		if err == nil {
			err = gap.Close(t.Context(), rdb, once, gap.Closing{To: from, How: "told again"})
		}
		if err != nil {
			t.Fatal(err)
		}
		h.reads("gaps", map[string]any{"source": "gerrit:review"}, "closed", "at that moment", "one delivery was lost; told again")
		h.reads("gaps", map[string]any{"source": "slack"}, "No window is known in which I was deaf to slack.")

		h.reads("remembered", nil, "Nothing is remembered")
		h.happens(h.patch("change-merged"))
		h.happens(h.patch("change-merged", func(e *event.Event) {
			e.Payload = []byte(strings.ReplaceAll(string(e.Payload), `"newRev":"`+headSHA, `"newRev":"`+nextSHA))
			e.At = time.Now()
		}))
		h.reads("remembered", nil, "nova-main", nextSHA, "nova", "Fix it")
		h.reads("remembered", map[string]any{"name": "nova-main"}, "value", nextSHA, "subject", "Fix it", "address", "https://r/4711", "rule", "nova",
			"event", "g-2", "Its changes, the newest first:", nextSHA, headSHA)
		for _, words := range []string{"remembered", "remembered forget"} {
			answer := h.says(words, map[string]any{"name": "nova-mian"})
			if answer.Problem == nil || answer.Problem.Code != command.CodeNotFound || !slices.Equal(answer.Problem.Suggestions, []string{words + " nova-main"}) {
				t.Error(answer)
			}
		}
		h.reads("remembered forget", map[string]any{"name": "nova-main"}, "nova-main is forgotten", nextSHA)
		h.reads("remembered", nil, "Nothing is remembered")
		trail, err := rdb.XRevRangeN(t.Context(), "handsoff:audit", "+", "-", 1).Result()
		if err != nil || len(trail) != 1 || trail[0].Values["act"] != "remembered value forgotten" {
			t.Error(trail, err)
		}
	})
}
