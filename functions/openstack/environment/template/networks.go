package template

import (
	"net/netip"
	"strconv"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/config"
)

func (x *expansion) networks() error {
	x.ways = make(map[string][]string)
	for _, n := range x.t.networks {
		if err := x.network(n); err != nil {
			return err
		}
	}
	return nil
}

func (x *expansion) network(n network) error {
	mtu, err := n.mtu.number(x.env, 0, 68, 65535)
	if err != nil {
		return err
	}
	key := netKey(n.name)
	if err := x.add(Item{Key: key, Kind: resource.KindNetwork, Name: x.name(n.name)}, resource.NetworkSpec{MTU: mtu, PortSecurity: n.portSecurity}); err != nil {
		return err
	}
	external, err := n.router.word(x.env)
	if err != nil {
		return err
	}
	if external != "" {
		if err := x.add(Item{Key: routerKey(n.name), Kind: resource.KindRouter, Name: x.name(n.name, "router")},
			resource.RouterSpec{External: &resource.Ref{Name: external}}); err != nil {
			return err
		}
	}
	for i, s := range n.subnets {
		if err := x.subnet(n, s, i+1, external != ""); err != nil {
			return err
		}
	}
	return nil
}

func (x *expansion) subnet(n network, s subnet, number int, routed bool) error {
	spec := resource.SubnetSpec{Network: resource.Ref{Item: netKey(n.name)}, DHCP: s.dhcp}
	cidr, err := s.cidr.word(x.env)
	if err != nil {
		return err
	}
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || prefix.Masked() != prefix {
		return config.Misplaced(s.line, "%.40q is not a network such as 10.0.0.0/24", cidr)
	}
	spec.CIDR = prefix.String()
	if spec.Gateway, err = s.gateway.word(x.env); err != nil {
		return err
	}
	if at, err := netip.ParseAddr(spec.Gateway); spec.Gateway != "" && spec.Gateway != "none" && (err != nil || !prefix.Contains(at)) {
		return config.Misplaced(s.line, "gateway: %.40q is not an address of %s, and not none", spec.Gateway, prefix)
	}
	if spec.DNS, err = words(s.dns, x.env); err != nil {
		return err
	}
	for _, server := range spec.DNS {
		if _, err := netip.ParseAddr(server); err != nil {
			return config.Misplaced(s.line, "dns: %.40q is not an address", server)
		}
	}
	key := netKey(n.name) + ".subnet" + strconv.Itoa(number)
	if err := x.add(Item{Key: key, Kind: resource.KindSubnet, Name: x.name(n.name, strconv.Itoa(number)), Needs: []string{netKey(n.name)}}, spec); err != nil {
		return err
	}
	x.ways[n.name] = append(x.ways[n.name], key)
	if !routed || spec.Gateway == "none" {
		return nil
	}
	port := netKey(n.name) + ".port" + strconv.Itoa(number)
	x.ways[n.name] = append(x.ways[n.name], port)
	return x.add(Item{Key: port, Kind: resource.KindRouterPort, Name: x.name(n.name, "port", strconv.Itoa(number)), Needs: []string{routerKey(n.name), key}},
		resource.RouterPortSpec{Router: resource.Ref{Item: routerKey(n.name)}, Subnet: resource.Ref{Item: key}})
}
