package openstack

import (
	"net/http"
	"slices"
)

// A floatingIP is an address outside that can lead to a port inside.
type floatingIP struct {
	standard

	Network string `json:"floating_network_id"`
	Address string `json:"floating_ip_address"`
	Subnet  string `json:"subnet_id"`
	Port    string `json:"port_id"`          // where it leads; empty for nowhere
	Fixed   string `json:"fixed_ip_address"` // the port's address
	Router  string `json:"router_id"`
	Status  string `json:"status"`
	Own     string `json:"own"` // the port that holds the address
}

func (s *Server) floatingCalls() *collection[floatingIP] {
	return &collection[floatingIP]{
		one: "floatingip", many: "floatingips", path: "floatingips", table: s.floatings, std: (*floatingIP).std, gone: noFloating, lax: true,
		attributes: []attribute{
			{name: "floating_network_id", may: atPost | needed | shown, reader: uuid},
			{name: "floating_ip_address", may: atPost | shown | byAdmin, reader: orNothing(ip)},
			{name: "subnet_id", may: atPost, reader: orNothing(uuid)},
			{name: "port_id", may: changed | filtered, reader: orNothing(uuid)},
			{name: "fixed_ip_address", may: everywhat, reader: orNothing(ip)},
			{name: "router_id", may: shown},
			{name: "status", may: shown},
			{name: "port_details"},
		},
		show: s.floatingBody, make: s.makeFloating, change: s.changeFloating, remove: s.removeFloating,
	}
}

func (s *Server) floatingBody(_ *call, f *floatingIP) object {
	out := f.body()
	delete(out, "name")
	out["floating_network_id"], out["floating_ip_address"], out["status"] = f.Network, f.Address, f.Status
	out["port_id"], out["fixed_ip_address"], out["router_id"] = orNull(f.Port), orNull(f.Fixed), orNull(f.Router)
	out["port_details"] = nil
	if p := s.ports.get(f.Port); p != nil {
		out["port_details"] = object{
			"name": p.Name, "network_id": p.Network, "mac_address": p.MAC, "admin_state_up": p.Up, "status": p.Status,
			"device_id": p.Device, "device_owner": p.Owner,
		}
	}
	return out
}

func (s *Server) makeFloating(c *call, f *floatingIP, _ object) error {
	n, err := s.seenNetwork(c, f.Network)
	if err != nil {
		return err
	}
	if !n.External {
		return badRequest("floatingip", "Network %s is not a valid external network.", n.ID)
	}
	p := &port{Network: n.ID, Device: f.ID, Owner: ownerFloating}
	if f.Address != "" || f.Subnet != "" {
		p.Fixed = []fixedIP{{Subnet: f.Subnet, Address: f.Address}}
	}
	if p, err = s.addPort(p, p.Fixed == nil); err != nil {
		return err
	}
	p.Status = "N/A"
	f.Own, f.Status = p.ID, "DOWN"
	if i := slices.IndexFunc(p.Fixed, func(x fixedIP) bool { return addr(x.Address).Is4() }); i >= 0 {
		f.Address = p.Fixed[i].Address
	}
	if err := s.associate(c, f); err != nil {
		s.dropPort(p)
		return err
	}
	return nil
}

func (s *Server) changeFloating(c *call, old, f *floatingIP, in object) error {
	if f.Port != old.Port && in["fixed_ip_address"] == nil {
		f.Fixed = ""
	}
	return s.associate(c, f)
}

// associate leads a floating IP to its port, by the router that has both the port's subnet and the way out.
func (s *Server) associate(c *call, f *floatingIP) error {
	if f.Port == "" {
		f.Fixed, f.Router, f.Status = "", "", "DOWN"
		return nil
	}
	p := s.ports.get(f.Port)
	if p == nil || !c.who.sees(p.Project) {
		return noPort(f.Port)
	}
	at := slices.IndexFunc(p.Fixed, func(x fixedIP) bool { return addr(x.Address).Is4() && (f.Fixed == "" || f.Fixed == x.Address) })
	if at < 0 {
		return badRequest("floatingip", "Cannot add floating IP to port %s that has no fixed IPv4 addresses.", p.ID)
	}
	f.Fixed = p.Fixed[at].Address
	if other := s.floatings.find(func(o *floatingIP) bool {
		return o.ID != f.ID && o.Port == f.Port && o.Fixed == f.Fixed && o.Network == f.Network
	}); other != nil {
		return refuseAs(http.StatusConflict, "FloatingIPPortAlreadyAssociated", "Cannot associate floating IP %s (%s) with port %s using fixed "+
			"IP %s, as that fixed IP already has a floating IP on external network %s.", f.Address, f.ID, p.ID, f.Fixed, f.Network)
	}
	r := s.wayOut(p.Fixed[at].Subnet, f.Network)
	if r == nil {
		return refuseAs(http.StatusNotFound, "ExternalGatewayForFloatingIPNotFound", "External network %s is not reachable from subnet %s.  "+
			"Therefore, cannot associate Port %s with a Floating IP.", f.Network, p.Fixed[at].Subnet, p.ID)
	}
	f.Router, f.Status = r.ID, "ACTIVE"
	return nil
}

// wayOut is the router that leads from a subnet to a network outside, nil for none.
func (s *Server) wayOut(subnet, network string) *router {
	return s.routers.find(func(r *router) bool {
		return r.Gateway != nil && r.Gateway.Network == network &&
			slices.ContainsFunc(s.interfaces(r.ID), func(p *port) bool { return p.on(subnet) })
	})
}

func (s *Server) removeFloating(_ *call, f *floatingIP) error {
	if p := s.ports.get(f.Own); p != nil {
		s.dropPort(p)
	}
	return nil
}
