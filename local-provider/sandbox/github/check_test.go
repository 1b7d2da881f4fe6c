package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

func TestCheckRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	bot, ctx := r.installed(), t.Context()
	head, _, err := bot.Repositories.GetCommit(ctx, "acme", "app", "greeting", nil)
	r.must(err)
	run, _, err := bot.Checks.CreateCheckRun(ctx, "acme", "app", gogithub.CreateCheckRunOptions{
		Name: "build", HeadSHA: head.GetSHA(), Status: new("in_progress"), ExternalID: new("job k3f7"),
		Output:  &gogithub.CheckRunOutput{Title: new("12 %"), Summary: new("building")},
		Actions: []*gogithub.CheckRunAction{{Label: "Cancel", Description: "Stop the build", Identifier: "cancel"}},
	})
	r.must(err)
	if n := run.PullRequests; len(n) != 1 || n[0].GetNumber() != 1 || run.GetApp().GetID() != 4711 {
		t.Errorf("it is %v", run)
	}
	r.must(r.github.Person("bob").Click(run.GetID(), "cancel"))
	if err := r.github.Person("eve").Click(run.GetID(), "cancel"); err == nil {
		t.Error("eve may click")
	}
	if err := r.github.Person("bob").Rerun(run.GetID()); err == nil {
		t.Error("what runs is asked for again")
	}
	done, _, err := bot.Checks.UpdateCheckRun(ctx, "acme", "app", run.GetID(), gogithub.UpdateCheckRunOptions{
		Name: "build", Conclusion: new("cancelled"), Actions: []*gogithub.CheckRunAction{},
	})
	if err != nil || done.GetStatus() != "completed" || done.CompletedAt == nil || done.GetOutput().GetTitle() != "12 %" {
		t.Errorf("completed it is %v, %v", done, err)
	}
	r.must(r.github.Person("bob").Rerun(run.GetID()))
	again, _, err := bot.Checks.CreateCheckRun(ctx, "acme", "app", gogithub.CreateCheckRunOptions{Name: "build", HeadSHA: head.GetSHA()})
	r.must(err)
	latest, _, err := bot.Checks.ListCheckRunsForRef(ctx, "acme", "app", "greeting", &gogithub.ListCheckRunsOptions{CheckName: new("build"), AppID: new(int64(4711))})
	if err != nil || latest.GetTotal() != 1 || latest.CheckRuns[0].GetID() != again.GetID() {
		t.Errorf("the latest are %v, %v", latest, err)
	}
	all, _, err := bot.Checks.ListCheckRunsForRef(ctx, "acme", "app", head.GetSHA(), &gogithub.ListCheckRunsOptions{Filter: new("all")})
	if err != nil || all.GetTotal() != 2 {
		t.Errorf("all are %v, %v", all, err)
	}
	r.settled()
	came := r.inbox.take()
	if got := names(came, github.HookOfApp); got != "check_run.created check_run.requested_action check_run.completed check_suite.completed check_run.rerequested check_run.created" {
		t.Errorf("the App heard %s", got)
	}
	if got := names(came, github.HookOfRepo); got != "check_run.created check_run.completed check_suite.completed check_run.created" {
		t.Errorf("the repository's hook heard %s", got)
	}
	for _, h := range came {
		if h.action != "requested_action" {
			continue
		}
		if at(h.parsed, "requested_action", "identifier") != "cancel" || at(h.parsed, "sender", "login") != "bob" {
			t.Errorf("the click is %v by %v", h.parsed["requested_action"], at(h.parsed, "sender", "login"))
		}
	}
}

// at walks into an object.
func at(v any, path ...string) any {
	for _, step := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

func TestCheckRunLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	head, _, err := r.client("").Repositories.GetCommit(t.Context(), "acme", "app", "greeting", nil)
	r.must(err)
	in, _, err := r.app().Apps.FindOrganizationInstallation(t.Context(), "acme")
	r.must(err)
	granted, _, err := r.app().Apps.CreateInstallationToken(t.Context(), in.GetID(), nil)
	r.must(err)
	token, long := granted.GetToken(), strings.Repeat("x", 41)
	action := func(label, about, id string) string {
		return fmt.Sprintf(`{"label":%q,"description":%q,"identifier":%q}`, label, about, id)
	}
	one := action("a", "b", "c")
	for more, message := range map[string]string{
		`"actions":[` + strings.Repeat(one+",", 3) + one + `]`:       "No more than 3 items are allowed; 4 were supplied.",
		`"actions":[` + action(long[:21], "b", "c") + `]`:            "Only 20 characters are allowed; 21 were supplied.",
		`"actions":[` + action("a", long, "c") + `]`:                 "Only 40 characters are allowed; 41 were supplied.",
		`"actions":[` + action("a", "b", long[:21]) + `]`:            "Only 20 characters are allowed; 21 were supplied.",
		`"actions":[` + action("a", "", "c") + `]`:                   "weren't supplied",
		`"status":"completed"`:                                       `Missing required parameter "conclusion"`,
		`"status":"done"`:                                            "is not a possible value",
		`"conclusion":"good"`:                                        "is not a possible value",
		`"output":{"title":"x"}`:                                     `"summary" weren't supplied`,
		`"output":{"title":"x","summary":"` + longText(65536) + `"}`: "Only 65535 characters are allowed",
	} {
		body := fmt.Sprintf(`{"name":"build","head_sha":%q,%s}`, head.GetSHA(), more)
		r.refused(r.send("POST", "/api/v3/repos/acme/app/check-runs", token, body), http.StatusUnprocessableEntity, message)
	}
	good := fmt.Sprintf(`{"name":"build","head_sha":%q}`, head.GetSHA())
	r.refused(r.send("POST", "/repos/acme/app/check-runs", botToken, good), http.StatusForbidden, "You must authenticate via a GitHub App.")
	r.refused(r.send("POST", "/repos/acme/app/check-runs", token, `{"name":"b","head_sha":"1234567"}`), http.StatusUnprocessableEntity, "No commit found for SHA: 1234567")
	r.refused(r.send("POST", "/repos/acme/app/check-runs", token, `{"name":`), http.StatusBadRequest, "Problems parsing JSON")
	if got := r.send("POST", "/repos/acme/app/check-runs", token, good); got.StatusCode != http.StatusCreated {
		t.Errorf("a good one: %d %s", got.StatusCode, got.text)
	}
}

func longText(n int) string { return strings.Repeat("x", n) }
