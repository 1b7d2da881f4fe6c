package github

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) accountRoutes() {
	s.route("GET /user", asPerson, s.self)
	s.route("GET /users/{login}", asAnybody, s.getUser)
	s.route("GET /user/{id}", asAnybody, s.getUserByID)
	s.route("GET /orgs/{org}", asAnybody, s.getOrg)
	s.route("GET /orgs/{org}/members", asAnybody, s.listMembers)
	s.route("GET /orgs/{org}/members/{login}", asPerson, s.isMember)
	s.route("GET /rate_limit", asAnybody, s.rateLimit)
	s.route("GET /meta", asAnybody, func(*request) answer {
		return ok(object{"verifiable_password_authentication": false, "installed_version": "3.17.0", "hooks": []string{"127.0.0.0/8"}})
	})
	s.route("GET /zen", asAnybody, func(*request) answer {
		return answer{status: http.StatusOK, body: []byte("Keep it logically awesome.")}.with("Content-Type", "text/plain;charset=utf-8")
	})
}

func (s *Server) self(r *request) answer {
	if r.who.installation != nil {
		return refuse(http.StatusForbidden, notForApps)
	}
	return ok(s.showPerson(r.who.user))
}

// showPerson is how an account looks by itself.
func (s *Server) showPerson(a *Account) object {
	out := s.showUser(a)
	maps.Copy(out, object{
		"name": orNull(a.Name), "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0, "created_at": stamp(a.Made), "updated_at": stamp(a.Made),
	})
	return out
}

func (s *Server) getUser(r *request) answer {
	a := s.account(r.PathValue("login"))
	if a == nil {
		return notFound()
	}
	return ok(s.showPerson(a))
}

func (s *Server) getUserByID(r *request) answer {
	for _, a := range s.accounts.rows {
		if a.ID == r.number("id") {
			return ok(s.showPerson(a))
		}
	}
	return notFound()
}

// org is the path's organisation, nil when there is none.
func (s *Server) org(r *request) *Account {
	if a := s.account(r.PathValue("org")); a != nil && a.Type == "Organization" {
		return a
	}
	return nil
}

func (s *Server) getOrg(r *request) answer {
	a := s.org(r)
	if a == nil {
		return notFound()
	}
	out := s.showOrg(a)
	maps.Copy(out, object{
		"name": a.Name, "type": a.Type, "html_url": s.base + "/" + a.Login, "created_at": stamp(a.Made), "updated_at": stamp(a.Made),
		"public_repos": len(s.reposBy(func(r *Repo) bool { return r.Owner == a.Login })), "default_repository_permission": "read",
	})
	return ok(out)
}

func (s *Server) listMembers(r *request) answer {
	a := s.org(r)
	if a == nil {
		return notFound()
	}
	return paged(r, slices.Sorted(mapsKeys(a.Members)), s.showLogin)
}

func (s *Server) isMember(r *request) answer {
	a := s.org(r)
	if a == nil || a.Members[strings.ToLower(r.PathValue("login"))] == "" {
		return notFound()
	}
	return nothing
}

func (s *Server) rateLimit(r *request) answer {
	resources := object{}
	for name, q := range map[string]quota{
		"core": {limit: userPerHour, resource: "core"}, "search": {limit: searchPerMinute, resource: "search"},
	} {
		if w := s.limits.windows[name+" "+r.who.name()]; w != nil {
			q.used, q.reset = w.used, w.ends
		} else {
			q.reset = s.clock.Now()
		}
		resources[name] = object{"limit": q.limit, "used": q.used, "remaining": max(q.limit-q.used, 0), "reset": q.reset.Unix()}
	}
	return ok(object{"resources": resources, "rate": resources["core"]})
}
