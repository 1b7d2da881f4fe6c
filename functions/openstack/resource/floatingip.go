package resource

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// floatingIPKind makes floating addresses, each leading to a server's port from the moment it is made.
func floatingIPKind() *neutron {
	return &neutron{
		kind: KindFloatingIP, one: "floatingip", many: "floatingips", body: floatingIPBody,
		fields: []string{"status", "floating_ip_address", "fixed_ip_address", "port_id"},
	}
}

func floatingIPBody(ctx context.Context, n *service, w Wish) (map[string]any, error) {
	spec, err := read[FloatingIPSpec](n.cloud, w)
	if err != nil {
		return nil, err
	}
	outside, err := w.id(n.cloud, spec.External, "external network")
	if err != nil {
		return nil, err
	}
	server, err := w.id(n.cloud, spec.Server, "server")
	if err != nil {
		return nil, err
	}
	network := ""
	if spec.Network != nil {
		if network, err = w.id(n.cloud, *spec.Network, "network"); err != nil {
			return nil, err
		}
	}
	port, err := firstPort(ctx, n, server, network)
	if err != nil {
		return nil, err
	}
	return map[string]any{"floating_network_id": outside, "port_id": port}, nil
}

// firstPort is a server's port on a network, the oldest where there are several; of any network where none is named.
func firstPort(ctx context.Context, n *service, server, network string) (string, error) {
	query := url.Values{"device_id": {server}, "fields": {"id", "created_at", "fixed_ips"}}
	if network != "" {
		query.Set("network_id", network)
	}
	var ports []neutronThing
	err := each(ctx, n, query, "ports", func(p neutronThing) string { return p.ID }, func(p neutronThing) { ports = append(ports, p) }, "ports")
	if err != nil {
		return "", err
	}
	if len(ports) == 0 {
		return "", n.fault(cloud.Conflict, "the server has no port there yet")
	}
	first := slices.MinFunc(ports, func(a, b neutronThing) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return first.ID, nil
}
