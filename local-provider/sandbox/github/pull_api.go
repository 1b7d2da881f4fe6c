package github

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) pullRoutes() {
	const pulls = "/repos/{owner}/{repo}/pulls"
	s.route("GET "+pulls, reads("pull_requests"), s.listPulls)
	s.route("POST "+pulls, writes(read, "pull_requests"), s.createPull)
	s.route("GET "+pulls+"/{number}", reads("pull_requests"), s.pullRoute(s.getPull))
	s.route("PATCH "+pulls+"/{number}", writes(read, "pull_requests"), s.pullRoute(s.updatePull))
	s.route("GET "+pulls+"/{number}/files", reads("pull_requests"), s.pullRoute(s.pullFiles))
	s.route("GET "+pulls+"/{number}/commits", reads("pull_requests"), s.pullRoute(s.pullCommits))
	s.route("GET "+pulls+"/{number}/merge", reads("pull_requests", "contents"), s.pullRoute(s.pullMerged))
	s.route("PUT "+pulls+"/{number}/merge", writes(write, "contents"), s.pullRoute(s.mergePull))
}

// pullRoute finds the path's pull request.
func (s *Server) pullRoute(do func(*request, *Issue) answer) handler {
	return func(r *request) answer {
		i := s.issue(r.repo, r.number("number"))
		if i == nil || i.Pull == nil {
			return notFound()
		}
		return do(r, i)
	}
}

func (s *Server) listPulls(r *request) answer {
	query := r.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	all := s.issuesOf(r.repo.FullName(), func(i *Issue) bool {
		if i.Pull == nil || (state != "all" && i.State() != state) {
			return false
		}
		owner, _, _ := strings.Cut(i.Pull.HeadRepo, "/")
		head, base := query.Get("head"), query.Get("base")
		return (head == "" || head == owner+":"+i.Pull.HeadRef || head == i.Pull.HeadRef) && (base == "" || base == i.Pull.BaseRef)
	})
	order(all, query.Get("sort"), cmp.Or(query.Get("direction"), directionOf(query.Get("sort"))))
	return paged(r, all, func(i *Issue) object { return s.showPull(r.repo, i) })
}

// directionOf is GitHub's usual one for pull requests: the newest first, unless sorted by something else.
func directionOf(sort string) string {
	if sort == "" || sort == "created" {
		return "desc"
	}
	return "asc"
}

// order sorts issues, which come by their numbers.
func order(all []*Issue, by, direction string) {
	if by == "updated" {
		slices.SortStableFunc(all, func(a, b *Issue) int { return a.Updated.Compare(b.Updated) })
	}
	if direction != "asc" {
		slices.Reverse(all)
	}
}

func (s *Server) getPull(r *request, i *Issue) answer {
	if strings.Contains(r.Header.Get("Accept"), "diff") {
		return answer{status: http.StatusOK, body: []byte(s.diff(i))}.with("Content-Type", "application/vnd.github.v3.diff; charset=utf-8")
	}
	out := ok(s.showPullWhole(r.repo, i))
	if !i.Pull.Known { // asking for it sets GitHub to work
		i.Pull.Known = true
		s.issues.put(issueKey(i.Repo, i.Number), i)
	}
	return out
}

// diff is what a pull request changes, as git shows it.
func (s *Server) diff(i *Issue) string {
	var out strings.Builder
	for _, f := range s.changes(i.Pull.Commits) {
		out.WriteString("diff --git a/" + f.Path + " b/" + f.Path + "\n--- a/" + f.Path + "\n+++ b/" + f.Path + "\n" + f.patch() + "\n")
	}
	return out.String()
}

func (s *Server) createPull(r *request) answer {
	var in struct {
		Title, Body, Head, Base string
		HeadRepo                string `json:"head_repo"`
		Draft                   bool
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	owner, ref, cross := strings.Cut(in.Head, ":")
	from := r.repo
	if cross {
		from = s.repoOf(owner + "/" + cmp.Or(in.HeadRepo, r.repo.Name))
	} else {
		ref = in.Head
	}
	switch {
	case in.Title == "":
		return invalid(flaw{Resource: "PullRequest", Code: "missing_field", Field: "title"})
	case from == nil || from.Refs[branches+ref] == "":
		return invalid(flaw{Resource: "PullRequest", Field: "head", Code: "invalid"})
	case r.repo.Refs[branches+in.Base] == "":
		return invalid(flaw{Resource: "PullRequest", Field: "base", Code: "invalid"})
	case len(s.commitsBetween(r.repo.Refs[branches+in.Base], from.Refs[branches+ref])) == 0:
		return invalid(flaw{Resource: "PullRequest", Code: "custom", Message: "No commits between " + in.Base + " and " + ref})
	}
	i := s.openPull(r.repo, from, r.who.user.Login, Issue{Title: in.Title, Body: in.Body}, Pull{HeadRef: ref, BaseRef: in.Base, Draft: in.Draft})
	return reply(http.StatusCreated, s.showPullWhole(r.repo, i)).with("Location", s.pullURL(r.repo, i.Number))
}

func (s *Server) updatePull(r *request, i *Issue) answer {
	var in struct{ Title, Body, State, Base *string }
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if bad := s.mayChange(r, i); bad != nil {
		return *bad
	}
	switch {
	case in.State != nil && *in.State != "open" && *in.State != "closed":
		return invalid(flaw{Resource: "PullRequest", Field: "state", Code: "invalid"})
	case in.State != nil && *in.State == "open" && i.Pull.Merged != nil:
		return invalid(flaw{Resource: "PullRequest", Field: "state", Code: "invalid", Message: "state cannot be changed. The pull request was merged."})
	}
	s.retitle(r.repo, i, in.Title, in.Body, r.who.user.Login)
	if in.State != nil {
		s.setOpen(r.repo, i, *in.State == "open", "", r.who.user.Login)
	}
	return ok(s.showPullWhole(r.repo, i))
}

// mayChange refuses who neither made an issue nor may write: on GitHub triage is enough to close it.
func (s *Server) mayChange(r *request, i *Issue) *answer {
	if r.who.installation != nil || i.User == r.who.user.Login || s.role(r.who, r.repo) >= triage {
		return nil
	}
	return refusal(http.StatusForbidden, needsAdmin)
}

func (s *Server) pullFiles(r *request, i *Issue) answer {
	return paged(r, s.changes(i.Pull.Commits), func(f FileChange) object { return s.showFile(r.repo, i.Pull.HeadSHA, f) })
}

func (s *Server) pullCommits(r *request, i *Issue) answer {
	var all []*Commit
	for _, sha := range i.Pull.Commits {
		if c := s.commits.get(sha); c != nil {
			all = append(all, c)
		}
	}
	return paged(r, all, func(c *Commit) object { return s.showCommit(r.repo, c, false) })
}

func (s *Server) pullMerged(_ *request, i *Issue) answer {
	if i.Pull.Merged == nil {
		return notFound()
	}
	return nothing
}

func (s *Server) mergePull(r *request, i *Issue) answer {
	var in struct {
		SHA     string
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		Method  string `json:"merge_method"`
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	switch {
	case in.SHA != "" && in.SHA != i.Pull.HeadSHA:
		return refuse(http.StatusConflict, "Head branch was modified. Review and try the merge again.")
	case i.Pull.Draft && i.Closed == nil:
		return refuse(http.StatusMethodNotAllowed, "Pull Request is still a draft")
	case i.Closed != nil || i.Pull.Conflict:
		return refuse(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	case in.Method != "" && in.Method != "merge" && in.Method != "squash" && in.Method != "rebase":
		return invalid(flaw{Resource: "PullRequest", Field: "merge_method", Code: "invalid"})
	}
	message := in.Title
	if message != "" && in.Message != "" {
		message += "\n\n" + in.Message
	}
	sha := s.merge(r.repo, i, r.who.user.Login, in.Method, message)
	return ok(object{"sha": sha, "merged": true, "message": "Pull Request successfully merged"})
}
