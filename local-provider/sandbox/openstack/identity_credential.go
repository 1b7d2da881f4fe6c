package openstack

import (
	"net/http"
	"slices"
	"time"
)

// credentialCalls serves application credentials.
func (s *Server) credentialCalls() {
	s.handle(s.identity, "GET /users/{user}/application_credentials", s.listCredentials)
	s.handle(s.identity, "POST /users/{user}/application_credentials", s.makeCredential)
	s.handle(s.identity, "GET /users/{user}/application_credentials/{id}", s.showCredential)
	s.handle(s.identity, "DELETE /users/{user}/application_credentials/{id}", s.removeCredential)
}

// credentialTime is how Keystone writes and takes the end of a credential.
const credentialTime = "2006-01-02T15:04:05.000000"

func (s *Server) credentialObject(c *call, a *credential) object {
	roles := []object{}
	for _, id := range a.Roles {
		if r := s.roles.get(id); r != nil {
			roles = append(roles, roleFields(r))
		}
	}
	out := object{
		"id": a.ID, "name": a.Name, "description": a.Description, "user_id": a.User, "project_id": a.Project, "system": nil,
		"expires_at": nil, "unrestricted": nil, "roles": roles, "links": c.self("application_credentials/" + a.ID),
	}
	if a.Expires != nil {
		out["expires_at"] = a.Expires.UTC().Format(credentialTime)
	}
	if a.Unrestricted {
		out["unrestricted"] = true
	}
	return out
}

func (s *Server) listCredentials(c *call) (answer, error) {
	u, err := s.userFor(c, c.arg("user"), "list_application_credentials", true)
	if err != nil {
		return answer{}, err
	}
	var out []object
	for _, a := range s.credentials.all() {
		if a.User == u.ID && (!c.query.Has("name") || c.ask("name") == a.Name) {
			out = append(out, s.credentialObject(c, a))
		}
	}
	return c.lists("application_credentials", out)
}

func (s *Server) makeCredential(c *call) (answer, error) {
	var in struct {
		Credential struct {
			Name         string  `json:"name"`
			Secret       string  `json:"secret"`
			Description  *string `json:"description"`
			Expires      *string `json:"expires_at"`
			Unrestricted bool    `json:"unrestricted"`
			Roles        []struct{ ID, Name string }
		} `json:"application_credential"`
	}
	if c.arg("user") != c.who.User || c.who.Project == "" {
		return answer{}, forbidden("identity:create_application_credential")
	}
	if err := c.readPeople(&in); err != nil {
		return answer{}, err
	}
	want := in.Credential
	if want.Name == "" {
		return answer{}, required("name")
	}
	if s.credentials.find(func(a *credential) bool { return a.User == c.who.User && a.Name == want.Name }) != nil {
		return answer{}, refuse(http.StatusConflict,
			"Conflict occurred attempting to store application_credential - Duplicate entry found with name %s.", want.Name)
	}
	a := &credential{
		ID: newHex(), Name: want.Name, Secret: want.Secret, User: c.who.User, Project: c.who.Project,
		Description: want.Description, Unrestricted: want.Unrestricted,
	}
	if a.Secret == "" {
		a.Secret = newSecret(64)
	}
	if want.Expires != nil {
		end, err := time.Parse(credentialTime, *want.Expires)
		if err != nil {
			return answer{}, refuse(http.StatusBadRequest, "Invalid input for field 'expires_at': %q is not a 'date-time'.", *want.Expires)
		}
		a.Expires = &end
	}
	for _, name := range c.who.Roles {
		r := s.namedRole(name)
		if len(want.Roles) == 0 || slices.ContainsFunc(want.Roles, func(w struct{ ID, Name string }) bool { return w.ID == r.ID || w.Name == name }) {
			a.Roles = append(a.Roles, r.ID)
		}
	}
	s.credentials.put(a.ID, a)
	out := s.credentialObject(c, a)
	out["secret"] = a.Secret
	return created(object{"application_credential": out})
}

func (s *Server) credentialFor(c *call, rule string) (*credential, error) {
	u, err := s.userFor(c, c.arg("user"), rule, true)
	if err != nil {
		return nil, err
	}
	a := s.credentials.get(c.arg("id"))
	if a == nil || a.User != u.ID {
		return nil, unknown("Application Credential", c.arg("id"))
	}
	return a, nil
}

func (s *Server) showCredential(c *call) (answer, error) {
	a, err := s.credentialFor(c, "get_application_credential")
	if err != nil {
		return answer{}, err
	}
	return ok(object{"application_credential": s.credentialObject(c, a)})
}

func (s *Server) removeCredential(c *call) (answer, error) {
	a, err := s.credentialFor(c, "delete_application_credential")
	if err != nil {
		return answer{}, err
	}
	s.credentials.drop(a.ID)
	for _, t := range s.tokens.list(func(t *token) bool { return t.App == a.ID }) {
		s.tokens.drop(t.ID)
	}
	return nothing()
}
