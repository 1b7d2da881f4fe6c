package openstack

import (
	"net/http"
	"strconv"
)

// netExtensions are the extensions whose parts are served, by alias.
var netExtensions = [][2]string{
	{"agent", "agent"},
	{"allowed-address-pairs", "Allowed Address Pairs"},
	{"availability_zone", "Availability Zone"},
	{"binding", "Port Binding"},
	{"dvr", "Distributed Virtual Router"},
	{"empty-string-filtering", "Empty String Filtering Extension"},
	{"ext-gw-mode", "Neutron L3 Configurable external gateway mode"},
	{"external-net", "Neutron external network"},
	{"extra_dhcp_opt", "Neutron Extra DHCP options"},
	{"extraroute", "Neutron Extra Route"},
	{"filter-validation", "Filter parameters validation"},
	{"fip-port-details", "Floating IP Port Details Extension"},
	{"ip-substring-filtering", "IP address substring filtering"},
	{"l3-ha", "HA Router extension"},
	{"net-mtu", "Network MTU"},
	{"net-mtu-writable", "Network MTU (writable)"},
	{"network_availability_zone", "Network Availability Zone"},
	{"pagination", "Pagination support"},
	{"port-security", "Port Security"},
	{"port-security-groups-filtering", "Port filtering on security groups"},
	{"project-id", "project_id field enabled"},
	{"provider", "Provider Network"},
	{"quota_details", "Quota details management support"},
	{"quotas", "Quota management support"},
	{"router", "Neutron L3 Router"},
	{"router_availability_zone", "Router Availability Zone"},
	{"security-group", "security-group"},
	{"security-groups-normalized-cidr", "Normalized CIDR field for security group rules"},
	{"sorting", "Sorting support"},
	{"standard-attr-description", "standard-attr-description"},
	{"standard-attr-revisions", "Resource revision numbers"},
	{"standard-attr-tag", "Tag support for resources with standard attribute: port, subnet, subnetpool, network, router, floatingip, " +
		"policy, security_group"},
	{"standard-attr-timestamp", "Resource timestamps"},
	{"stateful-security-group", "Stateful security group"},
	{"subnet-service-types", "Subnet service types"},
}

func extensionBody(e [2]string) object {
	return object{
		"alias": e[0], "name": e[1], "description": e[1] + ".", "updated": "2016-01-01T00:00:00-00:00", "links": []object{},
	}
}

func (s *Server) extensionCalls() {
	s.handle(s.network, "GET /extensions", func(*call) (answer, error) {
		out := make([]object, 0, len(netExtensions))
		for _, e := range netExtensions {
			out = append(out, extensionBody(e))
		}
		return ok(object{"extensions": out})
	})
	s.handle(s.network, "GET /extensions/{alias}", func(c *call) (answer, error) {
		for _, e := range netExtensions {
			if e[0] == c.arg("alias") {
				return ok(object{"extension": extensionBody(e)})
			}
		}
		return reply(http.StatusNotFound, object{
			"message": "The resource could not be found.<br /><br />\nExtension with alias " + c.arg("alias") + " does not exist\n\n",
			"code":    strconv.Itoa(http.StatusNotFound) + " Not Found", "title": "Not Found",
		}), nil
	})
}
