package openstack

import (
	"encoding/json"
	"net/http"
	"slices"
)

// A login is what is asked for with POST /auth/tokens.
type login struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User loginUser `json:"user"`
			} `json:"password"`
			Token struct {
				ID string `json:"id"`
			} `json:"token"`
			Application struct {
				ID     string    `json:"id"`
				Name   string    `json:"name"`
				Secret string    `json:"secret"`
				User   loginUser `json:"user"`
			} `json:"application_credential"`
		} `json:"identity"`
		Scope *loginScope `json:"scope"`
	} `json:"auth"`
}

type loginUser struct {
	reference
	Password string `json:"password"`
}

// A reference names something of a domain, by its id or its name.
type reference struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Domain *reference `json:"domain"`
}

type loginScope struct {
	Project *reference `json:"project"`
	Domain  *reference `json:"domain"`
	System  *struct {
		All bool `json:"all"`
	} `json:"system"`
	none bool // the word "unscoped"
}

// UnmarshalJSON reads a scope, or the word "unscoped".
func (l *loginScope) UnmarshalJSON(text []byte) error {
	if string(text) == `"unscoped"` {
		l.none = true
		return nil
	}
	type plain loginScope
	return json.Unmarshal(text, (*plain)(l))
}

// errLogin is what Keystone says to everybody whom it does not let in, so that nobody learns why.
func errLogin() error {
	return refuse(http.StatusUnauthorized, "The request you have made requires authentication.")
}

// errScope is for an application credential with which somebody wants more than its project.
func errScope() error {
	return &refusal{
		status: http.StatusUnauthorized, more: object{"identity": object{}},
		message: "Error authenticating with application credential: Application credentials cannot request a scope.",
	}
}

func (s *Server) logIn(c *call) (answer, error) {
	var in login
	if err := c.readPeople(&in); err != nil {
		return answer{}, err
	}
	if len(in.Auth.Identity.Methods) == 0 {
		return answer{}, refuse(http.StatusBadRequest, "Expecting to find auth in request body. The server could not comply with the "+
			"request since it is either malformed or otherwise incorrect. The client is assumed to be in error.")
	}
	t, err := s.authenticate(&in)
	if err == nil {
		err = s.scope(t, in.Auth.Scope)
	}
	if err != nil {
		return answer{}, err
	}
	s.issue(t)
	body := object{"token": s.tokenBody(c, t)}
	return reply(http.StatusCreated, body).with("X-Subject-Token", t.ID), nil
}

// authenticate finds whose login it is, by each of the methods that it names.
func (s *Server) authenticate(in *login) (*token, error) {
	t := &token{}
	for _, method := range in.Auth.Identity.Methods {
		u, err := s.method(in, method, t)
		if err != nil {
			return nil, err
		}
		if u == nil || !u.Enabled || t.User != "" && t.User != u.ID {
			return nil, errLogin()
		}
		t.User = u.ID
	}
	return t, nil
}

// method finds the user by one method, nil when it proves nobody.
func (s *Server) method(in *login, method string, t *token) (*user, error) {
	id := in.Auth.Identity
	switch method {
	case "password":
		u := s.referredUser(id.Password.User.reference)
		if u == nil || u.Password != id.Password.User.Password {
			return nil, errLogin()
		}
		t.Methods = append(t.Methods, "password")
		return u, nil
	case "token":
		old := s.tokens.get(id.Token.ID)
		if old == nil || !old.Expires.After(s.now()) {
			return nil, errLogin()
		}
		t.Methods = append(t.Methods, "token")
		for _, was := range old.Methods {
			if !slices.Contains(t.Methods, was) {
				t.Methods = append(t.Methods, was)
			}
		}
		t.Expires, t.App, t.Parent = old.Expires, old.App, old.Audit
		if in.Auth.Scope == nil {
			t.Project, t.Domain = old.Project, old.Domain
		}
		return s.users.get(old.User), nil
	case "application_credential":
		return s.application(id.Application.ID, id.Application.Name, id.Application.Secret, id.Application.User.reference, t)
	}
	return nil, &refusal{
		status: http.StatusUnauthorized, message: "Attempted to authenticate with an unsupported method.",
		more: object{"identity": object{"methods": []string{"password", "token", "application_credential"}}},
	}
}

// application finds the user by an application credential, which also says the project.
func (s *Server) application(id, name, secret string, of reference, t *token) (*user, error) {
	app := s.credentials.get(id)
	if id == "" {
		if u := s.referredUser(of); u != nil {
			app = s.credentials.find(func(c *credential) bool { return c.User == u.ID && c.Name == name })
		}
	}
	if app == nil || app.Secret != secret || app.Expires != nil && !app.Expires.After(s.now()) {
		return nil, errLogin()
	}
	t.Methods, t.App, t.Project = append(t.Methods, "application_credential"), app.ID, app.Project
	return s.users.get(app.User), nil
}

func (s *Server) referredUser(ref reference) *user {
	if ref.ID != "" {
		return s.users.get(ref.ID)
	}
	d := s.referredDomain(ref.Domain)
	if d == nil {
		return nil
	}
	return s.users.find(func(u *user) bool { return u.Name == ref.Name && u.Domain == d.ID })
}

func (s *Server) referredDomain(ref *reference) *project {
	if ref == nil {
		return nil
	}
	return s.projects.find(func(p *project) bool {
		return p.Domain == "" && (ref.ID != "" && p.ID == ref.ID || ref.ID == "" && p.Name == ref.Name)
	})
}

func (s *Server) referredProject(ref *reference) *project {
	if ref.ID != "" {
		p := s.projects.get(ref.ID)
		if p == nil || p.Domain == "" {
			return nil
		}
		return p
	}
	d := s.referredDomain(ref.Domain)
	if d == nil {
		return nil
	}
	return s.projects.find(func(p *project) bool { return p.Name == ref.Name && p.Domain == d.ID })
}
