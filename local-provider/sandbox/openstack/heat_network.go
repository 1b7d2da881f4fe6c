package openstack

import (
	"net/http"
	"strings"
)

// standardAttributes are what every resource of Neutron's tells.
var standardAttributes = []string{
	"id", "name", "status", "admin_state_up", "tenant_id", "project_id", "description", "created_at", "updated_at", "show",
}

func attrs(more ...string) []string {
	return append(append([]string{}, standardAttributes...), more...)
}

var (
	netPart      = cloudPart{networkOf, "/networks", "network"}
	subnetPart   = cloudPart{networkOf, "/subnets", "subnet"}
	portPart     = cloudPart{networkOf, "/ports", "port"}
	routerPart   = cloudPart{networkOf, "/routers", "router"}
	floatingPart = cloudPart{networkOf, "/floatingips", "floatingip"}
	groupPart    = cloudPart{networkOf, "/security-groups", "security_group"}
)

// The types of resources that Neutron makes.
var (
	netKind = netPart.kind(
		said("name", "admin_state_up:boolean", "shared:boolean", "port_security_enabled:boolean", "tags:list", "value_specs:map", "tenant_id"),
		attrs("subnets", "mtu", "port_security_enabled", "segments", "router:external", "shared"),
		func(_ *Server, _ *call, r *stackResource) (object, error) {
			return r.withName("admin_state_up", "shared", "port_security_enabled"), nil
		})
	subnetKind = subnetPart.kind(
		said("network", "network_id", "cidr", "ip_version:number", "gateway_ip", "enable_dhcp:boolean", "dns_nameservers:list",
			"allocation_pools:list", "host_routes:list", "name", "value_specs:map", "tags:list", "ipv6_ra_mode", "ipv6_address_mode", "tenant_id"),
		attrs("network_id", "cidr", "gateway_ip", "allocation_pools", "dns_nameservers", "host_routes", "enable_dhcp", "ip_version"),
		func(s *Server, c *call, r *stackResource) (object, error) {
			out := r.withName("cidr", "enable_dhcp", "dns_nameservers", "allocation_pools", "host_routes", "ipv6_ra_mode", "ipv6_address_mode")
			out["ip_version"] = r.text("ip_version", "4")
			if v, given := r.Properties["gateway_ip"]; given {
				if out["gateway_ip"] = v; v == "" {
					out["gateway_ip"] = nil
				}
			}
			id, err := r.resolved(s, c, findNetwork, "network", "network_id")
			out["network_id"] = id
			return out, err
		})
	portKind = portPart.kind(
		said("network", "network_id", "fixed_ips:list", "security_groups:list", "name", "admin_state_up:boolean", "mac_address", "device_id",
			"device_owner", "port_security_enabled:boolean", "allowed_address_pairs:list", "value_specs:map", "tags:list", "binding:vnic_type"),
		attrs("network_id", "fixed_ips", "mac_address", "device_id", "device_owner", "security_groups", "port_security_enabled",
			"allowed_address_pairs", "subnets", "network"),
		portOf)
	routerKind = routerPart.kind(
		said("name", "external_gateway_info:map", "admin_state_up:boolean", "distributed:boolean", "ha:boolean", "value_specs:map", "tags:list"),
		attrs("external_gateway_info"), routerOf)
	floatingKind = floatingPart.kind(
		said("floating_network!", "floating_network_id", "port_id", "fixed_ip_address", "floating_ip_address", "floating_subnet", "value_specs:map"),
		attrs("floating_ip_address", "floating_network_id", "fixed_ip_address", "port_id", "router_id"),
		func(s *Server, c *call, r *stackResource) (object, error) {
			out := r.copied("port_id", "fixed_ip_address", "floating_ip_address")
			id, err := r.resolved(s, c, findNetwork, "floating_network", "floating_network_id")
			out["floating_network_id"] = id
			return out, err
		})
	groupKind = &resourceKind{
		properties: said("name", "description", "rules:list"), attributes: attrs(), look: groupPart.look, remove: groupPart.remove,
		gone: groupPart.gone, start: startGroup,
	}
	interfaceKind = &resourceKind{
		properties: said("router!", "router_id", "subnet", "subnet_id", "port", "port_id"), attributes: []string{"show"},
		start: startInterface, remove: removeInterface,
	}
)

func portOf(s *Server, c *call, r *stackResource) (object, error) {
	out := r.withName("admin_state_up", "mac_address", "device_id", "device_owner", "port_security_enabled", "allowed_address_pairs",
		"binding:vnic_type")
	id, err := r.resolved(s, c, findNetwork, "network", "network_id")
	if err != nil {
		return nil, err
	}
	out["network_id"] = id
	var addresses []any
	for _, f := range r.entriesOf("fixed_ips") {
		one := object{}
		if f["ip_address"] != nil {
			one["ip_address"] = f["ip_address"]
		}
		if name := firstGiven(f, "subnet", "subnet_id"); name != "" {
			if one["subnet_id"], err = findSubnet(s, c, name); err != nil {
				return nil, r.fails("StackValidationFailed", err.Error())
			}
		}
		addresses = append(addresses, one)
	}
	if addresses != nil {
		out["fixed_ips"] = addresses
	}
	groups, given := r.Properties["security_groups"].([]any)
	if given {
		ids := []any{}
		for _, x := range groups {
			name := pythonPlain(x)
			g := s.groups.find(func(g *securityGroup) bool { return (g.ID == name || g.Name == name) && g.Project == c.who.Project })
			if g == nil {
				return nil, r.fails("PhysicalResourceNameNotFound", "The security group "+name+" could not be found.")
			}
			ids = append(ids, g.ID)
		}
		out["security_groups"] = ids
	}
	return out, nil
}

func routerOf(s *Server, c *call, r *stackResource) (object, error) {
	out := r.withName("admin_state_up", "distributed", "ha")
	g, _ := r.Properties["external_gateway_info"].(object)
	if name := firstGiven(g, "network", "network_id"); name != "" {
		id, err := findNetwork(s, c, name)
		if err != nil {
			return nil, r.fails("StackValidationFailed", err.Error())
		}
		way := object{"network_id": id}
		for _, key := range []string{"enable_snat", "external_fixed_ips"} {
			if g[key] != nil {
				way[key] = g[key]
			}
		}
		out["external_gateway_info"] = way
	}
	return out, nil
}

// startGroup makes a security group, and then its rules.
func startGroup(s *Server, c *call, _ *stack, r *stackResource) error {
	if _, err := groupPart.post(s, c, r, r.withName("description")); err != nil {
		return err
	}
	for _, rule := range r.entriesOf("rules") {
		body := object{"security_group_id": r.Physical, "direction": "ingress"}
		for key, v := range rule {
			if key != "remote_mode" && v != nil {
				body[key] = v
			}
		}
		if rule["remote_mode"] == "remote_group_id" && rule["remote_group_id"] == nil {
			body["remote_group_id"] = r.Physical
		}
		if _, err := s.inside(c, s.network, http.MethodPost, "/security-group-rules", object{"security_group_rule": body}); err != nil {
			failed := s.clientFailure(s.network, r, err)
			_ = groupPart.remove(s, c, r)
			return failed
		}
	}
	return nil
}

// startInterface joins a router with a subnet; the resource is called by both.
func startInterface(s *Server, c *call, _ *stack, r *stackResource) error {
	name := r.text("router", r.text("router_id", ""))
	at := s.routers.find(func(x *router) bool { return x.ID == name || x.Name == name && c.who.sees(x.Project) })
	if at == nil {
		return r.fails("NotFound", "Unable to find router with name or id '"+name+"'")
	}
	body := object{}
	var label string
	if id := r.text("port", r.text("port_id", "")); id != "" {
		body["port_id"], label = id, ":port_id="+id
	} else {
		id, err := r.resolved(s, c, findSubnet, "subnet", "subnet_id")
		if err != nil {
			return err
		}
		body["subnet_id"], label = id, ":subnet_id="+id
	}
	if _, err := s.inside(c, s.network, http.MethodPut, "/routers/"+at.ID+"/add_router_interface", body); err != nil {
		return s.clientFailure(s.network, r, err)
	}
	r.Physical = at.ID + label
	return nil
}

func removeInterface(s *Server, c *call, r *stackResource) error {
	at, rest, _ := strings.Cut(r.Physical, ":")
	key, id, _ := strings.Cut(rest, "=")
	_, err := s.inside(c, s.network, http.MethodPut, "/routers/"+at+"/remove_router_interface", object{key: id})
	return err
}
