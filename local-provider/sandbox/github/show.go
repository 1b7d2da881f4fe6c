package github

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// How things look in answers and in webhooks: the fields, their order left aside, are GitHub's.

// apiURL is the root of the REST API.
func (s *Server) apiURL() string { return s.base + apiPrefix }

// nodeID is what GraphQL would call a thing.
func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%012d", id))
}

func (s *Server) showUser(a *Account) object {
	if a == nil {
		a = &Account{ID: 10137, Login: "ghost", Type: "User"} // whose account is gone
	}
	api := s.apiURL() + "/users/" + url.PathEscape(a.Login)
	html := s.base + "/" + a.Login
	if app, is := strings.CutSuffix(a.Login, "[bot]"); is {
		html = s.base + "/apps/" + app
	}
	return object{
		"login": a.Login, "id": a.ID, "node_id": nodeID("U", a.ID), "avatar_url": fmt.Sprintf("%s/avatars/u/%d", s.base, a.ID),
		"gravatar_id": "", "url": api, "html_url": html, "followers_url": api + "/followers",
		"following_url": api + "/following{/other_user}", "gists_url": api + "/gists{/gist_id}",
		"starred_url": api + "/starred{/owner}{/repo}", "subscriptions_url": api + "/subscriptions",
		"organizations_url": api + "/orgs", "repos_url": api + "/repos", "events_url": api + "/events{/privacy}",
		"received_events_url": api + "/received_events", "type": a.Type, "site_admin": false,
	}
}

// showLogin is showUser by a login.
func (s *Server) showLogin(login string) object { return s.showUser(s.account(login)) }

// someone is showLogin, or null for nobody.
func (s *Server) someone(login string) any {
	if login == "" {
		return nil
	}
	return s.showLogin(login)
}

func (s *Server) showOrg(a *Account) object {
	api := s.apiURL() + "/orgs/" + a.Login
	return object{
		"login": a.Login, "id": a.ID, "node_id": nodeID("O", a.ID), "url": api, "repos_url": api + "/repos",
		"events_url": api + "/events", "hooks_url": api + "/hooks", "issues_url": api + "/issues",
		"members_url": api + "/members{/member}", "public_members_url": api + "/public_members{/member}",
		"avatar_url": fmt.Sprintf("%s/avatars/u/%d", s.base, a.ID), "description": a.Name,
	}
}

// stamp is a time as GitHub writes it; null for none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func stampOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

// orNull is null for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// repoPaths are the templates of a repository's further URLs.
var repoPaths = map[string]string{
	"forks_url": "/forks", "keys_url": "/keys{/key_id}", "collaborators_url": "/collaborators{/collaborator}",
	"teams_url": "/teams", "hooks_url": "/hooks", "issue_events_url": "/issues/events{/number}", "events_url": "/events",
	"assignees_url": "/assignees{/user}", "branches_url": "/branches{/branch}", "tags_url": "/tags",
	"blobs_url": "/git/blobs{/sha}", "git_tags_url": "/git/tags{/sha}", "git_refs_url": "/git/refs{/sha}",
	"trees_url": "/git/trees{/sha}", "statuses_url": "/statuses/{sha}", "languages_url": "/languages",
	"stargazers_url": "/stargazers", "contributors_url": "/contributors", "subscribers_url": "/subscribers",
	"subscription_url": "/subscription", "commits_url": "/commits{/sha}", "git_commits_url": "/git/commits{/sha}",
	"comments_url": "/comments{/number}", "issue_comment_url": "/issues/comments{/number}",
	"contents_url": "/contents/{+path}", "compare_url": "/compare/{base}...{head}", "merges_url": "/merges",
	"archive_url": "/{archive_format}{/ref}", "downloads_url": "/downloads", "issues_url": "/issues{/number}",
	"pulls_url": "/pulls{/number}", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "labels_url": "/labels{/name}",
	"releases_url": "/releases{/id}", "deployments_url": "/deployments",
}

// repoURL is the root of a repository's API.
func (s *Server) repoURL(r *Repo) string { return s.apiURL() + "/repos/" + r.FullName() }

func (s *Server) showRepo(r *Repo) object {
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	stars, forks, open := len(r.Stars), s.forksOf(r), s.openIssues(r)
	html := s.base + "/" + r.FullName()
	host := strings.TrimPrefix(strings.TrimPrefix(s.base, "http://"), "https://")
	out := object{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private,
		"owner": s.showLogin(r.Owner), "html_url": html, "description": orNull(r.Description), "fork": r.Parent != "",
		"url": s.repoURL(r), "created_at": stamp(r.Made), "updated_at": stamp(r.Pushed), "pushed_at": stamp(r.Pushed),
		"git_url": "git://" + host + "/" + r.FullName() + ".git", "ssh_url": "git@" + host + ":" + r.FullName() + ".git",
		"clone_url": html + ".git", "svn_url": html, "homepage": nil, "size": len(s.commits.rows), "stargazers_count": stars,
		"watchers_count": stars, "language": "Go", "has_issues": true, "has_projects": false, "has_downloads": true,
		"has_wiki": false, "has_pages": false, "has_discussions": false, "forks_count": forks, "mirror_url": nil,
		"archived": r.Archived, "disabled": false, "open_issues_count": open, "license": nil, "allow_forking": true,
		"is_template": false, "web_commit_signoff_required": false, "topics": []string{}, "visibility": visibility,
		"forks": forks, "open_issues": open, "watchers": stars, "default_branch": r.Default, "custom_properties": object{},
	}
	for name, path := range repoPaths {
		out[name] = s.repoURL(r) + path
	}
	return out
}

// forksOf is how many forks a repository has.
func (s *Server) forksOf(r *Repo) (n int) {
	for _, other := range s.repos.rows {
		if strings.EqualFold(other.Parent, r.FullName()) {
			n++
		}
	}
	return n
}

// openIssues is how many issues and pull requests are open.
func (s *Server) openIssues(r *Repo) (n int) {
	for _, i := range s.issues.rows {
		if i.Repo == r.FullName() && i.Closed == nil {
			n++
		}
	}
	return n
}

// association is what an account is to a repository, in the words of author_association.
func (s *Server) association(r *Repo, login string) string {
	owner := s.account(r.Owner)
	switch low := strings.ToLower(login); {
	case strings.EqualFold(r.Owner, login):
		return "OWNER"
	case owner != nil && owner.Members[low] != "":
		return "MEMBER"
	case r.Roles[low] != "":
		return "COLLABORATOR"
	}
	for _, c := range s.commits.rows {
		if strings.EqualFold(c.Author, login) && r.Refs["refs/heads/"+r.Default] == c.SHA {
			return "CONTRIBUTOR"
		}
	}
	return "NONE"
}

func (s *Server) showLabel(r *Repo, name string) object {
	for _, l := range r.Labels {
		if strings.EqualFold(l.Name, name) {
			return object{
				"id": l.ID, "node_id": nodeID("LA", l.ID), "url": s.repoURL(r) + "/labels/" + url.PathEscape(l.Name), "name": l.Name,
				"color": l.Color, "default": false, "description": orNull(l.Description),
			}
		}
	}
	return object{}
}

func (s *Server) showLabels(r *Repo, names []string) []object {
	out := []object{}
	for _, name := range names {
		out = append(out, s.showLabel(r, name))
	}
	return out
}

func (s *Server) showLogins(logins []string) []object {
	out := []object{}
	for _, login := range logins {
		out = append(out, s.showLogin(login))
	}
	return out
}
