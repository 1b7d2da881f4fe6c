package github

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) repoRoutes() {
	s.route("GET /repos/{owner}/{repo}", reads(), s.getRepo)
	s.route("GET /orgs/{org}/repos", asAnybody, s.listOrgRepos)
	s.route("GET /users/{org}/repos", asAnybody, s.listOrgRepos)
	s.route("GET /user/repos", asPerson, func(r *request) answer {
		return paged(r, s.reposBy(func(repo *Repo) bool { return s.role(r.who, repo) >= write }), s.showRepo)
	})
	s.route("GET /repos/{owner}/{repo}/collaborators", access{role: write, person: true}, s.listCollaborators)
	s.route("GET /repos/{owner}/{repo}/collaborators/{login}", access{role: write, person: true}, s.isCollaborator)
	s.route("GET /repos/{owner}/{repo}/collaborators/{login}/permission", access{role: write, person: true}, s.permission)
}

// reposBy are the repositories that match, by their ids.
func (s *Server) reposBy(match func(*Repo) bool) []*Repo {
	return s.repos.pick(func(r *Repo) int64 { return r.ID }, match)
}

func mapsKeys[V any](m map[string]V) func(func(string) bool) { return maps.Keys(m) }

func (s *Server) getRepo(r *request) answer {
	out := s.showRepo(r.repo)
	if r.who.user != nil {
		out["permissions"] = powers(s.role(r.who, r.repo))
	}
	if parent := s.repoOf(r.repo.Parent); parent != nil {
		out["parent"], out["source"] = s.showRepo(parent), s.showRepo(parent)
	}
	return ok(out)
}

// powers are what a role may do, in GitHub's words.
func powers(has role) map[string]bool {
	return map[string]bool{"pull": has >= read, "triage": has >= triage, "push": has >= write, "maintain": has >= maintain, "admin": has >= admin}
}

func (s *Server) listOrgRepos(r *request) answer {
	owner := s.account(r.PathValue("org"))
	if owner == nil {
		return notFound()
	}
	all := s.reposBy(func(repo *Repo) bool {
		seen := s.role(r.who, repo) >= read || (r.who.installation != nil && r.who.reaches(repo))
		return repo.Owner == owner.Login && seen
	})
	return paged(r, all, s.showRepo)
}

func (s *Server) listCollaborators(r *request) answer {
	var logins []string
	for _, login := range s.accounts.ids() {
		if a := s.accounts.get(login); a.Type == "User" && (s.roleOf(r.repo, login) > read || r.repo.Roles[login] != "") {
			logins = append(logins, login)
		}
	}
	return paged(r, logins, func(login string) object {
		out := s.showLogin(login)
		out["permissions"], out["role_name"] = powers(s.roleOf(r.repo, login)), s.roleOf(r.repo, login).String()
		return out
	})
}

func (s *Server) isCollaborator(r *request) answer {
	login := strings.ToLower(r.PathValue("login"))
	if r.repo.Roles[login] == "" && s.roleOf(r.repo, login) <= read {
		return notFound()
	}
	return nothing
}

// permission is what somebody may do: the old word of four, and the role's name.
func (s *Server) permission(r *request) answer {
	a := s.account(r.PathValue("login"))
	if a == nil || a.Type == "Organization" {
		return refuse(http.StatusNotFound, r.PathValue("login")+" is not a user")
	}
	has := s.roleOf(r.repo, a.Login)
	old := has.String()
	switch has {
	case maintain:
		old = "write"
	case triage:
		old = "read"
	case none, read, write, admin:
	}
	user := s.showUser(a)
	user["permissions"], user["role_name"] = powers(has), has.String()
	return ok(object{"permission": old, "role_name": has.String(), "user": user})
}

func (s *Server) searchRoutes() {
	s.route("GET /search/issues", asAnybody, s.search)
}

// search finds issues and pull requests by the qualifiers that people use most. Words that are none must be in the title.
func (s *Server) search(r *request) answer {
	query := r.URL.Query()
	if strings.TrimSpace(query.Get("q")) == "" {
		return invalid(flaw{Resource: "Search", Field: "q", Code: "missing"})
	}
	words := strings.Fields(query.Get("q"))
	all := s.issues.pick(func(i *Issue) int64 { return i.ID }, func(i *Issue) bool {
		repo := s.repoOf(i.Repo)
		seen := repo != nil && (s.role(r.who, repo) >= read || (r.who.installation != nil && r.who.reaches(repo)))
		return seen && !slices.ContainsFunc(words, func(word string) bool { return !qualifies(i, repo, word) })
	})
	order(all, query.Get("sort"), query.Get("order"))
	p := r.sheet()
	items := []object{}
	for _, i := range part(all, p) {
		item := s.showIssue(s.repoOf(i.Repo), i)
		item["score"] = 1.0
		items = append(items, item)
	}
	return r.linked(ok(object{"total_count": len(all), "incomplete_results": false, "items": items}), p, len(all))
}

// qualifies says whether an issue is what a word of a search asks for.
func qualifies(i *Issue, r *Repo, word string) bool {
	if plain, not := strings.CutPrefix(word, "-"); not && strings.Contains(plain, ":") {
		return !qualifies(i, r, plain)
	}
	name, value, qualified := strings.Cut(word, ":")
	value = strings.Trim(value, `"`)
	if !qualified {
		return strings.Contains(strings.ToLower(i.Title), strings.ToLower(strings.Trim(word, `"`)))
	}
	switch name {
	case "is", "type", "state":
		return map[string]bool{
			"pr": i.Pull != nil, "pull-request": i.Pull != nil, "issue": i.Pull == nil, "open": i.Closed == nil, "closed": i.Closed != nil,
			"merged": i.Pull != nil && i.Pull.Merged != nil, "draft": i.Pull != nil && i.Pull.Draft, "public": !r.Private,
			"private": r.Private, "archived": r.Archived, "locked": i.Locked,
		}[value]
	case "repo":
		return strings.EqualFold(value, i.Repo)
	case "org", "user":
		return strings.EqualFold(value, r.Owner)
	case "author":
		return strings.EqualFold(value, i.User)
	case "label":
		return slices.Contains(i.Labels, value)
	case "draft":
		return i.Pull != nil && i.Pull.Draft == (value == "true")
	case "archived":
		return r.Archived == (value == "true")
	case "base":
		return i.Pull != nil && i.Pull.BaseRef == value
	case "head":
		return i.Pull != nil && i.Pull.HeadRef == value
	case "in", "sort":
		return true
	}
	return false
}
