package unfurl

import (
	"context"
	"fmt"
	"strings"
)

// pullRequest is a pull request as GitHub tells of it, https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request
type pullRequest struct {
	Number    int    `json:"number"`
	Title     string `json:"title"`
	State     string `json:"state"` // open, closed
	Draft     bool   `json:"draft"`
	Merged    bool   `json:"merged"`
	Additions int    `json:"additions"`
	Deletions int    `json:"deletions"`
	User      user   `json:"user"`
	Head      branch `json:"head"`
	Base      branch `json:"base"`
	Labels    []struct {
		Name string `json:"name"`
	} `json:"labels"`
}

type user struct {
	Login string `json:"login"`
}

type branch struct {
	Label string `json:"label"` // ann:fix-it
	Ref   string `json:"ref"`   // fix-it
	User  user   `json:"user"`
	Repo  struct {
		FullName string `json:"full_name"`
	} `json:"repo"`
}

// pullRequest reads a pull request.
func (r *Reader) pullRequest(ctx context.Context, t Target) (*Found, error) {
	var p pullRequest
	header := map[string]string{"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
	if r.token != "" && t.Site == r.first {
		header["Authorization"] = "Bearer " + r.token
	}
	// The parts have no letter that means anything in a path, see pullRequest of Site.
	path := fmt.Sprintf("repos/%s/%s/pulls/%s", t.Org, t.Repo, t.Number)
	if err := r.get(ctx, t.Site, path, header, &p); err != nil {
		return nil, err
	}
	name := p.Base.Repo.FullName // with capitals as its owner writes them
	if !strings.EqualFold(name, t.Org+"/"+t.Repo) {
		name = t.Org + "/" + t.Repo // it was renamed; people know what they posted
	}
	return &Found{
		Title: p.Title, URL: t.Site.Web.JoinPath(name, "pull", t.Number).String(), Name: name + "#" + t.Number,
		State: p.state(), Author: p.User.Login, Branch: p.branches(),
		Added: p.Additions, Gone: p.Deletions, Notes: p.labels(),
	}, nil
}

func (p *pullRequest) state() State {
	switch {
	case p.Merged:
		return Merged
	case p.State == "closed":
		return Closed
	case p.Draft:
		return Draft
	}
	return Open
}

// branches is "main ← fix-it"; a branch of a fork is named with its owner, "main ← ann:fix-it".
func (p *pullRequest) branches() string {
	from := p.Head.Ref
	if p.Head.User.Login != p.Base.User.Login && p.Head.Label != "" {
		from = p.Head.Label
	}
	return p.Base.Ref + " ← " + from
}

// labels are the labels' names, a few of them.
func (p *pullRequest) labels() []string {
	const most = 8
	var names []string
	for i, label := range p.Labels {
		if i == most {
			return append(names, fmt.Sprintf("and %d more", len(p.Labels)-most))
		}
		names = append(names, label.Name)
	}
	return names
}
