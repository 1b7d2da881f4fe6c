package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// pullEffect is the name under which the engine knows the pull request, which is opened once.
	pullEffect = "pull request"
	// pullPatience is how long opening one waits for its turn at GitHub.
	pullPatience = 10 * time.Second
)

// proposal is what a pull request is made of.
type proposal struct {
	commit  string // of the patches, as they are
	onto    string // the upstream's commit
	applied []git.Applied
}

// opened is a pull request.
type opened struct {
	Number int    `json:"number"`
	URL    string `json:"url"`
}

// propose opens a pull request with the refreshed patches, once. Without a place for one it does nothing.
func (s *syncer) propose(ctx context.Context, run *job.Run, m *mirror, p *pursuit, made proposal, upstream *git.Cache, r *reporter) error {
	if m.patches.pull == nil || s.github == nil || p.Pull != "" {
		return nil
	}
	files := map[string][]byte{}
	for _, a := range made.applied {
		if a.Fit != git.Applies && a.Refreshed != nil {
			files[path.Join(m.patches.path, a.Name)] = a.Refreshed
		}
	}
	if len(files) == 0 {
		return nil
	}
	when, err := upstream.When(ctx, made.onto)
	if err != nil {
		return err
	}
	cache, err := s.git.Cache(ctx, m.patches.repo, r.watch())
	if err != nil {
		return err
	}
	defer cache.Close()
	title, body := m.pullText(made)
	commit, err := cache.CommitFiles(ctx, made.commit, files, title+"\n\n"+body+"\n", when)
	if err != nil {
		return err
	}
	branch := "handsoff/" + m.mirrored + "-" + commit[:8]
	update := git.Update{Name: git.Heads + branch, Object: commit}
	if _, err := cache.Push(ctx, m.patches.repo, []git.Update{update}, r.watch()); err != nil {
		return fmt.Errorf("push the refreshed patches: %w", err)
	}
	pull, err := s.open(ctx, run, m, &gogithub.NewPullRequest{
		Title: &title, Body: &body, Head: &branch, Base: &m.patches.pull.Base, MaintainerCanModify: new(true),
	})
	if err != nil {
		return err
	}
	p.Pull = pull.URL
	return r.save(context.WithoutCancel(ctx), job.Change{
		Checkpoint: p, Links: []job.Link{{Title: "refreshed patches", URL: pull.URL}},
		Say: []string{fmt.Sprintf("Refreshed patches are proposed: %s", pull.URL)},
	})
}

// open opens it, unless its branch has one already.
func (s *syncer) open(ctx context.Context, run *job.Run, m *mirror, pull *gogithub.NewPullRequest) (opened, error) {
	owner, repo, _ := strings.Cut(m.patches.pull.Repo, "/")
	client, err := s.github.ClientFor(ctx, owner, repo)
	if err != nil {
		return opened{}, hubFault("reach "+m.patches.pull.Repo, err)
	}
	look := func(ctx context.Context) (opened, job.Sighting, error) {
		found, _, err := client.PullRequests.List(ctx, owner, repo, &gogithub.PullRequestListOptions{
			State: "all", Head: owner + ":" + pull.GetHead(), Base: pull.GetBase(),
		})
		if err != nil {
			return opened{}, job.Hidden, hubFault("look for a pull request", err)
		}
		for _, one := range found {
			if one.GetHead().GetRef() == pull.GetHead() {
				return opened{Number: one.GetNumber(), URL: one.GetHTMLURL()}, job.Present, nil
			}
		}
		return opened{}, job.Absent, nil
	}
	do := func(ctx context.Context) (opened, error) {
		if there, sighting, err := look(ctx); err != nil || sighting == job.Present { // of an earlier sync of the same
			return there, notDone(err)
		}
		made, answer, err := client.PullRequests.Create(ctx, owner, repo, pull)
		if err != nil {
			if surelyNot(answer, err) {
				return opened{}, job.NotDone(hubFault("open a pull request", err))
			}
			return opened{}, hubFault("open a pull request", err)
		}
		return opened{Number: made.GetNumber(), URL: made.GetHTMLURL()}, nil
	}
	return job.Once(ctx, run, pullEffect, look, do)
}

// surelyNot reports whether a request has certainly opened nothing.
func surelyNot(answer *gogithub.Response, err error) bool {
	if fault, ok := errors.AsType[*github.Error](err); ok && fault.Unsent {
		return true
	}
	return answer != nil && answer.StatusCode >= http.StatusBadRequest && answer.StatusCode < http.StatusInternalServerError
}

func notDone(err error) error {
	if err == nil {
		return nil
	}
	return job.NotDone(err)
}

// hubFault makes a sentence of GitHub's refusal, or an error that is waited out.
func hubFault(doing string, err error) error {
	known := github.Classify(doing, err)
	if fault := github.KindOf(known); fault == github.RateLimited || fault == github.Down {
		return known
	}
	return refused(sentence(fmt.Sprintf("The pull request with refreshed patches could not be opened: %v", known)) + " Nothing was pushed to the downstream.")
}

// pullText is the pull request's title and body.
func (m *mirror) pullText(p proposal) (title, body string) {
	title = m.patches.pull.Title
	if title == "" {
		title = fmt.Sprintf("Refresh the patches of %s for %s", m.mirrored, m.patches.onto)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "For %s at %s of %s.\n", m.patches.onto, brief(p.onto), m.upstream)
	for _, a := range p.applied {
		switch a.Fit {
		case git.Merges:
			fmt.Fprintf(&b, "\n- %s: merged with what has changed", a.Name)
		case git.Conflicts:
			fmt.Fprintf(&b, "\n- %s: **in conflict**, in %s", a.Name, list(a.Files))
			if a.Refreshed != nil {
				b.WriteString("; the marks are in the patch, and need a person")
			}
		case git.Applies:
		}
	}
	return title, b.String()
}
