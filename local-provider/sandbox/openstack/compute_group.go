package openstack

import (
	"net/http"
	"slices"
)

// A serverGroup says that servers should be together, or apart.
type serverGroup struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Policy  string         `json:"policy"`
	Rules   map[string]int `json:"rules"`
	Project string         `json:"project"`
	User    string         `json:"user"`
}

// serverGroupCalls serves server groups.
func (s *Server) serverGroupCalls() {
	s.handle(s.compute, "GET /os-server-groups", s.listServerGroups)
	s.handle(s.compute, "POST /os-server-groups", s.makeServerGroup)
	s.handle(s.compute, "GET /os-server-groups/{id}", s.showServerGroup)
	s.handle(s.compute, "DELETE /os-server-groups/{id}", s.removeServerGroup)
}

func (s *Server) serverGroupObject(c *call, g *serverGroup) object {
	members := []string{}
	for _, v := range s.servers.all() {
		if v.Group == g.ID {
			members = append(members, v.ID)
		}
	}
	out := object{"id": g.ID, "name": g.Name, "members": members}
	if c.at(64) {
		rules := g.Rules
		if rules == nil {
			rules = map[string]int{}
		}
		out["policy"], out["rules"] = g.Policy, rules
	} else {
		out["policies"], out["metadata"] = []string{g.Policy}, object{}
	}
	if c.at(13) {
		out["project_id"], out["user_id"] = g.Project, g.User
	}
	return out
}

func (s *Server) listServerGroups(c *call) (answer, error) {
	every := c.query.Has("all_projects") && c.who.admin()
	list := []object{}
	for _, g := range s.serverGroups.all() {
		if every || g.Project == c.who.Project {
			list = append(list, s.serverGroupObject(c, g))
		}
	}
	return ok(object{"server_groups": list})
}

func (s *Server) makeServerGroup(c *call) (answer, error) {
	var in struct {
		Group struct {
			Name     string         `json:"name"`
			Policy   string         `json:"policy"`
			Policies []string       `json:"policies"`
			Rules    map[string]int `json:"rules"`
		} `json:"server_group"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	w := in.Group
	if !c.at(64) && len(w.Policies) == 1 {
		w.Policy = w.Policies[0]
	}
	known := []string{"anti-affinity", "affinity"}
	if c.at(15) {
		known = append(known, "soft-anti-affinity", "soft-affinity")
	}
	if w.Name == "" || !slices.Contains(known, w.Policy) {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute policy. Value: %s. '%[1]s' is not one of %v", w.Policy, known)
	}
	count := len(s.serverGroups.list(func(g *serverGroup) bool { return g.Project == c.who.Project }))
	if most := s.limitOf(c.who.Project, "server_groups"); c.befell(FaultQuota) || most >= 0 && count >= most {
		return answer{}, refuse(http.StatusForbidden, "Quota exceeded, too many server groups.")
	}
	g := &serverGroup{ID: newUUID(), Name: w.Name, Policy: w.Policy, Rules: w.Rules, Project: c.who.Project, User: c.who.User}
	s.serverGroups.put(g.ID, g)
	return ok(object{"server_group": s.serverGroupObject(c, g)})
}

func (s *Server) serverGroupFor(c *call) (*serverGroup, error) {
	g := s.serverGroups.get(c.arg("id"))
	if g == nil || !c.who.sees(g.Project) {
		return nil, refuse(http.StatusNotFound, "Instance group %s could not be found.", c.arg("id"))
	}
	return g, nil
}

func (s *Server) showServerGroup(c *call) (answer, error) {
	g, err := s.serverGroupFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"server_group": s.serverGroupObject(c, g)})
}

func (s *Server) removeServerGroup(c *call) (answer, error) {
	g, err := s.serverGroupFor(c)
	if err != nil {
		return answer{}, err
	}
	s.serverGroups.drop(g.ID)
	return nothing()
}
