package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestAForgedClick: a click cannot be looked up at GitHub, and a repository's hook is told of none. So who knows a
// repository's secret clicks for nobody.
func TestAForgedClick(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	id := h.made("verify", nil)
	for i, action := range []string{
		`"action":"requested_action","requested_action":{"identifier":"cancel"}`, `"action":"requested_action"`, `"action":"rerequested"`,
	} {
		body := fmt.Sprintf(`{%s,"check_run":{"id":5,"external_id":%q,"head_sha":"%040d","app":{"id":4711}},`+
			`"sender":{"id":583231,"login":"ann","type":"User"},"repository":{"id":1,"full_name":"acme/app"}}`, action, id, 1)
		if w := h.post(body, headersOf(fmt.Sprint("click", i), "check_run", repoSecret, body)); w.Code != 403 || !strings.Contains(w.Body.String(), "App") {
			t.Errorf("%s: %d %s", action, w.Code, w.Body)
		}
	}
	suite := `{"action":"rerequested","check_suite":{"head_sha":"x","app":{"id":4711},"pull_requests":[{"number":1}]},"repository":{"id":1,"full_name":"acme/app"}}`
	if w := h.post(suite, headersOf("suite", "check_suite", repoSecret, suite)); w.Code != 403 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.settles()
	if asked := h.desk.envelopes(); len(asked) != 0 {
		t.Errorf("%+v", asked)
	}
}

// TestAnOldCommentSentAgain: who knows a repository's secret has nothing done again that somebody once asked for.
func TestAnOldCommentSentAgain(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.push()
	id, at := h.says("bob", 1, "/build"), h.github.Now()
	h.only()
	again := func(name string) {
		h.forgets("event") // what it dealt with it knows for an hour
		body := fmt.Sprintf(`{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"id":%d,"body":"/build","created_at":%q,"updated_at":%q,`+
			`"user":{"id":583232,"login":"bob","type":"User"}},"sender":{"id":583232,"login":"bob","type":"User"},"repository":{"id":1,"full_name":"acme/app"}}`,
			id, at.UTC().Format(time.RFC3339), name)
		if w := h.post(body, headersOf(name, "issue_comment", repoSecret, body)); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		h.settles()
		if list := h.eventsOf(event.Comment); len(list) != 0 {
			t.Errorf("%s: %s is asked for again", name, list[0].ID)
		}
	}
	again("soon")
	// When nobody knows the delivery any more.
	h.forgets("github")
	h.now = func() time.Time { return at.Add(5 * 24 * time.Hour) }
	again("late")
	if n := h.counts("github_withdrawn"); n != 1 {
		t.Errorf("%d are counted", n)
	}
}

// forgets has a function know of nothing any more that it dealt with.
func (h *hall) forgets(function string) {
	h.Helper()
	keys, err := h.client.Keys(h.Context(), "handsoff:inbox:"+function+":*").Result()
	h.must(err)
	if len(keys) > 0 {
		h.must(h.client.Del(h.Context(), keys...).Err())
	}
}

// TestAnAuthorWithoutRights has no rule act again that only others can set off.
func TestAnAuthorWithoutRights(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	number, err := h.github.Person("eve").OpenPull("acme/app", sandbox.NewPull{Title: "Mine", Files: map[string]string{"z": "1"}})
	h.must(err)
	subject := fmt.Sprintf("github:acme/app#%d", number)
	for _, rule := range []string{"labelled", "verify"} {
		accepted, err := h.Jobs.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Principal, r.Watch = "rule:"+rule, []string{subject} }))
		h.must(err)
		h.must(event.KeepJob(t.Context(), h.client, subject, event.SubjectJob{Job: accepted.ID, Rule: rule, Event: "e", At: time.Now()}))
		h.ends(accepted.ID, job.Fail("no", nil))
	}
	h.says("eve", number, "/retest")
	h.settles()
	var again []string
	for _, e := range h.events() {
		again = append(again, e.Only...)
	}
	if len(again) != 1 || again[0] != "verify" {
		t.Errorf("%q act again; said %q", again, h.comments(number))
	}
	if said := strings.Join(h.comments(number), "\n"); !strings.Contains(said, "by those who may write to acme/app") {
		t.Errorf("said %q", said)
	}
}

// TestAClickOnAnOldCommit does not build what was pushed since: nobody who clicked has seen that.
func TestAClickOnAnOldCommit(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	id := h.made("verify", nil)
	h.ends(id, job.Fail("no", nil))
	client, err := h.app.ClientFor(t.Context(), "acme", "app")
	h.must(err)
	run, _, err := client.Checks.CreateCheckRun(t.Context(), "acme", "app", ghCheck(id, head))
	h.must(err)
	_, _, err = client.Checks.UpdateCheckRun(t.Context(), "acme", "app", run.GetID(), ghDone(id))
	h.must(err)
	h.push()
	h.must(h.github.Person("bob").Rerun(run.GetID()))
	h.settles()
	for _, e := range h.events() {
		if len(e.Only) > 0 {
			t.Errorf("%s is built", e.Revision)
		}
	}
	if said := h.comments(1); len(said) != 1 || !strings.Contains(said[0], "bob clicked") || !strings.Contains(said[0], "has moved") {
		t.Errorf("said %q", said)
	}
}

// TestARuleThatHearsNoPullRequest cannot be asked to act again, and it is said so.
func TestARuleThatHearsNoPullRequest(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.push()
	id := h.made("after-checks", nil)
	h.ends(id, job.Fail("no", nil))
	h.says("bob", 1, "/retest")
	h.settles()
	if said := h.comments(1); len(said) != 1 || !strings.Contains(said[0], "retry "+id) {
		t.Errorf("said %q", said)
	}
	for _, e := range h.events() {
		if len(e.Only) > 0 {
			t.Errorf("%s is handed to the rules", e.Topic)
		}
	}
}
