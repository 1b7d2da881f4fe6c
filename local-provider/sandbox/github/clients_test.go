package github_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/need"
)

// modules is where npm's packages are.
func modules(t *testing.T) string {
	t.Helper()
	return need.Node(t, "@octokit/rest", "@octokit/webhooks", "@octokit/webhooks-schemas", "ajv", "ajv-formats")
}

// node runs a script with lines of JSON for its input.
func node(t *testing.T, script string, env []string, lines []any) (string, error) {
	t.Helper()
	var in bytes.Buffer
	for _, l := range lines {
		if err := json.NewEncoder(&in).Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", script))
	cmd.Env, cmd.Stdin = append(os.Environ(), env...), &in
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestOctokit drives this GitHub by the client that GitHub itself makes.
func TestOctokit(t *testing.T) {
	t.Parallel()
	dir := modules(t)
	r := newRig(t)
	_, err := r.github.Person("bob").OpenIssue("acme/app", "Umlauts: äöü €", "🎉 </script>")
	r.must(err)
	r.settled()
	var lines []any
	for _, h := range r.inbox.take() {
		lines = append(lines, map[string]string{"body": string(h.body), "signature": h.header.Get("X-Hub-Signature-256")})
	}
	if len(lines) != 3 {
		t.Fatalf("%d webhooks", len(lines))
	}
	out, err := node(t, "client.mjs", []string{"MODULES=" + dir, "GITHUB_URL=" + r.url, "TOKEN=" + botToken, "SECRET=" + secret}, lines)
	if err != nil || !strings.Contains(out, "all is well") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSchemas makes everything happen that this GitHub knows of by itself, and holds each payload against GitHub's schema.
func TestSchemas(t *testing.T) {
	t.Parallel()
	dir := modules(t)
	r := newRig(t)
	r.everything()
	r.settled()
	var lines []any
	seen := map[string]bool{}
	for _, h := range r.inbox.take() {
		lines = append(lines, map[string]any{"event": h.event, "payload": h.parsed})
		seen[strings.TrimSuffix(h.event+"."+h.action, ".")] = true
	}
	for want := range strings.FieldsSeq("push create delete fork watch.started star.created member.added repository.created status ping " +
		"pull_request.opened pull_request.synchronize pull_request.closed pull_request.reopened pull_request.labeled pull_request.unlabeled " +
		"pull_request.edited pull_request.ready_for_review pull_request.locked pull_request.unlocked issues.opened issues.edited issues.closed issues.reopened " +
		"issues.labeled issue_comment.created issue_comment.edited issue_comment.deleted pull_request_review.submitted " +
		"pull_request_review_comment.created pull_request_review_comment.edited pull_request_review_comment.deleted check_run.created " +
		"check_run.completed check_run.requested_action check_run.rerequested check_suite.requested check_suite.completed " +
		"check_suite.rerequested label.created installation.created") {
		if !seen[want] {
			t.Errorf("%s did not happen", want)
		}
	}
	if out, err := node(t, "validate.cjs", []string{"NODE_PATH=" + dir}, lines); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// everything makes everything happen.
func (r *rig) everything() {
	r.Helper()
	ann, bob, eve := r.github.Person("ann"), r.github.Person("bob"), r.github.Person("eve")
	r.github.AddOrg("umbrella", map[string]string{"ann": "admin"}, true)
	r.must(r.github.AddRepo("acme/new", nil))
	r.must(r.github.SetRole("acme/app", "eve", "triage"))
	r.must(r.github.SetRole("acme/app", "eve", ""))
	r.must(eve.Star("acme/app"))
	fork, err := eve.OpenPull("acme/app", github.NewPull{Title: "From afar", Draft: true})
	r.must(err)
	r.must(eve.Ready("acme/app", fork, true))
	r.must(ann.Label("acme/app", fork, "bug", "brand new"))
	r.must(ann.Label("acme/app", fork, "bug"))
	title := "Another title"
	r.must(eve.Retitle("acme/app", fork, &title, nil))
	r.must(ann.Lock("acme/app", fork, true))
	r.must(ann.Lock("acme/app", fork, false))
	r.must(ann.Close("acme/app", fork))
	r.must(ann.Reopen("acme/app", fork))
	_, err = eve.Push("eve/app", github.Push{Branch: "patch-2"})
	r.must(err)
	_, err = ann.Merge("acme/app", fork)
	r.must(err)
	comment, err := bob.Comment("acme/app", 1, "one")
	r.must(err)
	r.must(bob.EditComment(comment, "two"))
	r.must(bob.DeleteComment(comment))
	note, err := ann.ReviewComment("acme/app", 1, "main.go", 3, "why?")
	r.must(err)
	r.must(ann.EditComment(note, "why not?"))
	r.must(ann.DeleteComment(note))
	r.must(ann.Review("acme/app", 1, "APPROVE", ""))
	issue, err := eve.OpenIssue("acme/lib", "It is broken", "very")
	r.must(err)
	r.must(eve.Retitle("acme/lib", issue, &title, &title))
	r.must(ann.Label("acme/lib", issue, "bug"))
	r.must(ann.Close("acme/lib", issue))
	r.must(ann.Reopen("acme/lib", issue))
	r.must(bob.Tag("acme/app", "v1"))
	_, err = bob.Push("acme/app", github.Push{Branch: "topic", Force: true})
	r.must(err)
	r.must(bob.DeleteBranch("acme/app", "topic"))
	bot := r.installed()
	head, _, err := bot.Repositories.GetCommit(r.Context(), "acme", "app", "greeting", nil)
	r.must(err)
	_, _, err = bot.Repositories.CreateStatus(r.Context(), "acme", "app", head.GetSHA(), &gogithub.RepoStatus{State: new("success")})
	r.must(err)
	run, _, err := bot.Checks.CreateCheckRun(r.Context(), "acme", "app", gogithub.CreateCheckRunOptions{
		Name: "build", HeadSHA: head.GetSHA(), Actions: []*gogithub.CheckRunAction{{Label: "Cancel", Description: "Stop it", Identifier: "cancel"}},
	})
	r.must(err)
	r.must(bob.Click(run.GetID(), "cancel"))
	_, _, err = bot.Checks.UpdateCheckRun(r.Context(), "acme", "app", run.GetID(), gogithub.UpdateCheckRunOptions{Name: "build", Conclusion: new("success")})
	r.must(err)
	r.must(bob.Rerun(run.GetID()))
	r.must(bob.RerunAll("acme/app", 1))
	_, err = r.as("ann").Repositories.PingHook(r.Context(), "acme", "app", r.hookOf("acme/app"))
	r.must(err)
}
