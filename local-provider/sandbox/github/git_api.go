package github

import (
	"encoding/base64"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

func (s *Server) gitRoutes() {
	const repo = "/repos/{owner}/{repo}"
	s.route("GET "+repo+"/commits", reads("contents"), s.listCommits)
	s.route("GET "+repo+"/commits/{ref}", reads("contents"), s.getCommit)
	s.route("GET "+repo+"/commits/{ref}/pulls", reads("contents", "pull_requests"), s.pullsOfCommit)
	s.route("GET "+repo+"/compare/{range...}", reads("contents"), s.compare)
	s.route("GET "+repo+"/branches", reads("contents"), s.listBranches)
	s.route("GET "+repo+"/branches/{branch...}", reads("contents"), s.getBranch)
	s.route("GET "+repo+"/git/ref/{ref...}", reads("contents"), s.getRef)
	s.route("GET "+repo+"/git/matching-refs/{ref...}", reads("contents"), s.matchingRefs)
	s.route("POST "+repo+"/git/refs", writes(write, "contents"), s.createRef)
	s.route("PATCH "+repo+"/git/refs/{ref...}", writes(write, "contents"), s.updateRef)
	s.route("DELETE "+repo+"/git/refs/{ref...}", writes(write, "contents"), s.deleteRef)
	s.route("GET "+repo+"/contents/{path...}", reads("contents"), s.getContents)
}

func (s *Server) listCommits(r *request) answer {
	c := s.resolve(r.repo, r.URL.Query().Get("sha"))
	if c == nil {
		return notFound()
	}
	all := s.since("", c.SHA)
	slices.Reverse(all)
	return paged(r, all, func(c *Commit) object { return s.showCommit(r.repo, c, false) })
}

func (s *Server) getCommit(r *request) answer {
	c := s.resolve(r.repo, r.PathValue("ref"))
	if c == nil {
		return noCommit(r.PathValue("ref"))
	}
	if strings.Contains(r.Header.Get("Accept"), "sha") {
		return answer{status: http.StatusOK, body: []byte(c.SHA)}.with("Content-Type", "application/vnd.github.v3.sha; charset=utf-8")
	}
	return ok(s.showCommit(r.repo, c, true))
}

func (s *Server) pullsOfCommit(r *request) answer {
	return paged(r, s.pullsWith(r.repo, r.PathValue("ref")), func(i *Issue) object { return s.showPull(r.repo, i) })
}

func (s *Server) compare(r *request) answer {
	base, head, whole := strings.Cut(r.PathValue("range"), "...")
	old, fresh := s.resolve(r.repo, base), s.resolve(r.repo, head)
	if !whole || old == nil || fresh == nil {
		return notFound()
	}
	commits, shas := []object{}, []string{}
	for _, c := range s.since(old.SHA, fresh.SHA) {
		commits, shas = append(commits, s.showCommit(r.repo, c, false)), append(shas, c.SHA)
	}
	files := []object{}
	for _, f := range s.changes(shas) {
		files = append(files, s.showFile(r.repo, fresh.SHA, f))
	}
	status := "ahead"
	if len(commits) == 0 {
		status = "identical"
	}
	return ok(object{
		"base_commit": s.showCommit(r.repo, old, false), "merge_base_commit": s.showCommit(r.repo, old, false), "status": status,
		"ahead_by": len(commits), "behind_by": 0, "total_commits": len(commits), "commits": commits, "files": files,
	})
}

func (s *Server) listBranches(r *request) answer {
	var names []string
	for _, ref := range slices.Sorted(maps.Keys(r.repo.Refs)) {
		if name, is := strings.CutPrefix(ref, branches); is {
			names = append(names, name)
		}
	}
	return paged(r, names, func(name string) object { return s.showBranch(r.repo, name) })
}

func (s *Server) showBranch(r *Repo, name string) object {
	sha := r.Refs[branches+name]
	return object{
		"name": name, "protected": false, "commit": object{"sha": sha, "url": s.repoURL(r) + "/commits/" + sha},
	}
}

func (s *Server) getBranch(r *request) answer {
	name := r.PathValue("branch")
	c := s.commits.get(r.repo.Refs[branches+name])
	if c == nil {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	out := s.showBranch(r.repo, name)
	out["commit"] = s.showCommit(r.repo, c, false)
	return ok(out)
}

func (s *Server) showRef(r *Repo, ref string) object {
	sha := r.Refs[ref]
	return object{
		"ref": ref, "node_id": nodeID("REF", r.ID), "url": s.repoURL(r) + "/git/" + ref,
		"object": object{"sha": sha, "type": "commit", "url": s.repoURL(r) + "/git/commits/" + sha},
	}
}

func (s *Server) getRef(r *request) answer {
	ref := "refs/" + r.PathValue("ref")
	if r.repo.Refs[ref] == "" {
		return notFound()
	}
	return ok(s.showRef(r.repo, ref))
}

func (s *Server) matchingRefs(r *request) answer {
	var refs []string
	for _, ref := range slices.Sorted(maps.Keys(r.repo.Refs)) {
		if strings.HasPrefix(ref, "refs/"+r.PathValue("ref")) {
			refs = append(refs, ref)
		}
	}
	return paged(r, refs, func(ref string) object { return s.showRef(r.repo, ref) })
}

func (s *Server) createRef(r *request) answer {
	var in struct{ Ref, SHA string }
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	switch {
	case !strings.HasPrefix(in.Ref, "refs/") || strings.Count(in.Ref, "/") < 2:
		return refuse(http.StatusUnprocessableEntity, "Reference name must start with refs/ and have at least two slashes.")
	case r.repo.Refs[in.Ref] != "":
		return refuse(http.StatusUnprocessableEntity, "Reference already exists")
	case s.commits.get(in.SHA) == nil:
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	}
	s.move(r.repo, in.Ref, in.SHA, r.who.user.Login, false)
	return reply(http.StatusCreated, s.showRef(r.repo, in.Ref))
}

func (s *Server) updateRef(r *request) answer {
	var in struct {
		SHA   string
		Force bool
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	ref := "refs/" + r.PathValue("ref")
	old := r.repo.Refs[ref]
	switch {
	case old == "":
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	case s.commits.get(in.SHA) == nil:
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	case !in.Force && !s.ancestor(old, in.SHA):
		return refuse(http.StatusUnprocessableEntity, "Update is not a fast forward")
	}
	s.move(r.repo, ref, in.SHA, r.who.user.Login, in.Force)
	return ok(s.showRef(r.repo, ref))
}

// ancestor says whether a commit is among the first parents of another.
func (s *Server) ancestor(old, fresh string) bool {
	for sha := fresh; ; {
		c := s.commits.get(sha)
		if sha == old {
			return true
		}
		if c == nil || len(c.Parents) == 0 {
			return false
		}
		sha = c.Parents[0]
	}
}

func (s *Server) deleteRef(r *request) answer {
	ref := "refs/" + r.PathValue("ref")
	if r.repo.Refs[ref] == "" {
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	s.move(r.repo, ref, zeroSHA, r.who.user.Login, false)
	return nothing
}

func (s *Server) getContents(r *request) answer {
	c := s.resolve(r.repo, r.URL.Query().Get("ref"))
	if c == nil {
		return refuse(http.StatusNotFound, "No commit found for the ref "+r.URL.Query().Get("ref"))
	}
	name := r.PathValue("path")
	text, there := s.file([]string{c.SHA}, name)
	if !there {
		return notFound()
	}
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		return answer{status: http.StatusOK, body: []byte(text)}.with("Content-Type", "application/vnd.github.raw; charset=utf-8")
	}
	blob := gitHash("blob", text)
	url := s.repoURL(r.repo) + "/contents/" + name + "?ref=" + c.SHA
	return ok(object{
		"type": "file", "encoding": "base64", "size": len(text), "name": path.Base(name), "path": name,
		"content": base64.StdEncoding.EncodeToString([]byte(text)), "sha": blob, "url": url,
		"git_url":      s.repoURL(r.repo) + "/git/blobs/" + blob,
		"html_url":     s.base + "/" + r.repo.FullName() + "/blob/" + c.SHA + "/" + name,
		"download_url": s.base + "/" + r.repo.FullName() + "/raw/" + c.SHA + "/" + name, "_links": object{"self": url},
	})
}
