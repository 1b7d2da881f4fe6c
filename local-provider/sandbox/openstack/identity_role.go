package openstack

import "net/http"

// roleCalls serves roles, and who has them where.
func (s *Server) roleCalls() {
	s.handle(s.identity, "GET /roles", s.listRoles)
	s.handle(s.identity, "GET /roles/{id}", s.showRole)
	s.handle(s.identity, "GET /projects/{id}/users/{user}/roles", s.listGrants)
	s.handle(s.identity, "PUT /projects/{id}/users/{user}/roles/{role}", s.giveRole)
	s.handle(s.identity, "GET /projects/{id}/users/{user}/roles/{role}", s.checkRole)
	s.handle(s.identity, "DELETE /projects/{id}/users/{user}/roles/{role}", s.takeRole)
	s.handle(s.identity, "GET /role_assignments", s.assignments)
}

func (s *Server) dropGrants(match func(*grant) bool) {
	for _, g := range s.grants.list(match) {
		s.grants.drop(g.id())
	}
}

// immutable are the roles that Keystone itself brings.
func immutable(name string) bool { return name == "admin" || implied[name] != "" || name == "reader" }

// roleFields are a role's without its links.
func roleFields(r *role) object {
	options := object{}
	if immutable(r.Name) {
		options["immutable"] = true
	}
	return object{"id": r.ID, "name": r.Name, "domain_id": nil, "description": nil, "options": options}
}

func (s *Server) roleObject(c *call, r *role) object {
	out := roleFields(r)
	out["links"] = c.self("roles/" + r.ID)
	return out
}

func (s *Server) listRoles(c *call) (answer, error) {
	if err := c.mustAdmin("list_roles"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, r := range s.roles.all() {
		if !c.query.Has("name") || c.ask("name") == r.Name {
			out = append(out, s.roleObject(c, r))
		}
	}
	return c.lists("roles", out)
}

func (s *Server) showRole(c *call) (answer, error) {
	if err := c.mustAdmin("get_role"); err != nil {
		return answer{}, err
	}
	r := s.roles.get(c.arg("id"))
	if r == nil {
		return answer{}, unknown("role", c.arg("id"))
	}
	return ok(object{"role": s.roleObject(c, r)})
}

// grantFor is the grant that a path is about, after a look whether all of it is there.
func (s *Server) grantFor(c *call, rule string) (*grant, error) {
	if err := c.mustAdmin(rule); err != nil {
		return nil, err
	}
	g := &grant{User: c.arg("user"), Project: c.arg("id"), Role: c.arg("role")}
	switch {
	case s.projects.get(g.Project) == nil:
		return nil, unknown("project", g.Project)
	case s.users.get(g.User) == nil:
		return nil, unknown("user", g.User)
	case g.Role != "" && s.roles.get(g.Role) == nil:
		return nil, unknown("role", g.Role)
	}
	return g, nil
}

func (s *Server) listGrants(c *call) (answer, error) {
	g, err := s.grantFor(c, "list_grants")
	if err != nil {
		return answer{}, err
	}
	var out []object
	for _, x := range s.grants.all() {
		if x.User == g.User && x.Project == g.Project {
			out = append(out, s.roleObject(c, s.roles.get(x.Role)))
		}
	}
	return c.lists("roles", out)
}

func (s *Server) giveRole(c *call) (answer, error) {
	g, err := s.grantFor(c, "create_grant")
	if err != nil {
		return answer{}, err
	}
	s.grants.put(g.id(), g)
	return nothing()
}

// existing is the grant that a path is about, if it was given.
func (s *Server) existing(c *call, rule string) (*grant, error) {
	g, err := s.grantFor(c, rule)
	if err != nil {
		return nil, err
	}
	if s.grants.get(g.id()) == nil {
		return nil, refuse(http.StatusNotFound, "Could not find role assignment with role: %s, user or group: %s, project, domain, or "+
			"system: %s.", g.Role, g.User, g.Project)
	}
	return g, nil
}

func (s *Server) checkRole(c *call) (answer, error) {
	if _, err := s.existing(c, "check_grant"); err != nil {
		return answer{}, err
	}
	return nothing()
}

func (s *Server) takeRole(c *call) (answer, error) {
	g, err := s.existing(c, "revoke_grant")
	if err != nil {
		return answer{}, err
	}
	s.grants.drop(g.id())
	for _, t := range s.tokens.list(func(t *token) bool { return t.User == g.User && t.Project == g.Project }) {
		s.tokens.drop(t.ID)
	}
	return nothing()
}

func (s *Server) assignments(c *call) (answer, error) {
	if err := c.mustAdmin("list_role_assignments"); err != nil {
		return answer{}, err
	}
	q := c.query
	effective := q.Has("effective") && truth(q.Get("effective"))
	var out []object
	for _, g := range s.grants.all() {
		if q.Has("scope.project.id") && q.Get("scope.project.id") != g.Project || q.Has("user.id") && q.Get("user.id") != g.User ||
			q.Has("scope.system") {
			continue
		}
		for role, prior := s.roles.get(g.Role), ""; role != nil; role = s.namedRole(implied[role.Name]) {
			if !q.Has("role.id") || q.Get("role.id") == role.ID {
				out = append(out, s.assignment(c, g, role, prior))
			}
			if prior = role.ID; !effective {
				break
			}
		}
	}
	return c.lists("role_assignments", out)
}

// assignment is a grant as it is shown, or a role that came with it.
func (s *Server) assignment(c *call, g *grant, r *role, prior string) object {
	user, scope, role := object{"id": g.User}, object{"id": g.Project}, object{"id": r.ID}
	if c.query.Has("include_names") && truth(c.ask("include_names")) {
		role["name"] = r.Name
		if u := s.users.get(g.User); u != nil {
			user["name"], user["domain"] = u.Name, s.domainBody(u.Domain)
		}
		if p := s.projects.get(g.Project); p != nil {
			scope["name"], scope["domain"] = p.Name, s.domainBody(p.Domain)
		}
	}
	links := object{"assignment": c.base + "/identity/v3/projects/" + g.Project + "/users/" + g.User + "/roles/" + g.Role}
	if prior != "" {
		links["prior_role"] = c.base + "/identity/v3/prior_role/" + r.ID + "/implies/" + prior
	}
	return object{"user": user, "scope": object{"project": scope}, "role": role, "links": links}
}
