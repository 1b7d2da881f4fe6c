package openstack

// appCredential is the name of the application credential that CloudsYAML tells of.
const appCredential = "handsoff-app"

// seedIdentity makes the people and projects of a new cloud.
func (s *Server) seedIdentity() {
	if s.projects.len() > 0 {
		return
	}
	s.projects.put(defaultDomain, &project{
		ID: defaultDomain, Name: "Default", Description: "The default domain", Enabled: true, Made: s.now(),
	})
	for _, name := range []string{"admin", "member", "reader", "service", "heat_stack_owner", "heat_stack_user"} {
		r := &role{ID: newHex(), Name: name}
		s.roles.put(r.ID, r)
	}
	for _, name := range []string{"admin", "demo", "service"} {
		s.addProject(name)
	}
	for _, name := range []string{"admin", "demo"} {
		s.addUser(name)
	}
	s.grant("admin", "admin", "admin")
	s.grant("admin", "admin", "heat_stack_owner")
	everywhere := &grant{User: s.namedUser("admin").ID, Project: system, Role: s.namedRole("admin").ID}
	s.grants.put(everywhere.id(), everywhere)
	s.grant("demo", "demo", "member")
	s.grant("demo", "demo", "heat_stack_owner")
	s.addCredential()
}

func (s *Server) addProject(name string) *project {
	p := &project{ID: newHex(), Name: name, Domain: defaultDomain, Parent: defaultDomain, Enabled: true, Made: s.now()}
	s.projects.put(p.ID, p)
	return p
}

func (s *Server) addUser(name string) *user {
	u := &user{ID: newHex(), Name: name, Domain: defaultDomain, Password: s.options.Password, Enabled: true}
	s.users.put(u.ID, u)
	return u
}

// grant gives a user a role in a project, each by its name.
func (s *Server) grant(user, project, role string) {
	g := &grant{User: s.namedUser(user).ID, Project: s.namedProject(project).ID, Role: s.namedRole(role).ID}
	s.grants.put(g.id(), g)
}

// addCredential makes demo's application credential.
func (s *Server) addCredential() {
	demo, home := s.namedUser("demo"), s.namedProject("demo")
	c := &credential{ID: newHex(), Name: appCredential, Secret: s.options.Password, User: demo.ID, Project: home.ID}
	for _, r := range s.rolesOf(demo.ID, home.ID) {
		c.Roles = append(c.Roles, r.ID)
	}
	s.credentials.put(c.ID, c)
}
