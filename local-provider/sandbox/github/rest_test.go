package github_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// TestRefusals is what GitHub says to what it does not let through.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.must(r.github.SetPrivate("acme/lib", true))
	r.must(r.github.Person("bob").Lock("acme/app", 1, true))
	eve := r.github.Token("eve")
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		message                   string
	}{
		{"GET", "/user", "", "", 401, "Requires authentication"},
		{"GET", "/user", "ghp_wrong", "", 401, "Bad credentials"},
		{"GET", "/repos/acme/none", eve, "", 404, "Not Found"},
		{"GET", "/repos/acme/lib", eve, "", 404, "Not Found"},
		{"GET", "/repos/acme/app/pulls/99", eve, "", 404, "Not Found"},
		{"GET", "/repos/acme/app/nothing", eve, "", 404, "Not Found"},
		{"POST", "/repos/acme/app/issues/1/comments", "", `{"body":"x"}`, 401, "Requires authentication"},
		{"POST", "/repos/acme/app/issues/1/comments", eve, `{"body":"x"}`, 403, "Unable to create comment because issue is locked."},
		{"POST", "/repos/acme/app/issues/1/comments", botToken, `{"body":""}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/issues/1/comments", botToken, `{"body":"` + strings.Repeat("x", 65537) + `"}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/issues/1/comments", botToken, `{"body":1}`, 422, "Invalid request."},
		{"POST", "/repos/acme/app/issues/1/comments", botToken, `{`, 400, "Problems parsing JSON"},
		{"POST", "/repos/acme/app/issues/1/labels", eve, `["bug"]`, 403, "Must have triage access"},
		{"PUT", "/repos/acme/app/pulls/1/merge", eve, ``, 403, "Must have write access"},
		{"PATCH", "/repos/acme/app/pulls/1", eve, `{"state":"closed"}`, 403, "Must have admin rights to Repository."},
		{"GET", "/repos/acme/app/collaborators/bob/permission", eve, "", 403, "Must have write access"},
		{"GET", "/repos/acme/app/collaborators/nobody/permission", botToken, "", 404, "nobody is not a user"},
		{"POST", "/repos/acme/app/issues/1/reactions", botToken, `{"content":"shrug"}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/statuses/0000000", botToken, `{"state":"success"}`, 422, "No commit found for SHA: 0000000"},
		{"POST", "/repos/acme/app/statuses/main", botToken, `{"state":"good"}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/pulls", botToken, `{"title":"x","head":"none","base":"main"}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/pulls", botToken, `{"title":"x","head":"main","base":"main"}`, 422, "Validation Failed"},
		{"POST", "/repos/acme/app/git/refs", botToken, `{"ref":"main","sha":"x"}`, 422, "Reference name must start with refs/"},
		{"POST", "/repos/acme/app/hooks", botToken, `{"config":{}}`, 422, "Validation Failed"},
		{"GET", "/search/issues", botToken, "", 422, "Validation Failed"},
	} {
		got := r.send(c.method, "/api/v3"+c.path, c.token, c.body)
		r.refused(got, c.status, c.message)
		if link, _ := got.body["documentation_url"].(string); !strings.HasPrefix(link, "https://docs.github.com/") {
			t.Errorf("%s %s: no documentation in %s", c.method, c.path, got.text)
		}
	}
	r.must(r.github.Archive("acme/app", true))
	r.refused(r.send("POST", "/repos/acme/app/issues", botToken, `{"title":"x"}`), 403, "Repository was archived so is read-only.")
	rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/repos/acme/app", http.NoBody)
	r.must(err)
	rq.Header.Set("User-Agent", "")
	rsp, err := r.http.Do(rq)
	r.must(err)
	rsp.Body.Close()
	if rsp.StatusCode != http.StatusForbidden {
		t.Errorf("without a user agent: %d", rsp.StatusCode)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.github.AddUser("kim")
	r.github.AddUser("max")
	r.must(r.github.SetRole("acme/app", "kim", "triage"))
	r.must(r.github.SetRole("acme/app", "max", "maintain"))
	if err := r.github.SetRole("acme/app", "kim", "king"); err == nil {
		t.Error("there is a role king")
	}
	for login, want := range map[string]string{
		"ann": "admin admin", "bob": "write write", "eve": "read read", "kim": "read triage", "max": "write maintain",
	} {
		level, _, err := r.installed().Repositories.GetPermissionLevel(t.Context(), "acme", "app", login)
		if err != nil || level.GetPermission()+" "+level.GetUser().GetRoleName() != want {
			t.Errorf("%s has %s %s, %v, want %s", login, level.GetPermission(), level.GetUser().GetRoleName(), err, want)
		}
	}
	r.must(r.github.SetPrivate("acme/app", true))
	if level, _, err := r.installed().Repositories.GetPermissionLevel(t.Context(), "acme", "app", "eve"); err != nil || level.GetPermission() != "none" {
		t.Errorf("in private eve has %v, %v", level, err)
	}
}

// TestComments is what people and the bot may do with comments, and what others hear of it.
func TestComments(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, bot, eve := t.Context(), r.installed(), r.as("eve")
	id, err := r.github.Person("eve").Comment("acme/app", 1, "/build")
	r.must(err)
	for range 2 {
		if _, _, err := bot.Reactions.CreateIssueCommentReaction(ctx, "acme", "app", id, "eyes"); err != nil {
			t.Error(err)
		}
	}
	if list, _, err := eve.Reactions.ListIssueCommentReactions(ctx, "acme", "app", id, nil); err != nil || len(list) != 1 {
		t.Errorf("reactions: %v, %v", list, err)
	}
	if _, _, err := r.as("bob").Issues.EditComment(ctx, "acme", "app", id, &gogithub.IssueComment{Body: new("/deploy")}); err != nil {
		t.Errorf("who writes edits another's: %v", err)
	}
	answer, _, err := bot.Issues.CreateComment(ctx, "acme", "app", 1, &gogithub.IssueComment{Body: new("working")})
	r.must(err)
	if _, rsp, err := eve.Issues.EditComment(ctx, "acme", "app", answer.GetID(), &gogithub.IssueComment{Body: new("mine")}); err == nil || rsp.StatusCode != http.StatusForbidden {
		t.Errorf("eve edits the bot's: %v", err)
	}
	if _, err := eve.Issues.DeleteComment(ctx, "acme", "app", answer.GetID()); err == nil {
		t.Error("eve deletes the bot's")
	}
	changed, _, err := bot.Issues.EditComment(ctx, "acme", "app", answer.GetID(), &gogithub.IssueComment{Body: new("done")})
	if err != nil || changed.GetBody() != "done" {
		t.Errorf("the bot edits its own: %v, %v", changed, err)
	}
	r.settled()
	for _, h := range r.inbox.take() {
		if h.action == "edited" && at(h.parsed, "changes", "body", "from") == "/build" {
			if at(h.parsed, "sender", "login") != "bob" || at(h.parsed, "comment", "user", "login") != "eve" {
				t.Errorf("the edit is told by %v of %v", at(h.parsed, "sender", "login"), at(h.parsed, "comment", "user", "login"))
			}
			return
		}
	}
	t.Error("nobody hears of the edit")
}

func TestGit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, bot := t.Context(), r.installed()
	main, _, err := bot.Git.GetRef(ctx, "acme", "app", "heads/main")
	r.must(err)
	if _, _, err := bot.Git.CreateRef(ctx, "acme", "app", &gogithub.Reference{Ref: new("refs/heads/feature/x"), Object: main.Object}); err != nil {
		t.Fatal(err)
	}
	branch, _, err := bot.Repositories.GetBranch(ctx, "acme", "app", "feature/x", 1)
	if err != nil || branch.GetCommit().GetSHA() != main.GetObject().GetSHA() {
		t.Errorf("the branch is %v, %v", branch, err)
	}
	sha, err := r.github.Person("bob").Push("acme/app", github.Push{Branch: "feature/x", Files: map[string]string{"a/b.txt": "one\n"}})
	r.must(err)
	for _, ref := range []string{"feature/x", url.PathEscape("feature/x"), sha, sha[:8], "heads/feature/x"} {
		if c, _, err := bot.Repositories.GetCommit(ctx, "acme", "app", ref, nil); (err != nil || c.GetSHA() != sha) && !strings.Contains(ref, "/") {
			t.Errorf("%s is %v, %v", ref, c.GetSHA(), err)
		}
	}
	file, _, _, err := bot.Repositories.GetContents(ctx, "acme", "app", "a/b.txt", &gogithub.RepositoryContentGetOptions{Ref: "feature/x"})
	r.must(err)
	if text, err := file.GetContent(); err != nil || text != "one\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	compared, _, err := bot.Repositories.CompareCommits(ctx, "acme", "app", "main", sha, nil)
	if err != nil || compared.GetTotalCommits() != 1 || compared.Files[0].GetFilename() != "a/b.txt" {
		t.Errorf("compared: %v, %v", compared, err)
	}
	if _, err := bot.Git.DeleteRef(ctx, "acme", "app", "heads/feature/x"); err != nil {
		t.Error(err)
	}
	if refs, _, err := bot.Git.ListMatchingRefs(ctx, "acme", "app", &gogithub.ReferenceListOptions{Ref: "heads/"}); err != nil || len(refs) != 2 {
		t.Errorf("refs: %v, %v", refs, err)
	}
}

func TestETag(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.send("GET", "/repos/acme/app/issues/1", botToken, "")
	again := r.send("GET", "/repos/acme/app/issues/1", botToken, "", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || again.text != "" {
		t.Errorf("%d %s", again.StatusCode, again.text)
	}
	_, err := r.github.Person("bob").Comment("acme/app", 1, "x")
	r.must(err)
	if now := r.send("GET", "/repos/acme/app/issues/1", botToken, "", "If-None-Match", first.Header.Get("ETag")); now.StatusCode != http.StatusOK {
		t.Errorf("after a change: %d", now.StatusCode)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 24 {
		_, err := r.github.Person("eve").OpenIssue("acme/lib", "x", "")
		r.must(err)
	}
	var numbers []int
	options := &gogithub.IssueListByRepoOptions{State: "all", ListOptions: gogithub.ListOptions{PerPage: 10}}
	for {
		list, rsp, err := r.as("bob").Issues.ListByRepo(t.Context(), "acme", "lib", options)
		r.must(err)
		for _, i := range list {
			numbers = append(numbers, i.GetNumber())
		}
		if rsp.LastPage != 3 && rsp.NextPage != 0 {
			t.Errorf("the last page is %d", rsp.LastPage)
		}
		if options.Page = rsp.NextPage; options.Page == 0 {
			break
		}
	}
	if len(numbers) != 24 || numbers[0] != 24 || numbers[23] != 1 {
		t.Errorf("the issues are %v", numbers)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n, err := r.github.Person("eve").OpenPull("acme/lib", github.NewPull{Title: "Faster lookups", Draft: true})
	r.must(err)
	r.must(r.github.Person("ann").Label("acme/lib", n, "bug"))
	_, err = r.github.Person("eve").OpenIssue("acme/lib", "Slow lookups", "")
	r.must(err)
	for query, want := range map[string]int{
		"is:pr is:open org:acme": 2, "is:pr repo:acme/lib": 1, "is:issue author:eve": 1, "lookups": 2, "lookups is:pr draft:true": 1,
		"is:pr -author:eve": 1, "label:bug": 1, "is:closed": 0, "is:merged": 0, "nonsense:x": 0, "is:pr base:main state:open": 2,
	} {
		found, _, err := r.as("bob").Search.Issues(t.Context(), query, nil)
		if err != nil || found.GetTotal() != want {
			t.Errorf("%s: %d, %v, want %d", query, found.GetTotal(), err, want)
		}
	}
}
