package github

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v62/github"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// stage is a sandbox's GitHub with a pull request on which somebody asks for jobs.
type stage struct {
	*yard

	hub    *sandbox.Server
	door   *Door
	client *gogithub.Client // ann's
	number int
	sha    string
}

func newStage(t *testing.T, rdb *redis.Client) *stage {
	t.Helper()
	y := newYard(t, rdb)
	key, err := secret(github.KeySecret)
	if err != nil {
		t.Fatal(err)
	}
	hub := sandbox.New(sandbox.Options{Token: "ghp_token", AppKey: key, AppID: 7, Frozen: true})
	t.Cleanup(hub.Close)
	if err := hub.Err(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	hub.SetURL(server.URL)
	y.passed = hub.Advance
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s := &stage{yard: y, hub: hub, door: y.doorAt(server.URL+"/api/v3", rdb, transport, secret)}
	if s.client, err = gogithub.NewClient(nil).WithAuthToken(hub.Token(sandbox.Ann)).WithEnterpriseURLs(server.URL, server.URL); err != nil {
		t.Fatal(err)
	}
	bob := hub.Person(sandbox.Bob)
	if s.number, err = bob.OpenPull("acme/app", sandbox.NewPull{Title: "Faster", Files: map[string]string{"main.go": "package main\n"}}); err != nil {
		t.Fatal(err)
	}
	pull, _, err := s.client.PullRequests.Get(t.Context(), "acme", "app", s.number)
	if err != nil {
		t.Fatal(err)
	}
	s.sha = pull.GetHead().GetSHA()
	return s
}

// asks has bob ask for a job in a comment, and gives the address of the answer.
func (s *stage) asks() string {
	s.Helper()
	id, err := s.hub.Person(sandbox.Bob).Comment("acme/app", s.number, "/build")
	if err != nil {
		s.Fatal(err)
	}
	return github.Place{Owner: "acme", Repo: "app", Number: s.number, SHA: s.sha, Comment: id}.Address()
}

// written are the bodies of our comments and what the check runs say, by job.
func (s *stage) written() (comments, runs map[string][]string) {
	s.Helper()
	comments, runs = map[string][]string{}, map[string][]string{}
	ctx := context.Background()
	list, _, err := s.client.Issues.ListComments(ctx, "acme", "app", s.number, &gogithub.IssueListCommentsOptions{ListOptions: gogithub.ListOptions{PerPage: 100}})
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range list {
		if id, ok := github.FindMarker(c.GetBody()); ok {
			comments[id] = append(comments[id], c.GetBody())
		}
	}
	all := "all"
	found, _, err := s.client.Checks.ListCheckRunsForRef(ctx, "acme", "app", s.sha, &gogithub.ListCheckRunsOptions{Filter: &all, ListOptions: gogithub.ListOptions{PerPage: 100}})
	if err != nil {
		s.Fatal(err)
	}
	for _, run := range found.CheckRuns {
		runs[run.GetExternalID()] = append(runs[run.GetExternalID()], run.GetConclusion())
	}
	return comments, runs
}

// TestAgainstTheSandbox: many jobs at once, on a GitHub that loses answers, limits us and is down at times, and minds its
// limits: one comment and one check run each, and both show the end.
func TestAgainstTheSandbox(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newStage(t, rdb)
		defer s.Close()
		for _, order := range []sandbox.Fault{
			{Kind: sandbox.FaultAfter, Method: http.MethodPost, Path: "/comments", Span: fault.Span{Times: 3}},
			{Kind: sandbox.FaultDrop, Method: http.MethodPost, Path: "/check-runs", Span: fault.Span{Times: 3}},
			{Kind: sandbox.FaultSecondary, Method: http.MethodPatch, Delay: 70 * time.Second, Span: fault.Span{Times: 2}},
			{Kind: sandbox.FaultToken, Path: "/reactions", Span: fault.Span{Times: 1}},
			{Kind: sandbox.FaultError, Method: http.MethodGet, Span: fault.Span{Times: 2}},
		} {
			s.hub.Break(order)
		}
		addresses := map[string]string{}
		for n := range 8 {
			address := s.asks()
			addresses[s.accept(address, func(r *job.Request) { r.Text = fmt.Sprintf("jenkins build demo/%d", n) })] = address
		}
		each := func(change func(id string)) {
			for id, address := range addresses {
				change(id)
				if err := s.until(s.door, id, address, 6*time.Hour); err != nil {
					t.Fatalf("%v\n%s\n%v", err, s.log, s.hub.Counts())
				}
			}
		}
		each(func(string) {})
		each(func(id string) { s.progresses(id, 50, "half of it") })
		each(func(id string) { s.Ends(id, job.Fail("it broke", nil)) })
		comments, runs := s.written()
		for id := range addresses {
			if len(comments[id]) != 1 || !strings.Contains(comments[id][0], "❌") || len(runs[id]) != 1 || runs[id][0] != "failure" {
				t.Errorf("%s: %q, %q", id, comments[id], runs[id])
			}
		}
		for method, statuses := range s.hub.Counts() {
			for status, n := range statuses {
				if status == http.StatusUnprocessableEntity || status == http.StatusNotFound && !strings.Contains(method, "installation") {
					t.Errorf("%s: %d %d times", method, status, n)
				}
			}
		}
	})
}

// TestTheSandboxWithoutOurApp: the token comments and sets commit statuses.
func TestTheSandboxWithoutOurApp(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newStage(t, rdb)
		defer s.Close()
		s.hub.Uninstall(sandbox.Org)
		address := s.asks()
		id := s.accept(address)
		s.Ends(id, job.Done(nil))
		if err := s.until(s.door, id, address, time.Hour); err != nil {
			t.Fatal(err)
		}
		comments, runs := s.written()
		status, _, err := s.client.Repositories.GetCombinedStatus(t.Context(), "acme", "app", s.sha, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(comments[id]) != 1 || len(runs) != 0 || status.GetState() != "success" || len(status.Statuses) != 1 {
			t.Errorf("%v, %v, %v", comments, runs, status)
		}
	})
}
