package github

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenTime is how long an installation's token is valid
// (docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app).
const tokenTime = time.Hour

// appPermissions are what the App asks for, and has where it is installed.
var appPermissions = map[string]string{
	"checks": "write", "contents": "write", "issues": "write", "metadata": "read", "members": "read",
	"organization_hooks": "write", "pull_requests": "write", "repository_hooks": "write", "statuses": "write",
}

// appEvents are what the App subscribed to.
var appEvents = []string{
	"check_run", "check_suite", "create", "delete", "fork", "issue_comment", "issues", "label", "member", "pull_request",
	"pull_request_review", "pull_request_review_comment", "push", "release", "repository", "star", "status", "watch",
}

func (s *Server) appRoutes() {
	s.route("GET /app", asApp, func(*request) answer { return ok(s.showApp()) })
	s.route("GET /app/installations", asApp, func(r *request) answer { return paged(r, s.allInstallations(), s.showInstallation) })
	s.route("GET /app/installations/{id}", asApp, func(r *request) answer { return s.foundInstallation(s.installations.byID(r.number("id"))) })
	s.route("POST /app/installations/{id}/access_tokens", asApp, s.createToken)
	s.route("GET /repos/{owner}/{repo}/installation", asApp, func(r *request) answer {
		if s.repoOf(r.PathValue("owner")+"/"+r.PathValue("repo")) == nil {
			return notFound()
		}
		return s.foundInstallation(s.installedAt(r.PathValue("owner")))
	})
	for _, path := range []string{"/orgs/{owner}/installation", "/users/{owner}/installation"} {
		s.route("GET "+path, asApp, func(r *request) answer { return s.foundInstallation(s.installedAt(r.PathValue("owner"))) })
	}
	s.route("GET /installation/repositories", asPerson, s.installationRepos)
	s.route("DELETE /installation/token", asPerson, s.revokeToken)
}

func (s *Server) allInstallations() []*Installation {
	return s.installations.pick(func(v *Installation) int64 { return v.ID }, func(*Installation) bool { return true })
}

// installedAt is the App's installation at an account, nil when there is none.
func (s *Server) installedAt(login string) *Installation {
	for _, v := range s.installations.rows {
		if strings.EqualFold(v.Account, login) && !v.Suspended {
			return v
		}
	}
	return nil
}

func (s *Server) foundInstallation(v *Installation) answer {
	if v == nil {
		return notFound()
	}
	return ok(s.showInstallation(v))
}

func (s *Server) showApp() object {
	return object{
		"id": s.options.AppID, "client_id": ClientID, "slug": AppSlug, "node_id": nodeID("A", s.options.AppID),
		"owner": s.showLogin(Org), "name": AppSlug, "description": "", "external_url": s.base, "html_url": s.base + "/apps/" + AppSlug,
		"created_at": stamp(s.appMade()), "updated_at": stamp(s.appMade()), "permissions": appPermissions, "events": appEvents,
	}
}

func (s *Server) appMade() time.Time {
	if bot := s.bot(); bot != nil {
		return bot.Made
	}
	return s.now()
}

func (s *Server) showInstallation(v *Installation) object {
	account := s.account(v.Account)
	url := fmt.Sprintf("%s/app/installations/%d", s.apiURL(), v.ID)
	out := object{
		"id": v.ID, "account": s.showUser(account), "app_id": s.options.AppID, "app_slug": AppSlug, "client_id": ClientID,
		"target_id": 0, "target_type": "Organization", "repository_selection": "all", "access_tokens_url": url + "/access_tokens",
		"repositories_url": s.apiURL() + "/installation/repositories", "html_url": fmt.Sprintf("%s/settings/installations/%d", s.base, v.ID),
		"permissions": appPermissions, "events": appEvents, "created_at": stamp(v.Made), "updated_at": stamp(v.Made),
		"single_file_name": nil, "suspended_at": nil, "suspended_by": nil,
	}
	if account != nil {
		out["target_id"], out["target_type"] = account.ID, account.Type
	}
	if v.Suspended {
		out["suspended_at"] = stamp(v.Made)
	}
	return out
}

// A tokenOrder narrows a token down.
type tokenOrder struct {
	Repositories  []string
	RepositoryIDs []int64 `json:"repository_ids"`
	Permissions   map[string]string
}

func (s *Server) createToken(r *request) answer {
	v := s.installations.byID(r.number("id"))
	if v == nil {
		return notFound()
	}
	if v.Suspended {
		return refuse(http.StatusForbidden, "This installation has been suspended")
	}
	var in tokenOrder
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	g := &grant{Installation: v.ID, Expires: s.now().Add(tokenTime), Permissions: maps.Clone(appPermissions), Repositories: in.RepositoryIDs}
	for _, name := range in.Repositories {
		repo := s.repoOf(v.Account + "/" + name)
		if repo == nil {
			return refuse(http.StatusUnprocessableEntity, "There is at least one repository that does not exist or is not accessible to the parent installation.")
		}
		g.Repositories = append(g.Repositories, repo.ID)
	}
	if len(in.Permissions) > 0 {
		if !granted(in.Permissions) {
			return refuse(http.StatusUnprocessableEntity, "The permissions requested are not granted to this installation.")
		}
		g.Permissions = in.Permissions
	}
	token := "ghs_" + randomText()
	s.grants.put(token, g)
	s.dropOldTokens()
	out := object{"token": token, "expires_at": stamp(g.Expires), "permissions": g.Permissions, "repository_selection": "all"}
	if len(g.Repositories) > 0 {
		out["repository_selection"] = "selected"
	}
	return reply(http.StatusCreated, out)
}

// granted says whether the App has all of some permissions.
func granted(wanted map[string]string) bool {
	for name, level := range wanted {
		if has := appPermissions[name]; has == "" || (level == "write" && has != "write") {
			return false
		}
	}
	return true
}

// dropOldTokens forgets tokens that have expired.
func (s *Server) dropOldTokens() {
	for _, token := range s.grants.ids() {
		if s.grants.get(token).Expires.Before(s.clock.Now()) {
			s.grants.drop(token)
		}
	}
}

func randomText() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (s *Server) installationRepos(r *request) answer {
	if r.who.installation == nil {
		return refuse(http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
	}
	all := s.reposBy(r.who.reaches)
	p := r.sheet()
	list := []object{}
	for _, repo := range part(all, p) {
		list = append(list, s.showRepo(repo))
	}
	return r.linked(ok(object{"total_count": len(all), "repository_selection": "all", "repositories": list}), p, len(all))
}

func (s *Server) revokeToken(r *request) answer {
	if r.who.installation == nil {
		return refuse(http.StatusForbidden, "You must authenticate with an installation access token.")
	}
	s.grants.drop(presented(r.Request))
	return nothing
}

// ExpireTokens makes every installation token invalid at once, as if an hour had gone by.
func (s *Server) ExpireTokens() {
	s.do(func() {
		for _, token := range slices.Clone(s.grants.ids()) {
			s.grants.drop(token)
		}
	})
}
