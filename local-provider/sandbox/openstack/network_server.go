package openstack

import (
	"net/http"
	"slices"
)

// A serverNet is the network as the compute service sees it.
type serverNet struct{ s *Server }

var _ neutron = serverNet{}

// plug gives a server its ports: all, or a refusal.
func (n serverNet) plug(who *token, v *server, want []nic, groups []string) error {
	ids, err := n.known(v.Project, groups)
	if err != nil {
		return err
	}
	if want == nil {
		if want, err = n.only(who); err != nil {
			return err
		}
	}
	var made, given []*port
	for _, w := range want {
		p, fresh, err := n.plugOne(v, w, ids)
		if err != nil {
			for _, p := range made {
				n.s.dropPort(p)
			}
			for _, p := range given {
				n.s.unplug(p)
			}
			return err
		}
		if fresh {
			made = append(made, p)
		} else {
			given = append(given, p)
		}
	}
	return nil
}

// known are the ids of security groups; nil for the project's default one.
func (n serverNet) known(project string, names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		g := n.s.groups.find(func(g *securityGroup) bool { return g.Project == project && (g.ID == name || g.Name == name) })
		if name == defaultGroupName {
			g = n.s.groupOf(project)
		}
		if g == nil {
			return nil, refuse(http.StatusBadRequest, "Security group %s not found.", name)
		}
		out = append(out, g.ID)
	}
	return out, nil
}

// only is the network that a server is on when nobody said which: the only one of its project or, without any, the only shared one.
func (n serverNet) only(who *token) ([]nic, error) {
	open := n.s.networks.list(func(x *network) bool { return !x.External && x.Project == who.Project })
	if len(open) == 0 {
		open = n.s.networks.list(func(x *network) bool { return !x.External && x.Shared })
	}
	switch len(open) {
	case 0:
		return nil, nil
	case 1:
		return []nic{{Network: open[0].ID}}, nil
	}
	return nil, refuse(http.StatusConflict, "Multiple possible networks found, use a Network ID to be more specific.")
}

// plugOne gives a server one port, and says whether it was made for it.
func (n serverNet) plugOne(v *server, want nic, groups []string) (p *port, fresh bool, err error) {
	if want.Port == "" {
		p, err = n.add(v, want, groups)
		return p, true, err
	}
	p = n.s.ports.get(want.Port)
	switch {
	case p == nil || p.Project != v.Project:
		return nil, false, refuse(http.StatusBadRequest, "Port id %s could not be found.", want.Port)
	case p.Device != "":
		return nil, false, refuse(http.StatusConflict, "Port %s is still in use.", p.ID)
	}
	p.Device, p.Owner, p.Host = v.ID, "compute:nova", v.Host
	n.s.touched(&p.standard)
	n.s.ports.save(p.ID)
	return p, false, nil
}

func (n serverNet) add(v *server, want nic, groups []string) (*port, error) {
	x := n.s.networks.get(want.Network)
	switch {
	case x == nil || x.Project != v.Project && !x.Shared && !x.External:
		return nil, refuse(http.StatusBadRequest, "Network %s could not be found.", want.Network)
	case x.External && x.Project != v.Project && !x.Shared:
		return nil, refuse(http.StatusForbidden, "It is not allowed to create an interface on external network %s", x.ID)
	case n.s.subnets.find(func(t *subnet) bool { return t.Network == x.ID }) == nil:
		return nil, refuse(http.StatusBadRequest, "Network %s requires a subnet in order to boot instances on.", x.ID)
	case !n.s.fitsNetQuota(v.Project, "port"):
		return nil, refuse(http.StatusForbidden, "Maximum number of ports exceeded")
	}
	p := &port{
		standard: standard{Project: v.Project, ID: newUUID(), Made: n.s.now(), Changed: n.s.now()}, Network: x.ID, Up: true, VNIC: "normal",
		Device: v.ID, Owner: "compute:nova", Host: v.Host, PortSecurity: x.PortSecurity, Groups: groups, ForServer: true,
	}
	if want.FixedIP != "" {
		p.Fixed = []fixedIP{{Address: want.FixedIP}}
	}
	if err := n.s.plug(p, want.FixedIP == "", groups == nil, nil); err != nil {
		return nil, refuse(http.StatusBadRequest, "%s", err.Error())
	}
	n.s.ports.put(p.ID, p)
	return p, nil
}

// of are a server's ports in the order of plugging; of them the one that is named, unless none is.
func (n serverNet) of(server, port string) []*port {
	return n.s.serverPorts(server, port)
}

func (s *Server) serverPorts(server, which string) []*port {
	var out []*port
	for _, id := range s.plugged[server] {
		if p := s.ports.get(id); p != nil && p.Device == server && (which == "" || p.ID == which) {
			out = append(out, p)
		}
	}
	return out
}

// unplug takes a server's ports away, and says whether there were any.
func (n serverNet) unplug(server, port string) bool {
	ports := n.of(server, port)
	for _, p := range ports {
		n.s.unplug(p)
	}
	return len(ports) > 0
}

// unplug takes a port away from its server: it goes when it was made for it, and is free otherwise.
func (s *Server) unplug(p *port) {
	if p.ForServer {
		s.dropPort(p)
		return
	}
	p.Device, p.Owner, p.Host, p.Status = "", "", "", "DOWN"
	s.touched(&p.standard)
	s.ports.save(p.ID)
}

// plugs are a server's addresses.
func (n serverNet) plugs(server string) []plugged {
	var out []plugged
	for _, p := range n.of(server, "") {
		one := plugged{Port: p.ID, Network: p.Network, MAC: p.MAC, State: p.Status}
		if x := n.s.networks.get(p.Network); x != nil {
			one.NetworkName = x.Name
		}
		for _, f := range p.Fixed {
			one.Fixed = append(one.Fixed, fixed(f))
		}
		for _, f := range n.s.floatings.all() {
			if f.Port == p.ID {
				one.Floating = append(one.Floating, f.Address)
			}
		}
		out = append(out, one)
	}
	return out
}

// groups are the names of a server's security groups, each once.
func (n serverNet) groups(server string) []string {
	var out []string
	for _, p := range n.of(server, "") {
		for _, id := range p.Groups {
			if g := n.s.groups.get(id); g != nil && !slices.Contains(out, g.Name) {
				out = append(out, g.Name)
			}
		}
	}
	return out
}

// awake brings a server's ports up, or down.
func (n serverNet) awake(server string, up bool) {
	for _, p := range n.of(server, "") {
		if p.Status = "DOWN"; up {
			p.Status = "ACTIVE"
		}
		n.s.ports.save(p.ID)
	}
}
