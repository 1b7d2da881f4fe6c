package openstack

import "strconv"

// Fill puts so many servers that are up into a project, for tests of long lists: each has a port on the network shared, and none
// counts whether the quota has room. It says whether there is such a project.
func (s *Server) Fill(name string, count int) bool {
	found := false
	s.do(func() {
		p := s.namedProject(name)
		if p == nil {
			return
		}
		found = true
		owner := s.users.find(func(u *user) bool { return u.Name == name })
		who := &token{Project: p.ID, Roles: []string{"member"}}
		if owner != nil {
			who.User = owner.ID
		}
		for i := range count {
			s.fillOne(who, "s"+strconv.Itoa(i))
		}
	})
	return found
}

func (s *Server) fillOne(who *token, name string) {
	f := s.flavors.find(func(f *flavor) bool { return f.Name == "m1.nano" })
	if f == nil {
		return
	}
	v := &server{
		ID: newUUID(), Name: name, Project: who.Project, User: who.User, Status: building, Task: "scheduling", Flavor: *f, Made: s.now(),
		Updated: s.now(), Reservation: "r-filled", Boots: 1,
	}
	s.place(v, "")
	if n := s.networks.find(func(n *network) bool { return n.Shared && !n.External }); n != nil && v.Host != "" {
		_ = s.neutron.plug(who, v, []nic{{Network: n.ID}}, nil) // without room for a port it has none
	}
	s.servers.put(v.ID, v)
	s.charge(v, 1)
	s.undertake(v, "scheduling", 0)
}
