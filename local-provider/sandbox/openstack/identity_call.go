package openstack

import (
	"net/http"
	"strings"
)

// links are those of a list: Keystone gives all at once, so there is no next.
func (c *call) links() object {
	return object{"self": c.base + c.r.URL.RequestURI(), "next": nil, "previous": nil}
}

// self is the link of one of Keystone's things.
func (c *call) self(path string) object { return object{"self": c.base + "/identity/v3/" + path} }

// lists is an answer with a list of Keystone's.
func (c *call) lists(name string, list []object) (answer, error) {
	if list == nil {
		list = []object{}
	}
	return ok(object{name: list, "links": c.links()})
}

// mustAdmin refuses, by a rule of Keystone's policy, whoever is no admin.
func (c *call) mustAdmin(rule string) error {
	if c.who.admin() {
		return nil
	}
	return forbidden("identity:" + rule)
}

// unknown is Keystone's refusal of what is not there.
func unknown(what, id string) error {
	return refuse(http.StatusNotFound, "Could not find %s: %s.", what, id)
}

// required is Keystone's refusal of a body without something.
func required(name string) error {
	return refuse(http.StatusBadRequest, "'%s' is a required property\n\nFailed validating 'required' in schema", name)
}

// readPeople takes a body of Keystone's.
func (c *call) readPeople(into any) error {
	if err := c.read(into); err != nil {
		return refuse(http.StatusBadRequest, "Expecting to find valid JSON in request body. The server could not comply with the request "+
			"since it is either malformed or otherwise incorrect. The client is assumed to be in error.")
	}
	return nil
}

// allowed says whether a thing is one that the query asks for, as far as name, id of the domain and being enabled go.
func (c *call) allowed(name, domain string, enabled bool) bool {
	q := c.query
	return (!q.Has("name") || q.Get("name") == name) && (!q.Has("domain_id") || q.Get("domain_id") == domain) &&
		(!q.Has("enabled") || truth(q.Get("enabled")) == enabled)
}

// truth reads what a query says of yes or no: a name without a value is yes.
func truth(text string) bool {
	switch strings.ToLower(text) {
	case "0", "false", "no", "off", "f", "n":
		return false
	}
	return true
}

// placeCalls serves domains, regions, services and endpoints.
func (s *Server) placeCalls() {
	s.handle(s.identity, "GET /domains", s.listDomains)
	s.handle(s.identity, "GET /domains/{id}", s.showDomain)
	s.handle(s.identity, "GET /auth/domains", func(c *call) (answer, error) { return c.lists("domains", nil) })
	s.handle(s.identity, "GET /regions", func(c *call) (answer, error) {
		return c.lists("regions", []object{{
			"id": s.options.Region, "description": "", "parent_region_id": nil, "links": c.self("regions/" + s.options.Region),
		}})
	})
	s.handle(s.identity, "GET /services", s.listServices)
	s.handle(s.identity, "GET /endpoints", s.listEndpoints)
}

func (s *Server) domainObject(c *call, d *project) object {
	return object{
		"id": d.ID, "name": d.Name, "description": d.Description, "enabled": d.Enabled, "tags": []string{}, "options": object{},
		"links": c.self("domains/" + d.ID),
	}
}

func (s *Server) listDomains(c *call) (answer, error) {
	if err := c.mustAdmin("list_domains"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, d := range s.projects.all() {
		if d.Domain == "" && c.allowed(d.Name, c.ask("domain_id"), d.Enabled) {
			out = append(out, s.domainObject(c, d))
		}
	}
	return c.lists("domains", out)
}

func (s *Server) showDomain(c *call) (answer, error) {
	if err := c.mustAdmin("get_domain"); err != nil {
		return answer{}, err
	}
	d := s.projects.get(c.arg("id"))
	if d == nil || d.Domain != "" {
		return answer{}, unknown("domain", c.arg("id"))
	}
	return ok(object{"domain": s.domainObject(c, d)})
}

func (s *Server) listServices(c *call) (answer, error) {
	if err := c.mustAdmin("list_services"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, v := range s.services {
		if s.offered(v) && (!c.query.Has("type") || c.ask("type") == v.kind) && (!c.query.Has("name") || c.ask("name") == v.name) {
			out = append(out, object{
				"id": v.id, "name": v.name, "type": v.kind, "enabled": true, "links": c.self("services/" + v.id),
			})
		}
	}
	return c.lists("services", out)
}

func (s *Server) listEndpoints(c *call) (answer, error) {
	if err := c.mustAdmin("list_endpoints"); err != nil {
		return answer{}, err
	}
	var out []object
	for _, v := range s.services {
		if !s.offered(v) || c.query.Has("service_id") && c.ask("service_id") != v.id {
			continue
		}
		for _, side := range []string{"public", "internal", "admin"} {
			if c.query.Has("interface") && c.ask("interface") != side {
				continue
			}
			out = append(out, object{
				"id": v.endpoint, "interface": side, "region": s.options.Region, "region_id": s.options.Region, "service_id": v.id,
				"url":     c.base + strings.ReplaceAll(v.url, "{project}", "%(tenant_id)s"),
				"enabled": true, "links": c.self("endpoints/" + v.endpoint),
			})
		}
	}
	return c.lists("endpoints", out)
}
