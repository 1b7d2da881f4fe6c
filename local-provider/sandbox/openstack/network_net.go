package openstack

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// A network is a layer-2 domain of a project's.
type network struct {
	standard

	Up           bool   `json:"admin_state_up"`
	Shared       bool   `json:"shared"`
	External     bool   `json:"router:external"`
	Default      bool   `json:"is_default"`
	MTU          int    `json:"mtu"`
	PortSecurity bool   `json:"port_security_enabled"`
	Type         string `json:"provider:network_type"`
	Physical     string `json:"provider:physical_network"`
	Segment      int    `json:"provider:segmentation_id"`
	Zones        []any  `json:"availability_zone_hints"`
}

// usualMTU is what a network has when nobody says otherwise.
const usualMTU = 1500

func (s *Server) networkCalls() *collection[network] {
	return &collection[network]{
		one: "network", many: "networks", path: "networks", table: s.networks, std: (*network).std, gone: noNetwork, bulk: true,
		attributes: []attribute{
			named,
			{name: "admin_state_up", may: everywhat, usual: true, reader: flag},
			{name: "status", may: shown},
			{name: "subnets"},
			{name: "shared", may: changed | filtered | byAdmin, usual: false, reader: flag},
			{name: "router:external", may: changed | filtered | byAdmin, usual: false, reader: flag},
			{name: "is_default", may: changed | filtered | byAdmin, usual: false, reader: flag},
			{name: "mtu", may: everywhat, usual: 0.0, reader: integer},
			{name: "port_security_enabled", may: changed, usual: true, reader: flag},
			{name: "provider:network_type", may: changed | filtered | byAdmin, reader: text(32)},
			{name: "provider:physical_network", may: changed | filtered | byAdmin, reader: text(64)},
			{name: "provider:segmentation_id", may: changed | filtered | byAdmin, reader: integer},
			{name: "availability_zone_hints", may: atPost, reader: array(16, "Invalid data format for availability zone hints: '%s'.", text(255))},
			{name: "availability_zones"},
			{name: "ipv4_address_scope"},
			{name: "ipv6_address_scope"},
		},
		show: s.networkBody, sees: func(_ *call, n *network) bool { return n.Shared || n.External },
		before: s.defaultGroup, make: s.makeNetwork, remove: s.removeNetwork,
	}
}

func (s *Server) networkBody(c *call, n *network) object {
	subnets := []string{}
	for _, t := range s.subnets.all() {
		if t.Network == n.ID {
			subnets = append(subnets, t.ID)
		}
	}
	slices.Sort(subnets)
	out := n.body()
	out["admin_state_up"], out["mtu"], out["status"], out["subnets"] = n.Up, n.MTU, "ACTIVE", subnets
	out["shared"], out["router:external"], out["port_security_enabled"] = n.Shared, n.External, n.PortSecurity
	out["availability_zone_hints"], out["availability_zones"] = entries(n.Zones), s.zonesOf(len(subnets) > 0)
	out["ipv4_address_scope"], out["ipv6_address_scope"] = nil, nil
	if n.External || c.r.Method == http.MethodPost {
		out["is_default"] = n.Default
	}
	if c.who.admin() {
		out["provider:network_type"] = n.Type
		out["provider:physical_network"], out["provider:segmentation_id"] = orNull(n.Physical), orNull(n.Segment)
	}
	return out
}

// entries is a list that is never null.
func entries(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}

// orNull is a value, or null when it is none.
func orNull[T comparable](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

func (s *Server) makeNetwork(_ *call, n *network, _ object) error {
	n.Revision = 1
	n.MTU = cmp.Or(n.MTU, usualMTU)
	if n.Type == "" {
		n.Type = "vxlan"
		n.Segment = s.networks.last + 1
	}
	return nil
}

// removeNetwork refuses to remove a network on which something is left.
func (s *Server) removeNetwork(_ *call, n *network) error {
	var left []string
	for _, p := range s.ports.all() {
		if p.Network == n.ID && p.Owner != ownerDHCP {
			left = append(left, p.ID)
		}
	}
	if left != nil {
		slices.Sort(left)
		return refuseAs(http.StatusConflict, "NetworkInUse", "Unable to complete operation on network %s. There are one or more ports "+
			"still in use on the network, id for these ports is: %s.", n.ID, strings.Join(left, ","))
	}
	for _, t := range s.subnets.list(func(t *subnet) bool { return t.Network == n.ID }) {
		s.dropSubnet(t)
	}
	return nil
}

// seenNetwork is a network that the caller sees, 404 for any other.
func (s *Server) seenNetwork(c *call, id string) (*network, error) {
	n := s.networks.get(id)
	if n == nil || !c.who.sees(n.Project) && !n.Shared && !n.External {
		return nil, noNetwork(id)
	}
	return n, nil
}
