package openstack

import (
	"net/http"
	"net/netip"
)

// networking is Neutron's state.
type networking struct {
	networks  *table[network]
	subnets   *table[subnet]
	ports     *table[port]
	routers   *table[router]
	floatings *table[floatingIP]
	groups    *table[securityGroup]
	rules     *table[securityRule]
	agents    *table[agent]
	netQuotas *table[netQuota]

	taken map[string]map[netip.Addr]bool // the addresses in use, by subnet
	last  map[string]netip.Addr          // the address that a subnet gave last
}

// openNetwork serves Neutron.
func (s *Server) openNetwork() {
	s.networks = newTable[network](s, "network")
	s.subnets = newTable[subnet](s, "subnet")
	s.ports = newTable[port](s, "port")
	s.routers = newTable[router](s, "router")
	s.floatings = newTable[floatingIP](s, "floatingip")
	s.groups = newTable[securityGroup](s, "security-group")
	s.rules = newTable[securityRule](s, "security-rule")
	s.agents = newTable[agent](s, "network-agent")
	s.neutron = serverNet{s}
	s.netQuotas = newTable[netQuota](s, "network-quota")
	s.open(s.network, "GET /network", s.networkVersions)
	s.open(s.network, "GET /network/{$}", s.networkVersions)
	s.handle(s.network, "GET /{$}", s.networkResources)
	serveNetworking(s, s.networkCalls())
	serveNetworking(s, s.subnetCalls())
	serveNetworking(s, s.portCalls())
	serveNetworking(s, s.routerCalls())
	serveNetworking(s, s.floatingCalls())
	serveNetworking(s, s.groupCalls())
	serveNetworking(s, s.ruleCalls())
	s.routerActions()
	s.netQuotaCalls()
	s.agentCalls()
	s.extensionCalls()
}

func (s *Server) networkVersions(c *call) (answer, error) {
	return ok(object{"versions": []object{{
		"id": "v2.0", "status": "CURRENT", "links": []object{{"rel": "self", "href": c.base + "/network/v2.0/"}},
	}}})
}

func (s *Server) networkResources(c *call) (answer, error) {
	var out []object
	for _, name := range [][2]string{
		{"network", "networks"},
		{"subnet", "subnets"},
		{"port", "ports"},
		{"router", "routers"},
		{"floatingip", "floatingips"},
		{"security_group", "security-groups"},
		{"security_group_rule", "security-group-rules"},
		{"agent", "agents"},
		{"quota", "quotas"},
	} {
		out = append(out, object{"name": name[0], "collection": name[1], "links": []object{
			{"rel": "self", "href": c.base + "/network/v2.0/" + name[1]},
		}})
	}
	return ok(object{"resources": out})
}

// unruled is Neutron's refusal to whom its policy does not let.
func unruled(rule string) error {
	return refuseAs(http.StatusForbidden, "PolicyNotAuthorized", "%s is disallowed by policy", rule)
}

// badInput is Neutron's refusal of a value that cannot be what it must be.
func badInput(message string, args ...any) error {
	return refuseAs(http.StatusBadRequest, "InvalidInput", "Invalid input for operation: "+message, args...)
}

// badRequest is Neutron's refusal of a request that makes no sense for a resource: "Bad router request: …".
func badRequest(resource, message string, args ...any) error {
	return refuseAs(http.StatusBadRequest, "BadRequest", "Bad "+resource+" request: "+message, args...)
}

// missing is Neutron's refusal when there is no such thing, or it is somebody else's.
func missing(kind, message string) func(id string) error {
	return func(id string) error { return refuseAs(http.StatusNotFound, kind, message, id) }
}

var (
	noNetwork  = missing("NetworkNotFound", "Network %s could not be found.")
	noSubnet   = missing("SubnetNotFound", "Subnet %s could not be found.")
	noPort     = missing("PortNotFound", "Port %s could not be found.")
	noRouter   = missing("RouterNotFound", "Router %s could not be found")
	noFloating = missing("FloatingIPNotFound", "Floating IP %s could not be found")
	noGroup    = missing("SecurityGroupNotFound", "Security group %s does not exist")
	noRule     = missing("SecurityGroupRuleNotFound", "Security group rule %s does not exist")
	noAgent    = missing("AgentNotFound", "Agent %s could not be found.")
)
