package openstack

import (
	"net/http"
	"slices"
)

// A securityGroup is rules for what may come and go at a port.
type securityGroup struct {
	standard

	Stateful bool `json:"stateful"`
}

// defaultGroupName is the name of the group that every project has.
const defaultGroupName = "default"

func (s *Server) groupCalls() *collection[securityGroup] {
	return &collection[securityGroup]{
		one: "security_group", many: "security_groups", path: "security-groups", table: s.groups, std: (*securityGroup).std, gone: noGroup,
		bulk: true, lax: true,
		attributes: []attribute{
			named,
			{name: "stateful", may: changed, usual: true, reader: flag},
			{name: "shared", may: filtered},
			{name: "security_group_rules"},
		},
		show: s.groupBody, before: s.defaultGroup, make: s.makeGroup, change: changeGroup, remove: s.removeGroup,
	}
}

func (s *Server) groupBody(_ *call, g *securityGroup) object {
	out := g.body()
	rules := []object{}
	for _, r := range s.rules.all() {
		if r.Group == g.ID {
			body := r.shown()
			body["standard_attr_id"], body["tags"] = r.Number, []string{}
			rules = append(rules, body)
		}
	}
	out["stateful"], out["shared"], out["security_group_rules"] = g.Stateful, false, rules
	return out
}

// defaultGroup makes sure that the caller's project has its group.
func (s *Server) defaultGroup(c *call) {
	if c.who.Project != "" {
		s.groupOf(c.who.Project)
	}
}

// groupOf is a project's default group, which is made when it is first needed.
func (s *Server) groupOf(project string) *securityGroup {
	g := s.groups.find(func(g *securityGroup) bool { return g.Project == project && g.Name == defaultGroupName })
	if g == nil {
		g = &securityGroup{Stateful: true, standard: standard{
			ID: newUUID(), Project: project, Name: defaultGroupName, Description: "Default security group", Made: s.now(), Changed: s.now(),
			Revision: 1,
		}}
		s.groups.put(g.ID, g)
		for _, kind := range []string{"IPv4", "IPv6"} {
			s.addRule(&securityRule{standard: standard{Project: project}, Group: g.ID, Direction: "ingress", Ether: kind, RemoteGroup: g.ID})
		}
		s.letOut(g)
	}
	return g
}

// letOut adds the rules that every group begins with: everything may go out.
func (s *Server) letOut(g *securityGroup) {
	for _, kind := range []string{"IPv4", "IPv6"} {
		s.addRule(&securityRule{standard: standard{Project: g.Project}, Group: g.ID, Direction: "egress", Ether: kind})
	}
}

func (s *Server) makeGroup(_ *call, g *securityGroup, _ object) error {
	if g.Name == defaultGroupName {
		return refuseAs(http.StatusConflict, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
	}
	g.Revision = 1
	s.letOut(g)
	return nil
}

func changeGroup(_ *call, old, g *securityGroup, _ object) error {
	if g.Name != old.Name && old.Name == defaultGroupName {
		return refuseAs(http.StatusConflict, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
	}
	return nil
}

// removeGroup refuses to remove a group that a port or a rule still needs, and the default one of whoever is no admin.
func (s *Server) removeGroup(c *call, g *securityGroup) error {
	if s.ports.find(func(p *port) bool { return slices.Contains(p.Groups, g.ID) }) != nil {
		return refuseAs(http.StatusConflict, "SecurityGroupInUse", "Security Group %s in use.", g.ID)
	}
	if g.Name == defaultGroupName && !c.who.admin() {
		return refuseAs(http.StatusConflict, "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.")
	}
	for _, r := range s.rules.list(func(r *securityRule) bool { return r.Group == g.ID || r.RemoteGroup == g.ID }) {
		s.rules.drop(r.ID)
	}
	return nil
}
