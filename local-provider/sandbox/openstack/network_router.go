package openstack

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// A router leads from a project's subnets to one another and, with a gateway, out.
type router struct {
	standard

	Up          bool     `json:"admin_state_up"`
	Gateway     *gateway `json:"external_gateway_info"`
	Routes      []any    `json:"routes"`
	Distributed bool     `json:"distributed"`
	HA          bool     `json:"ha"`
	Zones       []any    `json:"availability_zone_hints"`
}

// A gateway is a router's way out.
type gateway struct {
	Network string    `json:"network_id"`
	Fixed   []fixedIP `json:"external_fixed_ips"`
	SNAT    *bool     `json:"enable_snat"`
	Port    string    `json:"port"`
}

func (s *Server) routerCalls() *collection[router] {
	return &collection[router]{
		one: "router", many: "routers", path: "routers", table: s.routers, std: (*router).std, gone: noRouter,
		attributes: []attribute{
			named,
			{name: "admin_state_up", may: everywhat, usual: true, reader: flag},
			{name: "status", may: sorted},
			{name: "external_gateway_info", may: changed, reader: orNothing(gatewayEntry)},
			{name: "routes", may: atPut, reader: array(64, "Invalid data format for hostroute: '%s'.", dictionary)},
			{name: "distributed", may: changed | byAdmin, reader: orNothing(flag)},
			{name: "ha", may: changed | byAdmin, reader: orNothing(flag)},
			{name: "flavor_id", may: sorted},
			{name: "availability_zones"},
			{name: "availability_zone_hints", may: atPost, reader: array(16, "Invalid data format for availability zone hints: '%s'.", text(255))},
		},
		show: s.routerBody, make: s.makeRouter, change: s.changeRouter, remove: s.removeRouter,
	}
}

func gatewayEntry(name string, v any) (any, error) {
	in, fits := v.(object)
	if !fits {
		return nil, unfit(name, "'%s' is not a dictionary.", python(v))
	}
	if len(in) == 0 {
		return nil, nil
	}
	if _, err := uuid(name, in["network_id"]); err != nil {
		return nil, err
	}
	for key, x := range in {
		var err error
		switch key {
		case "network_id":
		case "enable_snat":
			in[key], err = flag(key, x)
		case "external_fixed_ips":
			_, err = array(16, "Invalid data format for fixed IP: '%s'.", fixedEntry)(key, x)
		default:
			err = unfit(name, "Unexpected keys supplied: %s", key)
		}
		if err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (s *Server) routerBody(c *call, r *router) object {
	out := r.body()
	out["admin_state_up"], out["status"], out["routes"], out["flavor_id"] = r.Up, "ACTIVE", entries(r.Routes), nil
	out["availability_zones"], out["availability_zone_hints"] = s.zonesOf(r.Gateway != nil), entries(r.Zones)
	out["external_gateway_info"] = nil
	if g := r.Gateway; g != nil {
		out["external_gateway_info"] = object{
			"network_id": g.Network, "external_fixed_ips": g.Fixed, "enable_snat": g.SNAT == nil || *g.SNAT,
		}
	}
	if c.who.admin() {
		out["distributed"], out["ha"] = r.Distributed, r.HA
	}
	return out
}

func (s *Server) makeRouter(c *call, r *router, in object) error {
	r.Revision = 1
	if r.Gateway == nil {
		return nil
	}
	if err := gatewayRights(c, in["external_gateway_info"], "create"); err != nil {
		return err
	}
	return s.openGateway(c, r)
}

// gatewayRights refuses what only an admin may say about a way out.
func gatewayRights(c *call, v any, verb string) error {
	in, _ := v.(object)
	for _, name := range []string{"enable_snat", "external_fixed_ips"} {
		if in[name] != nil && !c.who.admin() {
			rule := "rule:" + verb + "_router"
			return unruled("(" + rule + " and (" + rule + ":external_gateway_info and (" + rule + ":external_gateway_info:network_id and " +
				rule + ":external_gateway_info:" + name + ")))")
		}
	}
	return nil
}

// openGateway gives a router its port on the network outside.
func (s *Server) openGateway(c *call, r *router) error {
	g := r.Gateway
	n, err := s.seenNetwork(c, g.Network)
	if err != nil {
		return err
	}
	if !n.External {
		return badRequest("router", "Network %s is not an external network.", n.ID)
	}
	p, err := s.addPort(&port{Network: n.ID, Device: r.ID, Owner: ownerGateway, Fixed: g.Fixed}, len(g.Fixed) == 0)
	if err != nil {
		return err
	}
	p.Status = "ACTIVE"
	g.Fixed, g.Port = p.Fixed, p.ID
	r.Revision += 2
	return nil
}

func (s *Server) changeRouter(c *call, old, r *router, in object) error {
	want, given := in["external_gateway_info"]
	if !given {
		return nil
	}
	if err := gatewayRights(c, want, "update"); err != nil {
		return err
	}
	if old.Gateway != nil {
		if want != nil && r.Gateway.Network == old.Gateway.Network {
			r.Gateway.Fixed, r.Gateway.Port = old.Gateway.Fixed, old.Gateway.Port
			return nil
		}
		if s.floatings.find(func(f *floatingIP) bool { return f.Router == r.ID }) != nil {
			return refuseAs(http.StatusConflict, "RouterExternalGatewayInUseByFloatingIp", "Gateway cannot be updated for router %s, since a "+
				"gateway to external network %s is required by one or more floating IPs.", r.ID, old.Gateway.Network)
		}
	}
	r.Gateway = nil
	if want != nil {
		r.Gateway = &gateway{}
		if err := fill(r.Gateway, want.(object)); err != nil { //nolint:forcetypeassert // gatewayEntry has read it
			return err
		}
		if err := s.openGateway(c, r); err != nil {
			return err
		}
	}
	if old.Gateway != nil {
		s.dropGateway(old)
	}
	return nil
}

func (s *Server) dropGateway(r *router) {
	if p := s.ports.get(r.Gateway.Port); p != nil {
		s.dropPort(p)
	}
}

func (s *Server) interfaces(router string) []*port {
	return s.ports.list(func(p *port) bool { return p.Device == router && p.Owner == ownerInterface })
}

// removeRouter refuses to remove a router that still leads somewhere inside.
func (s *Server) removeRouter(_ *call, r *router) error {
	var left []string
	for _, p := range s.interfaces(r.ID) {
		left = append(left, p.ID)
	}
	if left != nil {
		slices.Sort(left)
		return refuseAs(http.StatusConflict, "RouterInUse", "Router %s has ports still attached: %s", r.ID, strings.Join(left, ", "))
	}
	if r.Gateway != nil {
		s.dropGateway(r)
	}
	return nil
}

// overlapping is a subnet that a router already leads to, and whose addresses a new one has, too.
func (s *Server) overlapping(router string, t *subnet) *subnet {
	for _, p := range s.interfaces(router) {
		for _, f := range p.Fixed {
			other := s.subnets.get(f.Subnet)
			if other != nil && other.ID != t.ID && netip.MustParsePrefix(other.CIDR).Overlaps(netip.MustParsePrefix(t.CIDR)) {
				return other
			}
		}
	}
	return nil
}
