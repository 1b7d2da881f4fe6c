package openstack

import (
	"net/http"
	"slices"
	"strings"
)

// projectCalls serves projects and their tags.
func (s *Server) projectCalls() {
	s.handle(s.identity, "GET /projects", s.listProjects)
	s.handle(s.identity, "POST /projects", s.makeProject)
	s.handle(s.identity, "GET /projects/{id}", s.showProject)
	s.handle(s.identity, "PATCH /projects/{id}", s.changeProject)
	s.handle(s.identity, "DELETE /projects/{id}", s.removeProject)
	s.handle(s.identity, "GET /projects/{id}/tags", s.projectTags)
	s.handle(s.identity, "PUT /projects/{id}/tags", s.putProjectTags)
	s.handle(s.identity, "PUT /projects/{id}/tags/{tag}", s.addProjectTag)
	s.handle(s.identity, "DELETE /projects/{id}/tags/{tag}", s.dropProjectTag)
	s.handle(s.identity, "GET /auth/projects", func(c *call) (answer, error) { return s.projectsOf(c, c.who.User) })
	s.handle(s.identity, "GET /users/{user}/projects", func(c *call) (answer, error) {
		if c.arg("user") != c.who.User && !c.who.admin() {
			return answer{}, forbidden("identity:list_user_projects")
		}
		return s.projectsOf(c, c.arg("user"))
	})
}

func (s *Server) projectObject(c *call, p *project) object {
	tags := append([]string{}, p.Tags...)
	slices.Sort(tags)
	return object{
		"id": p.ID, "name": p.Name, "domain_id": p.Domain, "description": p.Description, "enabled": p.Enabled, "parent_id": p.Parent,
		"is_domain": false, "tags": tags, "options": object{}, "links": c.self("projects/" + p.ID),
	}
}

func (s *Server) listProjects(c *call) (answer, error) {
	if err := c.mustAdmin("list_projects"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, p := range s.projects.all() {
		if p.Domain != "" && c.allowed(p.Name, p.Domain, p.Enabled) && tagged(c.query.Get, p.Tags) {
			out = append(out, s.projectObject(c, p))
		}
	}
	return c.lists("projects", out)
}

// tagged says whether tags are those that a query asks for: all, any, not all, or not any of some.
func tagged(ask func(string) string, have []string) bool {
	has := func(tag string) bool { return slices.Contains(have, tag) }
	hasNot := func(tag string) bool { return !has(tag) }
	for name, test := range map[string]func([]string) bool{
		"tags":         func(want []string) bool { return !slices.ContainsFunc(want, hasNot) },
		"tags-any":     func(want []string) bool { return slices.ContainsFunc(want, has) },
		"not-tags":     func(want []string) bool { return slices.ContainsFunc(want, hasNot) },
		"not-tags-any": func(want []string) bool { return !slices.ContainsFunc(want, has) },
	} {
		if text := ask(name); text != "" && !test(strings.Split(text, ",")) {
			return false
		}
	}
	return true
}

// projectsOf are those in which a user has a role.
func (s *Server) projectsOf(c *call, user string) (answer, error) {
	var out []object
	for _, p := range s.projects.all() {
		if p.Domain != "" && p.Enabled && s.grants.find(func(g *grant) bool { return g.User == user && g.Project == p.ID }) != nil {
			out = append(out, s.projectObject(c, p))
		}
	}
	return c.lists("projects", out)
}

// projectIn is what a client says of a project.
type projectIn struct {
	Project struct {
		Name        *string   `json:"name"`
		Description *string   `json:"description"`
		Enabled     *bool     `json:"enabled"`
		Domain      *string   `json:"domain_id"`
		Parent      *string   `json:"parent_id"`
		Tags        *[]string `json:"tags"`
	} `json:"project"`
}

func (s *Server) makeProject(c *call) (answer, error) {
	var in projectIn
	if err := c.mustAdmin("create_project"); err != nil {
		return answer{}, err
	}
	if err := c.readPeople(&in); err != nil {
		return answer{}, err
	}
	if in.Project.Name == nil || *in.Project.Name == "" {
		return answer{}, required("name")
	}
	p := &project{ID: newHex(), Domain: defaultDomain, Parent: defaultDomain, Enabled: true, Made: s.now()}
	if in.Project.Domain != nil {
		p.Domain, p.Parent = *in.Project.Domain, *in.Project.Domain
	}
	if in.Project.Parent != nil {
		p.Parent = *in.Project.Parent
	}
	if s.referredDomain(&reference{ID: p.Domain}) == nil {
		return answer{}, unknown("domain", p.Domain)
	}
	if twin := s.projects.find(func(q *project) bool { return q.Name == *in.Project.Name && q.Domain == p.Domain }); twin != nil {
		return answer{}, refuse(http.StatusConflict, "Conflict occurred attempting to store project - it is not permitted to have two "+
			"projects with either the same name or same id in the same domain: name is %s, project id %s.", twin.Name, twin.ID)
	}
	in.change(p)
	s.projects.put(p.ID, p)
	return created(object{"project": s.projectObject(c, p)})
}

func (in *projectIn) change(p *project) {
	if v := in.Project.Name; v != nil {
		p.Name = *v
	}
	if v := in.Project.Description; v != nil {
		p.Description = *v
	}
	if v := in.Project.Enabled; v != nil {
		p.Enabled = *v
	}
	if v := in.Project.Tags; v != nil {
		p.Tags = *v
	}
}

// projectFor is the project that a call names, for whom a rule lets see it.
func (s *Server) projectFor(c *call, rule string, own bool) (*project, error) {
	id := c.arg("id")
	p := s.projects.get(id)
	if !c.who.admin() && (!own || c.who.Project != id) {
		return nil, forbidden("identity:" + rule)
	}
	if p == nil || p.Domain == "" {
		return nil, unknown("project", id)
	}
	return p, nil
}

func (s *Server) showProject(c *call) (answer, error) {
	p, err := s.projectFor(c, "get_project", true)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"project": s.projectObject(c, p)})
}

func (s *Server) changeProject(c *call) (answer, error) {
	var in projectIn
	p, err := s.projectFor(c, "update_project", false)
	if err == nil {
		err = c.readPeople(&in)
	}
	if err != nil {
		return answer{}, err
	}
	in.change(p)
	s.projects.save(p.ID)
	out := s.projectObject(c, p)
	out["extra"] = object{} // Keystone shows it after a change
	return ok(object{"project": out})
}

func (s *Server) removeProject(c *call) (answer, error) {
	p, err := s.projectFor(c, "delete_project", false)
	if err != nil {
		return answer{}, err
	}
	s.projects.drop(p.ID)
	s.dropGrants(func(g *grant) bool { return g.Project == p.ID })
	for _, app := range s.credentials.list(func(a *credential) bool { return a.Project == p.ID }) {
		s.credentials.drop(app.ID)
	}
	for _, t := range s.tokens.list(func(t *token) bool { return t.Project == p.ID }) {
		s.tokens.drop(t.ID)
	}
	return nothing()
}

func (s *Server) tagBody(c *call, p *project) object {
	tags := append([]string{}, p.Tags...)
	slices.Sort(tags)
	return object{"links": object{"self": c.base + "/identity/v3"}, "tags": tags}
}

func (s *Server) projectTags(c *call) (answer, error) {
	p, err := s.projectFor(c, "list_project_tags", true)
	if err != nil {
		return answer{}, err
	}
	return ok(s.tagBody(c, p))
}

func (s *Server) putProjectTags(c *call) (answer, error) {
	var in struct {
		Tags []string `json:"tags"`
	}
	p, err := s.projectFor(c, "update_project_tags", false)
	if err == nil {
		err = c.readPeople(&in)
	}
	if err != nil {
		return answer{}, err
	}
	p.Tags = in.Tags
	s.projects.save(p.ID)
	return ok(s.tagBody(c, p))
}

func (s *Server) addProjectTag(c *call) (answer, error) {
	p, err := s.projectFor(c, "create_project_tag", false)
	if err != nil {
		return answer{}, err
	}
	if tag := c.arg("tag"); !slices.Contains(p.Tags, tag) {
		p.Tags = append(slices.Clone(p.Tags), tag)
		s.projects.save(p.ID)
	}
	return answer{status: http.StatusCreated, kind: "text/html; charset=utf-8"}.
		with("Location", c.base+"/identity/v3/"+p.ID+"/tags/"+c.arg("tag")), nil
}

func (s *Server) dropProjectTag(c *call) (answer, error) {
	p, err := s.projectFor(c, "delete_project_tag", false)
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(p.Tags, c.arg("tag")) {
		return answer{}, unknown("project tag", c.arg("tag"))
	}
	p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(tag string) bool { return tag == c.arg("tag") })
	s.projects.save(p.ID)
	return nothing()
}
