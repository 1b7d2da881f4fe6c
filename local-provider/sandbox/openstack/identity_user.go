package openstack

import "net/http"

// userCalls serves users.
func (s *Server) userCalls() {
	s.handle(s.identity, "GET /users", s.listUsers)
	s.handle(s.identity, "POST /users", s.makeUser)
	s.handle(s.identity, "GET /users/{id}", s.showUser)
	s.handle(s.identity, "PATCH /users/{id}", s.changeUser)
	s.handle(s.identity, "DELETE /users/{id}", s.removeUser)
}

func (s *Server) userObject(c *call, u *user) object {
	out := object{
		"id": u.ID, "name": u.Name, "domain_id": u.Domain, "enabled": u.Enabled, "password_expires_at": nil, "options": object{},
		"links": c.self("users/" + u.ID),
	}
	for name, value := range map[string]string{"email": u.Email, "description": u.Description, "default_project_id": u.Project} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

func (s *Server) listUsers(c *call) (answer, error) {
	if err := c.mustAdmin("list_users"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, u := range s.users.all() {
		if c.allowed(u.Name, u.Domain, u.Enabled) {
			out = append(out, s.userObject(c, u))
		}
	}
	return c.lists("users", out)
}

// userIn is what a client says of a user.
type userIn struct {
	User struct {
		Name        *string `json:"name"`
		Password    *string `json:"password"`
		Email       *string `json:"email"`
		Description *string `json:"description"`
		Enabled     *bool   `json:"enabled"`
		Domain      *string `json:"domain_id"`
		Project     *string `json:"default_project_id"`
	} `json:"user"`
}

func (in *userIn) change(u *user) {
	for _, field := range []struct{ to, from *string }{
		{&u.Name, in.User.Name},
		{&u.Password, in.User.Password},
		{&u.Email, in.User.Email},
		{&u.Description, in.User.Description},
		{&u.Project, in.User.Project},
	} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if in.User.Enabled != nil {
		u.Enabled = *in.User.Enabled
	}
}

func (s *Server) makeUser(c *call) (answer, error) {
	var in userIn
	if err := c.mustAdmin("create_user"); err != nil {
		return answer{}, err
	}
	if err := c.readPeople(&in); err != nil {
		return answer{}, err
	}
	if in.User.Name == nil || *in.User.Name == "" {
		return answer{}, required("name")
	}
	u := &user{ID: newHex(), Domain: defaultDomain, Enabled: true}
	if in.User.Domain != nil {
		u.Domain = *in.User.Domain
	}
	in.change(u)
	if s.users.find(func(x *user) bool { return x.Name == u.Name && x.Domain == u.Domain }) != nil {
		return answer{}, refuse(http.StatusConflict,
			"Conflict occurred attempting to store user - Duplicate entry found with name %s at domain ID %s.", u.Name, u.Domain)
	}
	s.users.put(u.ID, u)
	return created(object{"user": s.userObject(c, u)})
}

// userFor is the user that a call names, for whom a rule lets see them.
func (s *Server) userFor(c *call, id, rule string, own bool) (*user, error) {
	if !c.who.admin() && (!own || c.who.User != id) {
		return nil, forbidden("identity:" + rule)
	}
	u := s.users.get(id)
	if u == nil {
		return nil, unknown("user", id)
	}
	return u, nil
}

func (s *Server) showUser(c *call) (answer, error) {
	u, err := s.userFor(c, c.arg("id"), "get_user", true)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"user": s.userObject(c, u)})
}

func (s *Server) changeUser(c *call) (answer, error) {
	var in userIn
	u, err := s.userFor(c, c.arg("id"), "update_user", false)
	if err == nil {
		err = c.readPeople(&in)
	}
	if err != nil {
		return answer{}, err
	}
	in.change(u)
	s.users.save(u.ID)
	out := s.userObject(c, u)
	if u.Email != "" { // Keystone shows it twice after a change
		out["extra"] = object{"email": u.Email}
	}
	return ok(object{"user": out})
}

func (s *Server) removeUser(c *call) (answer, error) {
	u, err := s.userFor(c, c.arg("id"), "delete_user", false)
	if err != nil {
		return answer{}, err
	}
	s.users.drop(u.ID)
	s.dropGrants(func(g *grant) bool { return g.User == u.ID })
	for _, app := range s.credentials.list(func(a *credential) bool { return a.User == u.ID }) {
		s.credentials.drop(app.ID)
	}
	for _, t := range s.tokens.list(func(t *token) bool { return t.User == u.ID }) {
		s.tokens.drop(t.ID)
	}
	return nothing()
}
