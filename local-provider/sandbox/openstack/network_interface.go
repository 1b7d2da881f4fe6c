package openstack

import "net/http"

// An interfaceWish says by what a router is joined to a subnet.
type interfaceWish struct {
	Subnet string `json:"subnet_id"`
	Port   string `json:"port_id"`
}

func (s *Server) routerActions() {
	s.handle(s.network, "PUT /routers/{id}/add_router_interface", func(c *call) (answer, error) { return s.join(c, s.addInterface) })
	s.handle(s.network, "PUT /routers/{id}/remove_router_interface", func(c *call) (answer, error) { return s.join(c, s.removeInterface) })
}

// join reads what is to be joined or parted, and tells of the port that it was about.
func (s *Server) join(c *call, act func(*call, *router, interfaceWish) (*port, error)) (answer, error) {
	r := s.routers.get(c.arg("id"))
	if r == nil || !c.who.sees(r.Project) {
		return answer{}, noRouter(c.arg("id"))
	}
	body, err := c.whole()
	var want interfaceWish
	if err == nil {
		err = fill(&want, body)
	}
	if err == nil {
		err = want.check()
	}
	if err != nil {
		return answer{}, err
	}
	p, err := act(c, r, want)
	if err != nil {
		return answer{}, err
	}
	s.touched(&r.standard)
	s.routers.save(r.ID)
	subnets := make([]string, 0, len(p.Fixed))
	for _, f := range p.Fixed {
		subnets = append(subnets, f.Subnet)
	}
	return ok(object{
		"id": r.ID, "tenant_id": r.Project, "port_id": p.ID, "network_id": p.Network, "subnet_id": subnets[0], "subnet_ids": subnets,
	})
}

func (w interfaceWish) check() error {
	switch {
	case w.Subnet == "" && w.Port == "":
		return badRequest("router", "Either subnet_id or port_id must be specified.")
	case w.Subnet != "" && w.Port != "":
		return badRequest("router", "Cannot specify both subnet-id and port-id.")
	case !uuidForm.MatchString(w.Subnet + w.Port):
		return badRequest("router", "'%s' is not a valid UUID.", w.Subnet+w.Port)
	}
	return nil
}

func (s *Server) addInterface(c *call, r *router, want interfaceWish) (*port, error) {
	if want.Port != "" {
		return s.addInterfacePort(c, r, want.Port)
	}
	t, err := s.seenSubnet(c, want.Subnet)
	switch {
	case err != nil:
		return nil, err
	case t.Gateway == "":
		return nil, badRequest("router", "Subnet for router interface must have a gateway IP.")
	}
	if err := s.joinable(r, t); err != nil {
		return nil, err
	}
	p, err := s.addPort(&port{
		standard: standard{Project: r.Project}, Network: t.Network, Device: r.ID, Owner: ownerInterface,
		Fixed: []fixedIP{{Subnet: t.ID, Address: t.Gateway}},
	}, false)
	if err == nil {
		p.Status = "ACTIVE"
	}
	return p, err
}

// seenSubnet is a subnet that the caller sees, 404 for any other.
func (s *Server) seenSubnet(c *call, id string) (*subnet, error) {
	t := s.subnets.get(id)
	if t != nil {
		n := s.networks.get(t.Network)
		if c.who.sees(t.Project) || n != nil && (n.Shared || c.who.sees(n.Project)) {
			return t, nil
		}
	}
	return nil, noSubnet(id)
}

// joinable refuses a subnet that a router leads to already, or whose addresses it knows from another.
func (s *Server) joinable(r *router, t *subnet) error {
	for _, p := range s.interfaces(r.ID) {
		if p.on(t.ID) {
			return badRequest("router", "Router already has a port on subnet %s.", t.ID)
		}
	}
	if other := s.overlapping(r.ID, t); other != nil {
		return badRequest("router", "Cidr %s of subnet %s overlaps with cidr %s of subnet %s.", t.CIDR, t.ID, other.CIDR, other.ID)
	}
	return nil
}

func (s *Server) addInterfacePort(c *call, r *router, id string) (*port, error) {
	p := s.ports.get(id)
	switch {
	case p == nil || !c.who.sees(p.Project):
		return nil, noPort(id)
	case p.Device != "":
		return nil, refuseAs(http.StatusConflict, "PortInUse", "Unable to complete operation on port %s for network %s. Port already has an "+
			"attached device %s.", p.ID, p.Network, p.Device)
	case len(p.Fixed) == 0:
		return nil, badRequest("router", "Router port must have at least one fixed IP.")
	}
	for _, f := range p.Fixed {
		if t := s.subnets.get(f.Subnet); t != nil {
			if err := s.joinable(r, t); err != nil {
				return nil, err
			}
		}
	}
	p.Device, p.Owner, p.Status = r.ID, ownerInterface, "ACTIVE"
	s.touched(&p.standard)
	s.ports.save(p.ID)
	return p, nil
}

func (s *Server) removeInterface(_ *call, r *router, want interfaceWish) (*port, error) {
	for _, p := range s.interfaces(r.ID) {
		if p.ID != want.Port && !p.on(want.Subnet) {
			continue
		}
		for _, f := range s.floatings.all() {
			if at := s.ports.get(f.Port); at != nil && f.Router == r.ID && p.on(subnetOf(at, f.Fixed)) {
				return nil, refuseAs(http.StatusConflict, "RouterInterfaceInUseByFloatingIP", "Router interface for subnet %s on router %s cannot "+
					"be deleted, as it is required by one or more floating IPs.", p.Fixed[0].Subnet, r.ID)
			}
		}
		s.dropPort(p)
		return p, nil
	}
	if want.Port != "" {
		return nil, refuseAs(http.StatusNotFound, "RouterInterfaceNotFound",
			"Router %s does not have an interface with id %s", r.ID, want.Port)
	}
	return nil, refuseAs(http.StatusNotFound, "RouterInterfaceNotFoundForSubnet", "Router %s has no interface on subnet %s", r.ID, want.Subnet)
}

// subnetOf is the subnet on which a port has an address; empty for none.
func subnetOf(p *port, address string) string {
	for _, f := range p.Fixed {
		if f.Address == address {
			return f.Subnet
		}
	}
	return ""
}
