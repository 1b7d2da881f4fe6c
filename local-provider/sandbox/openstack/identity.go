package openstack

import (
	"slices"
	"time"
)

// people is Keystone's state.
type people struct {
	projects    *table[project]
	users       *table[user]
	roles       *table[role]
	grants      *table[grant]
	credentials *table[credential]
}

// A project is what things belong to. A domain is one, too, in Keystone's tables.
type project struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Domain      string    `json:"domain"` // its id; empty for a domain
	Description string    `json:"description"`
	Enabled     bool      `json:"enabled"`
	Parent      string    `json:"parent"`
	Tags        []string  `json:"tags"`
	Made        time.Time `json:"made"`
}

// A user is somebody who has a password.
type user struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Domain      string `json:"domain"`
	Password    string `json:"password"`
	Email       string `json:"email,omitempty"`
	Description string `json:"description,omitempty"`
	Project     string `json:"project,omitempty"` // the default one
	Enabled     bool   `json:"enabled"`
}

// A role is a name for what somebody may do.
type role struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A grant gives a user a role in a project or a domain.
type grant struct {
	User    string `json:"user"`
	Project string `json:"project"` // or a domain's id
	Role    string `json:"role"`
}

func (g grant) id() string { return g.Project + "/" + g.User + "/" + g.Role }

// A credential is an application's: it stands for a user in one project.
type credential struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Secret       string     `json:"secret"`
	User         string     `json:"user"`
	Project      string     `json:"project"`
	Roles        []string   `json:"roles"` // their ids
	Description  *string    `json:"description"`
	Expires      *time.Time `json:"expires"`
	Unrestricted bool       `json:"unrestricted"`
}

// A token is what a user shows after they have logged in, until it expires.
type token struct {
	ID      string
	User    string   // the user's id
	Project string   // the id of the project it is good for; empty for none
	Domain  string   // the id of the domain it is good for; empty for none
	System  bool     // whether it is good for the whole system
	Roles   []string // the names of the user's roles there
	Methods []string
	Issued  time.Time
	Expires time.Time
	Audit   string
	Parent  string // the audit id of the token it was made with; empty for none
	App     string // the id of the application credential it was made with; empty for none
}

// is says whether whoever shows a token has a role.
func (t *token) is(role string) bool { return slices.Contains(t.Roles, role) }

// admin says whether whoever shows a token may do everything, as the default policies have it.
func (t *token) admin() bool { return t.is("admin") }

// sees says whether things of a project are shown to whoever shows a token.
func (t *token) sees(project string) bool { return t.admin() || t.Project == project }

// defaultDomain is the id of the domain that is always there.
const defaultDomain = "default"

func (s *Server) openIdentity() {
	s.projects = newTable[project](s, "project")
	s.users = newTable[user](s, "user")
	s.roles = newTable[role](s, "role")
	s.grants = newTable[grant](s, "grant")
	s.credentials = newTable[credential](s, "credential")
	s.versionCalls()
	s.tokenCalls()
	s.placeCalls()
	s.projectCalls()
	s.userCalls()
	s.roleCalls()
	s.credentialCalls()
}

// namedProject is the project of a name in the default domain; nil for none.
func (s *Server) namedProject(name string) *project {
	return s.projects.find(func(p *project) bool { return p.Name == name && p.Domain == defaultDomain })
}

// namedUser is the user of a name in the default domain; nil for none.
func (s *Server) namedUser(name string) *user {
	return s.users.find(func(u *user) bool { return u.Name == name && u.Domain == defaultDomain })
}

// namedRole is the role of a name; nil for none.
func (s *Server) namedRole(name string) *role {
	return s.roles.find(func(r *role) bool { return r.Name == name })
}

// rolesOf are a user's roles in a project or a domain, with those that they imply: admin implies member, member implies reader.
func (s *Server) rolesOf(user, project string) []*role {
	var out []*role
	add := func(r *role) {
		if r != nil && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for _, g := range s.grants.all() {
		if g.User != user || g.Project != project {
			continue
		}
		r := s.roles.get(g.Role)
		add(r)
		for ; r != nil && implied[r.Name] != ""; add(r) {
			r = s.namedRole(implied[r.Name])
		}
	}
	return out
}

// implied are the roles that come with others.
var implied = map[string]string{"admin": "member", "member": "reader"}
