package github_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
)

// A tab drives the pages.
type tab struct {
	*rig
	*pagetest.Tab
}

// TestPullRequestInBrowser is what a newcomer does: comments, watches the answer, clicks, pushes, merges, loses a webhook.
func TestPullRequestInBrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := &tab{r, pagetest.Open(t, pagetest.Options{Width: 1000, Height: 900, Shots: "SANDBOX_GITHUB_SHOTS"})}
	bot, ctx := r.installed(), t.Context()
	b.Do(chromedp.Navigate(r.url + "/acme/app/pull/1"))
	b.Sees("h1", "The sandbox’s GitHub")
	b.Do(chromedp.Navigate(r.url+"/acme/app/pull/1?x#token="+botToken), pagetest.Visible("#comment"))
	b.Sees(".post strong", "hello")
	b.Do(pagetest.Type("#comment", "> /quoted\n\n/build `main` <img src=x onerror=alert(1)>"))
	b.Follow("#say button", "Comment")
	b.Sees(".post blockquote", "/quoted")
	b.Sees(".post .text", "<img src=x onerror=alert(1)>")
	r.settled()
	came := r.inbox.take()
	if got := names(came, github.HookOfRepo); got != "issue_comment.created" || at(came[0].parsed, "sender", "login") != "ann" {
		t.Errorf("the hook heard %s", got)
	}
	head, _, err := bot.Repositories.GetCommit(ctx, "acme", "app", "greeting", nil)
	r.must(err)
	run, _, err := bot.Checks.CreateCheckRun(ctx, "acme", "app", gogithub.CreateCheckRunOptions{
		Name: "handsoff build", HeadSHA: head.GetSHA(), Status: new("in_progress"), DetailsURL: new("http://127.0.0.1:1/job"),
		Output:  &gogithub.CheckRunOutput{Title: new("42 %"), Summary: new("building *it*")},
		Actions: []*gogithub.CheckRunAction{{Label: "Cancel", Description: "Stop the build", Identifier: "cancel"}},
	})
	r.must(err)
	_, _, err = bot.Issues.CreateComment(ctx, "acme", "app", 1, &gogithub.IssueComment{Body: new("Building. <!-- handsoff:k3f7 -->")})
	r.must(err)
	b.Sees("#checks", "42 %") // without a reload
	b.Sees(".post.bot", "Building.")
	b.Shot("pull")
	b.Follow("#checks button", "Cancel")
	r.settled()
	came = r.inbox.take()
	if last := came[len(came)-1]; last.action != "requested_action" || at(last.parsed, "requested_action", "identifier") != "cancel" {
		t.Errorf("the click was %s.%s", last.event, last.action)
	}
	_, _, err = bot.Checks.UpdateCheckRun(ctx, "acme", "app", run.GetID(), gogithub.UpdateCheckRunOptions{
		Name: "handsoff build", Conclusion: new("cancelled"), Actions: []*gogithub.CheckRunAction{},
	})
	r.must(err)
	b.Sees("#checks", "cancelled")
	b.Sees("#checks button", "Re-run")
	b.Do(pagetest.Set("#who", "eve"))
	b.Follow(".who button", "Be them")
	b.Follow("#acts button", "Merge")
	b.Sees(".flaw", "GitHub refuses: eve has the role read")
	b.Do(pagetest.Set("#who", "bob"))
	b.Follow(".who button", "Be them")
	b.Follow("#acts button", "Push a commit")
	b.Sees("#checks", "None at this commit.")
	b.Follow("#acts button", "Merge pull request")
	b.Sees("#state", "Merged")
	r.settled()
	if got, want := names(r.inbox.take(), github.HookOfOrg), "check_run.completed check_suite.completed push pull_request.synchronize push pull_request.closed"; got != want {
		t.Errorf("the organisation's hook heard %s, want %s", got, want)
	}
	b.Follow("nav a", "Webhooks")
	b.Follow(".hook:has(code) button", "Lose webhooks")
	b.Sees(".hook button", "let them arrive")
	b.Follow(".deliveries button", "Redeliver")
	b.Sees(".deliveries", "redelivery")
	b.Shot("hooks")
	b.Follow(".deliveries a", "pull_request.closed")
	b.Sees("pre", "X-Hub-Signature-256: sha256=")
	b.Shot("delivery")
	b.Follow("nav a", "Repositories")
	b.Sees("#repos", "guarded")
	b.Follow("#repos a", "acme/mirror-nova")
	b.Do(chromedp.Evaluate("document.querySelectorAll('main > details').forEach(d => d.open = true)", nil), pagetest.Type("form[action='/act/pull'] input[name=title]", "Fix nova"))
	b.Follow("#open-pull", "Open it")
	b.Sees("h1", "Fix nova")
	b.Do(chromedp.EmulateViewport(390, 760, chromedp.EmulateMobile))
	b.Shot("phone")
}
