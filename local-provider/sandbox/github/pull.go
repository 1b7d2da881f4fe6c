package github

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// issue finds an issue or pull request, nil when there is none.
func (s *Server) issue(r *Repo, number int64) *Issue {
	return s.issues.get(fmt.Sprintf("%s#%d", r.FullName(), number))
}

// repoOf is the repository of a full name, nil when there is none.
func (s *Server) repoOf(name string) *Repo { return s.repos.get(strings.ToLower(name)) }

// saveIssue stores an issue that was changed.
func (s *Server) saveIssue(i *Issue) {
	i.Updated = s.now()
	s.issues.put(issueKey(i.Repo, i.Number), i)
}

// issuesOf are a repository's issues and pull requests that match, by their numbers.
func (s *Server) issuesOf(repo string, match func(*Issue) bool) []*Issue {
	return s.issues.pick(func(i *Issue) int64 { return int64(i.Number) }, func(i *Issue) bool { return i.Repo == repo && match(i) })
}

// pullsWith are the pull requests that hold a commit.
func (s *Server) pullsWith(r *Repo, sha string) []*Issue {
	return s.issuesOf(r.FullName(), func(i *Issue) bool { return i.Pull != nil && slices.Contains(i.Pull.Commits, sha) })
}

// pullHappened tells of something that happened to a pull request.
func (s *Server) pullHappened(r *Repo, i *Issue, action, who string, more object) {
	body := object{"number": i.Number, "pull_request": s.showPullWhole(r, i)}
	maps.Copy(body, more)
	s.happened(happening{event: "pull_request", action: action, repo: r, sender: who, body: body})
}

// openPull makes a pull request.
func (s *Server) openPull(r, from *Repo, who string, i Issue, p Pull) *Issue {
	r.LastNumber++
	s.repos.put(strings.ToLower(r.FullName()), r)
	p.ID, p.HeadRepo = s.newID(), from.FullName()
	p.HeadSHA, p.BaseSHA = from.Refs[branches+p.HeadRef], r.Refs[branches+p.BaseRef]
	p.Commits = s.commitsBetween(p.BaseSHA, p.HeadSHA)
	i.ID, i.Repo, i.Number, i.User, i.Made, i.Pull = s.newID(), r.FullName(), r.LastNumber, who, s.now(), &p
	s.saveIssue(&i)
	s.pullHappened(r, &i, "opened", who, nil)
	return &i
}

// commitsBetween are the commits that a head has and its base has not, the oldest first.
func (s *Server) commitsBetween(base, head string) []string {
	in := map[string]bool{}
	for sha := base; sha != ""; {
		in[sha] = true
		c := s.commits.get(sha)
		if c == nil || len(c.Parents) == 0 {
			break
		}
		for _, parent := range c.Parents[1:] {
			in[parent] = true
		}
		sha = c.Parents[0]
	}
	var out []string
	for sha := head; sha != "" && !in[sha]; {
		c := s.commits.get(sha)
		if c == nil {
			break
		}
		out = append([]string{sha}, out...)
		if len(c.Parents) == 0 {
			break
		}
		sha = c.Parents[0]
	}
	return out
}

// synchronize follows a push into the pull requests from its branch.
func (s *Server) synchronize(from *Repo, branch, before, sha, who string) {
	for _, key := range s.issues.ids() {
		i := s.issues.get(key)
		if i.Pull == nil || i.Closed != nil || i.Pull.HeadRef != branch || i.Pull.HeadRepo != from.FullName() {
			continue
		}
		r := s.repoOf(i.Repo)
		if r == nil {
			continue
		}
		i.Pull.HeadSHA, i.Pull.Known = sha, false
		i.Pull.BaseSHA = r.Refs[branches+i.Pull.BaseRef]
		i.Pull.Commits = s.commitsBetween(i.Pull.BaseSHA, sha)
		s.saveIssue(i)
		s.pullHappened(r, i, "synchronize", who, object{"before": before, "after": sha})
	}
}

// setOpen closes or reopens an issue or a pull request. It does nothing when it is so already.
func (s *Server) setOpen(r *Repo, i *Issue, open bool, reason, who string) {
	if open == (i.Closed == nil) {
		return
	}
	action := "reopened"
	if open {
		i.Closed, i.ClosedBy, i.Reason = nil, "", ""
	} else {
		now := s.now()
		i.Closed, i.ClosedBy, action = &now, who, "closed"
	}
	if i.Pull == nil {
		i.Reason = reason
		if open {
			i.Reason = "reopened"
		}
	}
	s.saveIssue(i)
	s.issueOrPull(r, i, action, who, nil)
}

// issueOrPull tells of something that can happen to both.
func (s *Server) issueOrPull(r *Repo, i *Issue, action, who string, more object) {
	if i.Pull != nil {
		s.pullHappened(r, i, action, who, more)
		return
	}
	body := object{"issue": s.showIssue(r, i)}
	maps.Copy(body, more)
	s.happened(happening{event: "issues", action: action, repo: r, sender: who, body: body})
}

// merge merges a pull request, and answers the merge's commit.
func (s *Server) merge(r *Repo, i *Issue, who, method, message string) string {
	base := r.Refs[branches+i.Pull.BaseRef]
	parents := []string{base, i.Pull.HeadSHA}
	if method != "" && method != "merge" {
		parents = []string{base}
	}
	if message == "" {
		owner, _, _ := strings.Cut(i.Pull.HeadRepo, "/")
		message = fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", i.Number, owner, i.Pull.HeadRef, i.Title)
	}
	var files []FileChange
	for _, f := range s.changes(i.Pull.Commits) {
		files = append(files, FileChange{Path: f.Path, Text: f.Text})
	}
	c := s.commit(parents, who, message, files)
	now := s.now()
	i.Closed, i.ClosedBy, i.Pull.Merged, i.Pull.MergedBy, i.Pull.MergeSHA = &now, who, &now, who, c.SHA
	s.saveIssue(i)
	s.move(r, branches+i.Pull.BaseRef, c.SHA, who, false)
	s.pullHappened(r, i, "closed", who, nil)
	return c.SHA
}
