package openstack

import (
	"net/http"
	"net/netip"
)

// A subnet is a range of addresses on a network.
type subnet struct {
	standard

	Network     string     `json:"network_id"`
	Version     int        `json:"ip_version"`
	CIDR        string     `json:"cidr"`
	Gateway     string     `json:"gateway_ip"` // empty for none
	DHCP        bool       `json:"enable_dhcp"`
	Pools       []poolSpan `json:"allocation_pools"`
	Nameservers []any      `json:"dns_nameservers"`
	Routes      []any      `json:"host_routes"`
	RA          string     `json:"ipv6_ra_mode"`
	Mode        string     `json:"ipv6_address_mode"`
	Services    []any      `json:"service_types"`
}

// A poolSpan is the addresses that may be given, from the first to the last.
type poolSpan struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

func (s *Server) subnetCalls() *collection[subnet] {
	modes := orNothing(choice("dhcpv6-stateful", "dhcpv6-stateless", "slaac"))
	return &collection[subnet]{
		one: "subnet", many: "subnets", path: "subnets", table: s.subnets, std: (*subnet).std, gone: noSubnet, bulk: true, lax: true,
		attributes: []attribute{
			named,
			{name: "network_id", may: atPost | needed | shown, reader: uuid},
			{name: "ip_version", may: atPost | needed | shown, reader: choice(4.0, 6.0)},
			{name: "cidr", may: atPost | shown, reader: cidr},
			{name: "gateway_ip", may: everywhat, reader: orNothing(ip)},
			{name: "allocation_pools", may: changed, reader: array(64, "Invalid data format for IP pool: '%s'.", poolEntry)},
			{name: "dns_nameservers", may: changed, reader: array(16, "Invalid data format for nameserver: '%s'.", ip)},
			{name: "host_routes", may: changed, reader: array(64, "Invalid data format for hostroute: '%s'.", dictionary)},
			{name: "service_types", may: changed, reader: array(64, "Invalid data format for service types: '%s'.", text(255))},
			{name: "enable_dhcp", may: everywhat, usual: true, reader: flag},
			{name: "ipv6_ra_mode", may: atPost | shown, reader: modes},
			{name: "ipv6_address_mode", may: atPost | shown, reader: modes},
			{name: "subnetpool_id", may: shown},
			{name: "shared", may: filtered},
		},
		show: s.subnetBody, make: s.makeSubnet, change: s.changeSubnet, remove: s.removeSubnet,
		sees: func(c *call, t *subnet) bool {
			n := s.networks.get(t.Network)
			return n != nil && (n.Shared || n.Project == c.who.Project)
		},
		match: func(t *subnet, name string, values []string) (fits, mine bool, err error) {
			if name != "shared" {
				return false, false, nil
			}
			n := s.networks.get(t.Network)
			fits, err = equals(n != nil && n.Shared, &attribute{name: name}, values)
			return fits, true, err
		},
	}
}

func (s *Server) subnetBody(_ *call, t *subnet) object {
	pools := make([]any, 0, len(t.Pools))
	for _, p := range t.Pools {
		pools = append(pools, object{"start": p.Start, "end": p.End})
	}
	out := t.body()
	out["network_id"], out["ip_version"], out["cidr"], out["gateway_ip"] = t.Network, t.Version, t.CIDR, orNull(t.Gateway)
	out["enable_dhcp"], out["allocation_pools"], out["dns_nameservers"] = t.DHCP, pools, entries(t.Nameservers)
	out["host_routes"], out["service_types"], out["subnetpool_id"] = entries(t.Routes), entries(t.Services), nil
	out["ipv6_ra_mode"], out["ipv6_address_mode"] = orNull(t.RA), orNull(t.Mode)
	return out
}

func cidr(_ string, v any) (any, error) {
	word, _ := v.(string)
	p, err := netip.ParsePrefix(word)
	if err != nil {
		return nil, badInput("%s is not in a CIDR format.", python(v))
	}
	return p.Masked().String(), nil
}

func poolEntry(name string, v any) (any, error) {
	pool, _ := v.(object)
	for _, end := range []string{"start", "end"} {
		if _, err := ip(name, pool[end]); err != nil || len(pool) != 2 {
			return nil, unfit(name, "Invalid data format for IP pool: '%s'.", python(v))
		}
	}
	return pool, nil
}

// makeSubnet checks a new subnet, and works out its gateway and its pools.
func (s *Server) makeSubnet(c *call, t *subnet, in object) error {
	n, err := s.seenNetwork(c, t.Network)
	if err != nil {
		return err
	}
	if !c.who.sees(n.Project) {
		return refuse(http.StatusForbidden, "Tenant %s not allowed to create subnet on this network", c.who.Project)
	}
	if t.CIDR == "" {
		return badRequest("subnets", "a subnetpool must be specified in the absence of a cidr.")
	}
	p := netip.MustParsePrefix(t.CIDR) // cidr has read it
	if p.Addr().Is4() != (t.Version == 4) {
		return badInput("cidr '%s' does not match the ip_version '%d'.", t.CIDR, t.Version)
	}
	for _, other := range s.subnets.all() {
		if other.Network == t.Network && p.Overlaps(netip.MustParsePrefix(other.CIDR)) {
			return badInput("Requested subnet with cidr: %s for network: %s overlaps with another subnet.", t.CIDR, t.Network)
		}
	}
	if _, given := in["gateway_ip"]; !given {
		t.Gateway = usualGateway(p)
	}
	return t.allot(p, in["allocation_pools"] != nil)
}

// allot checks the pools, or works them out.
func (t *subnet) allot(p netip.Prefix, given bool) error {
	if !given {
		t.Pools = usualPools(p, t.Gateway)
		return nil
	}
	gateway, _ := netip.ParseAddr(t.Gateway)
	for _, span := range t.Pools {
		from, to := span.bounds()
		switch {
		case to.Less(from):
			return refuseAs(http.StatusBadRequest, "InvalidAllocationPool", "The allocation pool %s-%s is not valid.", span.Start, span.End)
		case !p.Contains(from) || !p.Contains(to):
			return refuseAs(http.StatusBadRequest, "OutOfBoundsAllocationPool",
				"The allocation pool %s-%s spans beyond the subnet cidr %s.", span.Start, span.End, t.CIDR)
		case gateway.IsValid() && !gateway.Less(from) && !to.Less(gateway):
			return refuseAs(http.StatusConflict, "GatewayConflictWithAllocationPools",
				"Gateway ip %s conflicts with allocation pool %s-%s.", t.Gateway, span.Start, span.End)
		}
	}
	return nil
}

func (s *Server) changeSubnet(_ *call, old, t *subnet, in object) error {
	p := netip.MustParsePrefix(t.CIDR)
	if _, given := in["gateway_ip"]; given && in["gateway_ip"] == nil {
		t.Gateway = ""
	}
	if t.Gateway != old.Gateway && s.taken[t.ID][addr(old.Gateway)] {
		return refuseAs(http.StatusConflict, "GatewayIpInUse", "Current gateway ip %s already in use by port. Unable to update.", old.Gateway)
	}
	return t.allot(p, true)
}

// removeSubnet refuses to remove a subnet whose addresses are in use.
func (s *Server) removeSubnet(_ *call, t *subnet) error {
	for _, p := range s.ports.all() {
		if p.Owner != ownerDHCP && p.on(t.ID) {
			return refuseAs(http.StatusConflict, "SubnetInUse", "Unable to complete operation on subnet %s: One or more ports have an IP "+
				"allocation from this subnet.", t.ID)
		}
	}
	s.dropSubnet(t)
	return nil
}

func (s *Server) dropSubnet(t *subnet) {
	s.subnets.drop(t.ID)
	delete(s.taken, t.ID)
	delete(s.last, t.ID)
}
