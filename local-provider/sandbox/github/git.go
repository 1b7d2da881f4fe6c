package github

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	branches = "refs/heads/"
	tags     = "refs/tags/"
)

// commit makes a commit on top of a parent.
func (s *Server) commit(parents []string, author, message string, files []FileChange) *Commit {
	c := &Commit{
		Serial: s.newID(), Message: message, Author: author, At: s.now(), Parents: append([]string{}, parents...), Files: files,
	}
	for i := range files {
		if before, there := s.file(parents, files[i].Path); there && files[i].Status == "" {
			files[i].Before, files[i].Status = before, "modified"
		} else if files[i].Status == "" {
			files[i].Status = "added"
		}
	}
	c.Tree = gitHash("tree", fmt.Sprint(parents, files))
	c.SHA = gitHash("commit", fmt.Sprint(c.Serial, c.Tree, message, author, c.At.Format(time.RFC3339)))
	s.commits.put(c.SHA, c)
	return c
}

// file is what a file holds at a commit.
func (s *Server) file(at []string, path string) (text string, there bool) {
	for len(at) > 0 {
		c := s.commits.get(at[0])
		if c == nil {
			return "", false
		}
		for _, f := range c.Files {
			if f.Path == path {
				return f.Text, f.Status != "removed"
			}
		}
		at = c.Parents
	}
	return "", false
}

// since are the commits from an old one to a new one, the oldest first; at most a hundred.
func (s *Server) since(old, fresh string) []*Commit {
	var out []*Commit
	for sha := fresh; sha != old && len(out) < 100; {
		c := s.commits.get(sha)
		if c == nil {
			break
		}
		out = append([]*Commit{c}, out...)
		if len(c.Parents) == 0 {
			break
		}
		sha = c.Parents[0]
	}
	return out
}

// move sets a branch to a commit, or deletes it with zeroSHA, and tells everybody who cares: push, create, delete, and the
// pull requests from and to it.
func (s *Server) move(r *Repo, ref, sha, who string, forced bool) {
	before := r.Refs[ref]
	if before == "" {
		before = zeroSHA
	}
	if sha == zeroSHA {
		delete(r.Refs, ref)
	} else {
		r.Refs[ref] = sha
	}
	r.Pushed = s.now()
	s.repos.put(strings.ToLower(r.FullName()), r)
	kind, name := refKind(ref)
	switch {
	case before == zeroSHA:
		s.happened(happening{event: "create", repo: r, sender: who, body: object{
			"ref": name, "ref_type": kind, "master_branch": r.Default, "description": orNull(r.Description), "pusher_type": "user",
		}})
	case sha == zeroSHA:
		s.happened(happening{event: "delete", repo: r, sender: who, body: object{"ref": name, "ref_type": kind, "pusher_type": "user"}})
	}
	s.pushed(r, ref, before, sha, who, forced)
	if kind == "branch" && sha != zeroSHA {
		s.synchronize(r, name, before, sha, who)
	}
}

// refKind is what a full name of a ref means: a branch or a tag, and its short name.
func refKind(ref string) (kind, name string) {
	if name, is := strings.CutPrefix(ref, tags); is {
		return "tag", name
	}
	return "branch", strings.TrimPrefix(ref, branches)
}

// pushed tells of a push, and asks the App for checks of what was pushed.
func (s *Server) pushed(r *Repo, ref, before, sha, who string, forced bool) {
	from := before
	if from == zeroSHA {
		from = r.Refs[branches+r.Default]
	}
	commits, head := []object{}, any(nil)
	if sha != zeroSHA {
		for _, c := range s.since(from, sha) {
			commits = append(commits, s.pushedCommit(r, c))
		}
		if c := s.commits.get(sha); c != nil {
			head = s.pushedCommit(r, c)
		}
	}
	s.happened(happening{event: "push", repo: r, sender: who, body: object{
		"ref": ref, "before": before, "after": sha, "created": before == zeroSHA, "deleted": sha == zeroSHA, "forced": forced,
		"base_ref": nil, "compare": fmt.Sprintf("%s/%s/compare/%.12s...%.12s", s.base, r.FullName(), before, sha),
		"commits": commits, "head_commit": head, "pusher": object{"name": who, "email": s.email(who)},
	}})
	if kind, name := refKind(ref); kind == "branch" && sha != zeroSHA && s.installedAt(r.Owner) != nil {
		suite := s.suite(r, sha, name, before)
		s.happened(happening{event: "check_suite", action: "requested", repo: r, sender: who, appOnly: true, body: object{
			"check_suite": s.showSuite(r, suite, true),
		}})
	}
}

// resolve is the commit that a SHA, its beginning, a branch, a tag or a full name of a ref stands for; nil for none.
func (s *Server) resolve(r *Repo, ref string) *Commit {
	for _, name := range []string{ref, "refs/" + ref, branches + ref, tags + ref} {
		if sha := r.Refs[name]; sha != "" {
			return s.commits.get(sha)
		}
	}
	if ref == "HEAD" || ref == "" {
		return s.commits.get(r.Refs[branches+r.Default])
	}
	if c := s.commits.get(ref); c != nil {
		return c
	}
	if len(ref) < 7 {
		return nil
	}
	for sha, c := range s.commits.rows {
		if strings.HasPrefix(sha, ref) {
			return c
		}
	}
	return nil
}

// noCommit is how GitHub says that there is no such commit.
func noCommit(ref string) answer {
	return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+ref)
}
