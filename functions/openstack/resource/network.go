package resource

import (
	"context"
	"net/netip"
)

// networkKind makes networks.
func networkKind() *neutron {
	return &neutron{
		kind: KindNetwork, one: "network", many: "networks", fields: []string{"name", "status"},
		body: func(_ context.Context, n *service, w Wish) (map[string]any, error) {
			spec, err := read[NetworkSpec](n.cloud, w)
			body := map[string]any{}
			if spec.MTU != 0 {
				body["mtu"] = spec.MTU
			}
			if spec.PortSecurity != nil {
				body["port_security_enabled"] = *spec.PortSecurity
			}
			return body, err
		},
	}
}

// subnetKind makes subnets.
func subnetKind() *neutron {
	return &neutron{kind: KindSubnet, one: "subnet", many: "subnets", fields: []string{"name", "cidr", "gateway_ip", "network_id"}, body: subnetBody}
}

func subnetBody(_ context.Context, n *service, w Wish) (map[string]any, error) {
	spec, err := read[SubnetSpec](n.cloud, w)
	if err != nil {
		return nil, err
	}
	network, err := w.id(n.cloud, spec.Network, "network")
	if err != nil {
		return nil, err
	}
	block, err := netip.ParsePrefix(spec.CIDR)
	if err != nil {
		return nil, invalid(n.cloud, "subnet %s: %q is no block of addresses such as 10.0.0.0/24", w.Item, spec.CIDR)
	}
	body := map[string]any{"network_id": network, "cidr": spec.CIDR, "ip_version": version(block.Addr())}
	switch spec.Gateway {
	case "":
	case "none":
		body["gateway_ip"] = nil
	default:
		body["gateway_ip"] = spec.Gateway
	}
	if len(spec.DNS) > 0 {
		body["dns_nameservers"] = spec.DNS
	}
	if spec.DHCP != nil {
		body["enable_dhcp"] = *spec.DHCP
	}
	if len(spec.Pools) > 0 {
		body["allocation_pools"] = spec.Pools
	}
	if routes := []map[string]string{}; len(spec.Routes) > 0 {
		for _, r := range spec.Routes {
			routes = append(routes, map[string]string{"destination": r.To, "nexthop": r.Via})
		}
		body["host_routes"] = routes
	}
	return body, nil
}

func version(a netip.Addr) int {
	if a.Is4() {
		return 4
	}
	return 6
}

// routerKind makes routers.
func routerKind() *neutron {
	return &neutron{
		kind: KindRouter, one: "router", many: "routers", fields: []string{"name", "status"},
		body: func(_ context.Context, n *service, w Wish) (map[string]any, error) {
			spec, err := read[RouterSpec](n.cloud, w)
			if err != nil || spec.External == nil {
				return map[string]any{}, err
			}
			outside, err := w.id(n.cloud, *spec.External, "external network")
			if err != nil {
				return nil, err
			}
			gateway := map[string]any{"network_id": outside}
			if spec.SNAT != nil {
				gateway["enable_snat"] = *spec.SNAT
			}
			return map[string]any{"external_gateway_info": gateway}, nil
		},
	}
}
