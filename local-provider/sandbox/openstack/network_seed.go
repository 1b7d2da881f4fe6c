package openstack

// seedNetwork makes the networks of a new cloud: public, which is outside, and shared, on which everybody may have servers.
func (s *Server) seedNetwork() {
	s.reckon()
	s.seedAgents()
	if s.networks.len() > 0 {
		return
	}
	admin := s.namedProject("admin").ID
	public := &network{
		External: true, Type: "flat", Physical: "public", PortSecurity: true, Up: true, MTU: usualMTU,
		standard: standard{ID: newUUID(), Project: admin, Name: "public"},
	}
	shared := &network{
		Shared: true, Type: "local", PortSecurity: true, Up: true, MTU: usualMTU,
		standard: standard{ID: newUUID(), Project: admin, Name: "shared"},
	}
	s.seedSubnet(public, "203.0.113.0/24", "203.0.113.1", poolSpan{"203.0.113.2", "203.0.113.254"})
	s.seedSubnet(shared, "10.99.0.0/16", "10.99.0.1", poolSpan{"10.99.0.2", "10.99.255.254"})
}

func (s *Server) seedSubnet(n *network, cidr, gateway string, pool poolSpan) {
	n.Made, n.Changed, n.Revision = s.now(), s.now(), 2
	s.networks.put(n.ID, n)
	t := &subnet{
		Network: n.ID, Version: 4, CIDR: cidr, Gateway: gateway, Pools: []poolSpan{pool},
		standard: standard{ID: newUUID(), Project: n.Project, Name: n.Name, Made: s.now(), Changed: s.now()},
	}
	s.subnets.put(t.ID, t)
}
