package resource

import (
	"cmp"
	"context"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// routerPortKind joins subnets to routers. Neutron would make the port itself when it is asked to join a subnet, but without a mark: so the port is made
// first, with one, and then joined.
func routerPortKind() *neutron {
	return &neutron{
		kind: KindRouterPort, one: "port", many: "ports", fields: []string{"name", "status", "device_id", "device_owner", "fixed_ips"},
		body: routerPortBody, finish: join, lacks: unjoined, remove: part,
	}
}

func routerPortBody(ctx context.Context, n *service, w Wish) (map[string]any, error) {
	spec, err := read[RouterPortSpec](n.cloud, w)
	if err != nil {
		return nil, err
	}
	if _, err := w.id(n.cloud, spec.Router, "router"); err != nil {
		return nil, err
	}
	id, err := w.id(n.cloud, spec.Subnet, "subnet")
	if err != nil {
		return nil, err
	}
	var subnet struct{ Subnet neutronThing }
	if err := n.get(ctx, &subnet, "subnets", id); err != nil {
		return nil, err
	}
	address := cmp.Or(spec.Address, subnet.Subnet.Gateway)
	if address == "" {
		return nil, invalid(n.cloud, "%s: the subnet has no gateway address, so the router's address must be given", w.Item)
	}
	return map[string]any{
		"network_id": subnet.Subnet.Network, "fixed_ips": []map[string]string{{"subnet_id": id, "ip_address": address}},
	}, nil
}

// join gives the port to the router. Asked for a second time, after a lost answer, Neutron says that the port is in use: by the router, then.
func join(ctx context.Context, n *service, w Wish, made neutronThing) error {
	spec, err := read[RouterPortSpec](n.cloud, w)
	if err != nil {
		return err
	}
	router, err := w.id(n.cloud, spec.Router, "router")
	if err != nil {
		return err
	}
	err = n.put(ctx, map[string]string{"port_id": made.ID}, "routers", router, "add_router_interface")
	if cloud.Is(err, cloud.Conflict) {
		var port struct{ Port neutronThing }
		if n.get(ctx, &port, "ports", made.ID) == nil && port.Port.Device == router {
			return nil
		}
	}
	return err
}

// part takes the port from its router, by which it goes; one that never was joined is deleted.
func part(ctx context.Context, n *service, id string) error {
	var port struct{ Port neutronThing }
	err := n.get(ctx, &port, "ports", id)
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if port.Port.Device == "" {
		return n.remove(ctx, "ports", id)
	}
	err = n.put(ctx, map[string]string{"port_id": id}, "routers", port.Port.Device, "remove_router_interface")
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	return err
}

func unjoined(one neutronThing) string {
	if one.Device == "" {
		return "the port was made and not joined to the router"
	}
	return ""
}
