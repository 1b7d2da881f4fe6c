package openstack

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenCalls serves logging in, and looking at tokens and ending them.
func (s *Server) tokenCalls() {
	s.open(s.identity, "POST /identity/v3/auth/tokens", s.logIn)
	s.handle(s.identity, "GET /auth/tokens", s.showToken) // and HEAD
	s.handle(s.identity, "DELETE /auth/tokens", s.endToken)
	s.handle(s.identity, "GET /auth/catalog", func(c *call) (answer, error) {
		return ok(object{"catalog": s.catalogue(c, c.who), "links": object{"self": c.base + "/identity/v3/auth/catalog"}})
	})
}

// scope makes a token good for what was asked for: a project, a domain, the system, or nothing; for the user's default project
// when nothing was said.
func (s *Server) scope(t *token, want *loginScope) error {
	switch {
	case t.App != "" && want != nil:
		return errScope()
	case want == nil:
		if t.Project == "" && t.Domain == "" {
			t.Project = s.users.get(t.User).Project
		}
	case want.none:
		t.Project, t.Domain = "", ""
	case want.Project != nil:
		p := s.referredProject(want.Project)
		if p == nil || !p.Enabled {
			return errLogin()
		}
		t.Project = p.ID
	case want.Domain != nil:
		d := s.referredDomain(want.Domain)
		if d == nil {
			return errLogin()
		}
		t.Domain = d.ID
	case want.System != nil:
		t.System = true
	}
	return s.empower(t)
}

// system is what stands in the place of a project in a grant for the whole system.
const system = "system"

// empower gives a token the user's roles where it is good; without any there, nobody gets in.
func (s *Server) empower(t *token) error {
	where := cmp.Or(t.Project, t.Domain)
	if t.System {
		where = system
	}
	if where == "" {
		return nil
	}
	for _, r := range s.rolesOf(t.User, where) {
		if app := s.credentials.get(t.App); app == nil || slices.Contains(app.Roles, r.ID) {
			t.Roles = append(t.Roles, r.Name)
		}
	}
	if len(t.Roles) == 0 {
		return errLogin()
	}
	return nil
}

// issue keeps a token, and forgets those that have expired.
func (s *Server) issue(t *token) {
	now := s.now()
	for _, old := range s.tokens.list(func(t *token) bool { return !t.Expires.After(now) }) {
		s.tokens.drop(old.ID)
	}
	t.ID, t.Audit, t.Issued = "gAAAAAB"+newSecret(120), newSecret(16), now
	if t.Expires.IsZero() {
		t.Expires = now.Add(s.options.Token).Truncate(time.Second)
	}
	s.tokens.put(t.ID, t)
}

// subject is the token that a call is about, which only its owner and an admin may look at.
func (s *Server) subject(c *call) (*token, error) {
	id := c.r.Header.Get("X-Subject-Token")
	t := s.tokens.get(id)
	if t == nil || !t.Expires.After(s.now()) {
		return nil, refuse(http.StatusNotFound, "Failed to validate token")
	}
	if t.User != c.who.User && !c.who.admin() {
		return nil, forbidden("identity:validate_token")
	}
	return t, nil
}

// forbidden is Keystone's refusal to whom a rule of its policy does not let.
func forbidden(rule string) error {
	return refuse(http.StatusForbidden, "You are not authorized to perform the requested action: %s.", rule)
}

func (s *Server) showToken(c *call) (answer, error) {
	t, err := s.subject(c)
	if err != nil {
		return answer{}, err
	}
	return reply(http.StatusOK, object{"token": s.tokenBody(c, t)}).with("X-Subject-Token", t.ID), nil
}

func (s *Server) endToken(c *call) (answer, error) {
	t, err := s.subject(c)
	if err != nil {
		return answer{}, err
	}
	s.tokens.drop(t.ID)
	return nothing()
}

// tokenBody is a token as it is shown, with the catalogue when it is good for something.
func (s *Server) tokenBody(c *call, t *token) object {
	u := s.users.get(t.User)
	out := object{
		"methods": t.Methods, "issued_at": micros(t.Issued) + "Z", "expires_at": micros(t.Expires) + "Z",
		"user": object{"id": u.ID, "name": u.Name, "domain": s.domainBody(u.Domain), "password_expires_at": nil},
	}
	if out["audit_ids"] = []string{t.Audit}; t.Parent != "" {
		out["audit_ids"] = []string{t.Audit, t.Parent}
	}
	if p := s.projects.get(t.Project); p != nil {
		out["project"] = object{"id": p.ID, "name": p.Name, "domain": s.domainBody(p.Domain)}
		out["is_domain"] = false
	}
	if t.Domain != "" {
		out["domain"] = s.domainBody(t.Domain)
	}
	if t.System {
		out["system"] = object{"all": true}
	}
	if len(t.Roles) > 0 {
		out["roles"] = s.roleBodies(t.Roles)
		if _, short := c.query["nocatalog"]; !short {
			out["catalog"] = s.catalogue(c, t)
		}
	}
	if app := s.credentials.get(t.App); app != nil {
		out["application_credential"] = object{"id": app.ID, "name": app.Name, "restricted": !app.Unrestricted}
	}
	return out
}

func (s *Server) domainBody(id string) object {
	if d := s.projects.get(id); d != nil {
		return object{"id": d.ID, "name": d.Name}
	}
	return object{"id": id, "name": id}
}

func (s *Server) roleBodies(names []string) []object {
	out := make([]object, 0, len(names))
	for _, name := range names {
		out = append(out, object{"id": s.namedRole(name).ID, "name": name})
	}
	return out
}

// catalogue is what the cloud offers to whoever shows a token.
func (s *Server) catalogue(c *call, t *token) []object {
	var out []object
	for _, v := range s.services {
		if !s.offered(v) {
			continue
		}
		url := c.base + strings.ReplaceAll(v.url, "{project}", t.Project)
		var ends []object
		for _, side := range []string{"public", "internal", "admin"} {
			ends = append(ends, object{
				"id": v.endpoint, "interface": side, "region": s.options.Region, "region_id": s.options.Region, "url": url,
			})
		}
		out = append(out, object{"id": v.id, "type": v.kind, "name": v.name, "endpoints": ends})
	}
	return out
}
