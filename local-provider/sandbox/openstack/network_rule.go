package openstack

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A securityRule lets something in or out.
type securityRule struct {
	standard

	Number      int    `json:"number"`
	Group       string `json:"security_group_id"`
	Direction   string `json:"direction"`
	Ether       string `json:"ethertype"`
	Protocol    string `json:"protocol"`       // empty for any
	Least       *int   `json:"port_range_min"` // or ICMP's type
	Most        *int   `json:"port_range_max"` // or ICMP's code
	RemoteIP    string `json:"remote_ip_prefix"`
	RemoteGroup string `json:"remote_group_id"`
	Seeded      bool   `json:"seeded"` // Neutron's own, whose description is null
}

// protocols are the names of protocols that Neutron knows.
var protocols = []string{
	"ah", "dccp", "egp", "esp", "gre", "hopopt", "icmp", "igmp", "ip", "ipip", "ipv6-encap", "ipv6-frag", "ipv6-icmp", "icmpv6",
	"ipv6-nonxt", "ipv6-opts", "ipv6-route", "ospf", "pgm", "rsvp", "sctp", "tcp", "udp", "udplite", "vrrp",
}

// ported are the protocols whose rules have ranges of ports.
var ported = []string{"tcp", "udp", "sctp", "dccp", "udplite", "6", "17"}

func (s *Server) ruleCalls() *collection[securityRule] {
	return &collection[securityRule]{
		one: "security_group_rule", many: "security_group_rules", path: "security-group-rules", table: s.rules, std: (*securityRule).std,
		gone: noRule, bulk: true, lax: true,
		attributes: []attribute{
			{name: "security_group_id", may: atPost | needed | shown, reader: text(36)},
			{name: "direction", may: atPost | needed | shown, reader: choice("ingress", "egress")},
			{name: "ethertype", may: atPost | shown, usual: "IPv4", reader: ether},
			{name: "protocol", may: atPost | shown, reader: protocol},
			{name: "port_range_min", may: atPost | shown, reader: orNothing(integer)},
			{name: "port_range_max", may: atPost | shown, reader: orNothing(integer)},
			{name: "remote_ip_prefix", may: atPost | shown, reader: orNothing(remotePrefix)},
			{name: "remote_group_id", may: atPost | shown, reader: orNothing(text(36))},
			{name: "remote_address_group_id", may: shown},
			{name: "normalized_cidr"},
		},
		show: func(_ *call, r *securityRule) object { return r.shown() }, before: s.defaultGroup, make: s.makeRule,
		sees: func(c *call, r *securityRule) bool {
			g := s.groups.get(r.Group)
			return g != nil && c.who.Project != "" && g.Project == c.who.Project
		},
	}
}

// ether reads a kind of address whatever its case.
func ether(name string, v any) (any, error) {
	for _, kind := range []string{"IPv4", "IPv6"} {
		if word, ok := v.(string); ok && strings.EqualFold(word, kind) {
			return kind, nil
		}
	}
	return choice("IPv4", "IPv6")(name, v)
}

// protocol reads a protocol's name or number; null and "any" are every one.
func protocol(_ string, v any) (any, error) {
	word := strings.ToLower(python(v))
	if v == nil || word == "any" {
		return nil, nil
	}
	n, err := strconv.Atoi(word)
	if err == nil && n >= 0 && n <= 255 || slices.Contains(protocols, word) {
		return word, nil
	}
	return nil, refuseAs(http.StatusBadRequest, "SecurityGroupRuleInvalidProtocol", "Security group rule protocol %s not supported. Only "+
		"protocol values [None, '%s'] and integer representations [0 to 255] are supported.", word, strings.Join(protocols, "', '"))
}

// remotePrefix reads a CIDR or an address; Neutron keeps it as it was written.
func remotePrefix(_ string, v any) (any, error) {
	word, _ := v.(string)
	if a, err := netip.ParseAddr(word); err == nil {
		return netip.PrefixFrom(a, a.BitLen()).String(), nil
	}
	if _, err := netip.ParsePrefix(word); err != nil {
		return nil, refuseAs(http.StatusBadRequest, "InvalidCIDR", "Invalid CIDR %s given as IP prefix.", python(v))
	}
	return word, nil
}

func (r *securityRule) shown() object {
	out := r.body()
	delete(out, "name")
	delete(out, "tags")
	if r.Seeded {
		out["description"] = nil
	}
	out["security_group_id"], out["direction"], out["ethertype"], out["protocol"] = r.Group, r.Direction, r.Ether, orNull(r.Protocol)
	out["port_range_min"], out["port_range_max"] = bound(r.Least), bound(r.Most)
	out["remote_ip_prefix"], out["remote_group_id"], out["remote_address_group_id"] = orNull(r.RemoteIP), orNull(r.RemoteGroup), nil
	out["normalized_cidr"] = nil
	if p, err := netip.ParsePrefix(r.RemoteIP); err == nil {
		out["normalized_cidr"] = p.Masked().String()
	}
	return out
}

// bound is one end of a range as it is shown: a number, or null.
func bound(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}

// addRule adds one of the rules that Neutron makes by itself.
func (s *Server) addRule(r *securityRule) {
	r.ID, r.Made, r.Changed, r.Seeded, r.Number = newUUID(), s.now(), s.now(), true, s.rules.last+1
	s.rules.put(r.ID, r)
}

func (s *Server) makeRule(c *call, r *securityRule, _ object) error {
	if err := r.check(); err != nil {
		return err
	}
	for _, id := range []string{r.Group, r.RemoteGroup} {
		if g := s.groups.get(id); id != "" && (g == nil || !c.who.sees(g.Project)) {
			return noGroup(id)
		}
	}
	if r.Group == "" {
		return noGroup(r.Group)
	}
	for _, other := range s.rules.all() {
		if other.sign() == r.sign() {
			return refuseAs(http.StatusConflict, "SecurityGroupRuleExists", "Security group rule already exists. Rule id is %s.", other.ID)
		}
	}
	r.Number = s.rules.last + 1
	return nil
}

// sign is what makes two rules the same.
func (r *securityRule) sign() string {
	return fmt.Sprint(r.Group, r.Direction, r.Ether, r.Protocol, bound(r.Least), bound(r.Most), r.RemoteIP, r.RemoteGroup)
}

// check refuses a rule that makes no sense.
func (r *securityRule) check() error {
	bad := func(kind, message string, args ...any) error {
		return refuseAs(http.StatusBadRequest, kind, message, args...)
	}
	if r.RemoteIP != "" && r.RemoteGroup != "" {
		return bad("SecurityGroupMultipleRemoteEntites",
			"Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.")
	}
	if p, err := netip.ParsePrefix(r.RemoteIP); err == nil && p.Addr().Is4() != (r.Ether == "IPv4") {
		return bad("SecurityGroupRuleParameterConflict", "Conflicting value ethertype %s for CIDR %s", r.Ether, r.RemoteIP)
	}
	if r.Least == nil && r.Most == nil {
		return nil
	}
	switch {
	case r.Protocol == "":
		return bad("SecurityGroupProtocolRequiredWithPorts", "Must also specify protocol if port range is given.")
	case slices.Contains(ported, r.Protocol):
		if r.Least == nil || r.Most == nil || *r.Least > *r.Most {
			return bad("SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max")
		}
		if *r.Least < 1 || *r.Most > 65535 {
			return bad("SecurityGroupInvalidPortValue", "Invalid value for port %d", *r.Most)
		}
	case r.Least == nil || *r.Least > 255 || *r.Least < 0 || r.Most != nil && (*r.Most > 255 || *r.Most < 0):
		return bad("SecurityGroupInvalidIcmpValue", "Invalid value for ICMP type or code; it must be a value in [0, 255].")
	}
	return nil
}
