package github_test

import (
	"errors"
	"net/http"
	"testing"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// TestPullRequest is a pull request's life, as go-github and the hooks see it.
func TestPullRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	bot := r.installed()
	ctx := t.Context()
	pull, _, err := bot.PullRequests.Get(ctx, "acme", "app", 1)
	r.must(err)
	if pull.GetTitle() != "Greet people" || pull.GetUser().GetLogin() != "bob" || pull.Mergeable != nil || pull.GetCommits() != 1 {
		t.Errorf("it is %v", pull)
	}
	if pull, _, err = bot.PullRequests.Get(ctx, "acme", "app", 1); err != nil || !pull.GetMergeable() {
		t.Errorf("asked again: %v, %v", pull.GetMergeableState(), err)
	}
	comment, _, err := bot.Issues.CreateComment(ctx, "acme", "app", 1, &gogithub.IssueComment{Body: new("I am at it")})
	r.must(err)
	if comment.GetUser().GetLogin() != github.AppBot {
		t.Errorf("%s comments", comment.GetUser().GetLogin())
	}
	sha, err := r.github.Person("bob").Push("acme/app", github.Push{Branch: "greeting", Message: "More"})
	r.must(err)
	_, _, err = bot.PullRequests.Merge(ctx, "acme", "app", 1, "", &gogithub.PullRequestOptions{SHA: pull.GetHead().GetSHA()})
	var refused *gogithub.ErrorResponse
	if !errors.As(err, &refused) || refused.Response.StatusCode != http.StatusConflict {
		t.Errorf("merge of an old head: %v", err)
	}
	merged, _, err := bot.PullRequests.Merge(ctx, "acme", "app", 1, "", &gogithub.PullRequestOptions{SHA: sha})
	if err != nil || !merged.GetMerged() {
		t.Errorf("merge: %v, %v", merged, err)
	}
	_, _, err = bot.PullRequests.Merge(ctx, "acme", "app", 1, "", nil)
	if !errors.As(err, &refused) || refused.Response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("merge twice: %v", err)
	}
	r.settled()
	came := r.inbox.take()
	want := "issue_comment.created push pull_request.synchronize push pull_request.closed"
	for _, kind := range []string{github.HookOfRepo, github.HookOfOrg} {
		if got := names(came, kind); got != want {
			t.Errorf("the %s's hook heard %s, want %s", kind, got, want)
		}
	}
	if got := names(came, github.HookOfApp); got != "issue_comment.created push check_suite.requested pull_request.synchronize push check_suite.requested pull_request.closed" {
		t.Errorf("the App heard %s", got)
	}
}
