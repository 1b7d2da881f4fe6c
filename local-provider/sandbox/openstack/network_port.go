package openstack

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// A port is where something is plugged into a network.
type port struct {
	standard

	Network      string    `json:"network_id"`
	Up           bool      `json:"admin_state_up"`
	MAC          string    `json:"mac_address"`
	Fixed        []fixedIP `json:"fixed_ips"`
	Device       string    `json:"device_id"`
	Owner        string    `json:"device_owner"`
	Groups       []string  `json:"security_groups"`
	Host         string    `json:"binding:host_id"`
	VNIC         string    `json:"binding:vnic_type"`
	Profile      object    `json:"binding:profile"`
	PortSecurity bool      `json:"port_security_enabled"`
	Pairs        []any     `json:"allowed_address_pairs"`
	DHCP         []any     `json:"extra_dhcp_opts"`
	Status       string    `json:"status"`
	// Made for a server by the compute service, with which it goes.
	ForServer bool `json:"for_server"`
}

// A fixedIP is an address of a port's.
type fixedIP struct {
	Subnet  string `json:"subnet_id,omitempty"`
	Address string `json:"ip_address,omitempty"`
}

// The owners of ports.
const (
	ownerGateway   = "network:router_gateway"
	ownerInterface = "network:router_interface"
	ownerFloating  = "network:floatingip"
	ownerDHCP      = "network:dhcp"
)

// on says whether a port has an address on a subnet.
func (p *port) on(subnet string) bool {
	return slices.ContainsFunc(p.Fixed, func(f fixedIP) bool { return f.Subnet == subnet })
}

func (s *Server) portCalls() *collection[port] {
	return &collection[port]{
		one: "port", many: "ports", path: "ports", table: s.ports, std: (*port).std, gone: noPort, bulk: true,
		attributes: []attribute{
			named,
			{name: "network_id", may: atPost | needed | shown, reader: uuid},
			{name: "admin_state_up", may: everywhat, usual: true, reader: flag},
			{name: "mac_address", may: everywhat, reader: mac},
			{name: "fixed_ips", may: changed | filtered, reader: array(64, "Invalid data format for fixed IP: '%s'.", fixedEntry)},
			{name: "device_id", may: everywhat, usual: "", reader: text(255)},
			{name: "device_owner", may: everywhat, usual: "", reader: text(255)},
			{name: "security_groups", may: changed | filtered, reader: array(64, "'%s' is not a list.", uuid)},
			{name: "status", may: shown},
			{name: "binding:host_id", may: changed | filtered | byAdmin, reader: text(255)},
			{name: "binding:vnic_type", may: changed, usual: "normal", reader: text(64)},
			{name: "binding:profile", may: changed | byAdmin, reader: orNothing(dictionary)},
			{name: "binding:vif_type"},
			{name: "binding:vif_details"},
			{name: "port_security_enabled", may: changed, usual: true, reader: flag},
			{name: "allowed_address_pairs", may: changed, reader: array(64, "Invalid data format for address pair: '%s'.", dictionary)},
			{name: "extra_dhcp_opts", may: changed, reader: array(64, "Invalid data format for DHCP options: '%s'.", dictionary)},
		},
		show: s.portBody, before: s.defaultGroup, make: s.makePort, change: s.changePort, remove: s.removePort, match: matchPort,
		sees: func(c *call, p *port) bool {
			n := s.networks.get(p.Network)
			return n != nil && c.who.Project != "" && n.Project == c.who.Project
		},
	}
}

func fixedEntry(name string, v any) (any, error) {
	in, fits := v.(object)
	for key, x := range in {
		switch key {
		case "subnet_id":
			_, err := uuid(name, x)
			if err != nil {
				return nil, err
			}
		case "ip_address":
			_, err := ip(name, x)
			if err != nil {
				return nil, err
			}
		default:
			fits = false
		}
	}
	if !fits {
		return nil, unfit(name, "Invalid data format for fixed IP: '%s'.", python(v))
	}
	return in, nil
}

func (s *Server) portBody(c *call, p *port) object {
	out := p.body()
	fixed, groups := make([]any, 0, len(p.Fixed)), []string{}
	for _, f := range p.Fixed {
		fixed = append(fixed, object{"subnet_id": f.Subnet, "ip_address": f.Address})
	}
	out["network_id"], out["admin_state_up"], out["mac_address"], out["fixed_ips"] = p.Network, p.Up, p.MAC, fixed
	out["device_id"], out["device_owner"], out["security_groups"] = p.Device, p.Owner, append(groups, p.Groups...)
	out["status"], out["binding:vnic_type"], out["port_security_enabled"] = p.Status, p.VNIC, p.PortSecurity
	out["allowed_address_pairs"], out["extra_dhcp_opts"] = entries(p.Pairs), entries(p.DHCP)
	if c.who.admin() {
		profile, kind, details := p.Profile, "unbound", object{}
		if p.Host != "" {
			kind, details = "ovs", object{"port_filter": true}
		}
		if profile == nil {
			profile = object{}
		}
		out["binding:host_id"], out["binding:profile"] = p.Host, profile
		out["binding:vif_type"], out["binding:vif_details"] = kind, details
	}
	return out
}

// makePort checks a new port, and gives it its addresses and its security groups.
func (s *Server) makePort(c *call, p *port, in object) error {
	n, err := s.seenNetwork(c, p.Network)
	if err != nil {
		return err
	}
	if !c.who.sees(n.Project) {
		if !n.Shared {
			return refuse(http.StatusForbidden, "Tenant %s not allowed to create port on this network", c.who.Project)
		}
		if err := guestPort(p, in); err != nil {
			return err
		}
	}
	return s.plug(p, in["fixed_ips"] == nil, in["security_groups"] == nil, c)
}

// guestPort refuses what only the owner of a network may ask of a port.
func guestPort(p *port, in object) error {
	switch {
	case in["mac_address"] != nil:
		return unruled("(rule:create_port and rule:create_port:mac_address)")
	case strings.HasPrefix(p.Owner, "network:"):
		return unruled("(rule:create_port and rule:create_port:device_owner)")
	case slices.ContainsFunc(p.Fixed, func(f fixedIP) bool { return f.Address != "" }):
		return unruled("(rule:create_port and (rule:create_port:fixed_ips and (rule:create_port:fixed_ips:ip_address)))")
	}
	return nil
}

// plug gives a port its addresses, and what else it needs; the usual ones where none were asked for.
func (s *Server) plug(p *port, anyAddress, anyGroup bool, c *call) error {
	if anyGroup && p.PortSecurity && !strings.HasPrefix(p.Owner, "network:") && p.Project != "" {
		p.Groups = []string{s.groupOf(p.Project).ID}
	}
	if err := s.knownGroups(c, p.Groups); err != nil {
		return err
	}
	if p.MAC != "" && s.ports.find(func(o *port) bool { return o.Network == p.Network && o.MAC == p.MAC }) != nil {
		return refuseAs(http.StatusConflict, "MacAddressInUse",
			"Unable to complete operation for network %s. The mac address %s is in use.", p.Network, p.MAC)
	}
	fixed, err := s.allocate(p.Network, p.Fixed, anyAddress)
	if err != nil {
		return err
	}
	p.Fixed, p.MAC, p.Status, p.Revision = fixed, cmp.Or(p.MAC, newMAC()), "DOWN", 1
	return nil
}

// knownGroups refuses security groups that there are not, or that are somebody else's.
func (s *Server) knownGroups(c *call, ids []string) error {
	for _, id := range ids {
		g := s.groups.get(id)
		if g == nil || c != nil && !c.who.sees(g.Project) {
			return noGroup(id)
		}
	}
	return nil
}

// addPort makes a port that the cloud itself needs.
func (s *Server) addPort(p *port, anyAddress bool) (*port, error) {
	p.ID, p.Made, p.Changed, p.Up, p.VNIC = newUUID(), s.now(), s.now(), true, "normal"
	if err := s.plug(p, anyAddress, true, nil); err != nil {
		return nil, err
	}
	s.ports.put(p.ID, p)
	return p, nil
}

func (s *Server) changePort(c *call, old, p *port, in object) error {
	if err := s.knownGroups(c, p.Groups); err != nil {
		return err
	}
	if in["fixed_ips"] == nil {
		return nil
	}
	s.free(old.Fixed)
	fixed, err := s.allocate(p.Network, p.Fixed, false)
	if err != nil {
		for _, f := range old.Fixed {
			s.take(f)
		}
		return err
	}
	p.Fixed = fixed
	return nil
}

// removePort refuses to remove a port that belongs to a router or a floating IP.
func (s *Server) removePort(_ *call, p *port) error {
	if slices.Contains([]string{ownerGateway, ownerInterface, ownerFloating}, p.Owner) {
		return refuseAs(http.StatusConflict, "ServicePortInUse",
			"Port %s cannot be deleted directly via the port API: has device owner %s.", p.ID, p.Owner)
	}
	s.dropPort(p)
	return nil
}

// dropPort removes a port: its addresses are free again, and floating IPs lead nowhere.
func (s *Server) dropPort(p *port) {
	s.ports.drop(p.ID)
	s.free(p.Fixed)
	for _, f := range s.floatings.all() {
		if f.Port == p.ID {
			f.Port, f.Fixed, f.Router, f.Status = "", "", "", "DOWN"
			s.touched(&f.standard)
			s.floatings.save(f.ID)
		}
	}
}

// matchPort filters ports by what is a list.
func matchPort(p *port, name string, values []string) (fits, mine bool, err error) {
	switch name {
	case "security_groups":
		return slices.ContainsFunc(values, func(id string) bool { return slices.Contains(p.Groups, id) }), true, nil
	case "fixed_ips":
		fits, err = p.addressed(values)
		return fits, true, err
	}
	return false, false, nil
}

// addressed says whether a port has an address as a filter on fixed_ips describes it: subnet_id=…, ip_address=…, ip_address_substr=….
func (p *port) addressed(values []string) (bool, error) {
	wanted := map[string][]string{}
	for _, word := range values {
		key, value, found := strings.Cut(word, "=")
		if !found {
			return false, badInput("'%s' is not of the form <key>=[value].", word)
		}
		wanted[key] = append(wanted[key], value)
	}
	for key, words := range wanted {
		some := func(f fixedIP) bool {
			switch key {
			case "subnet_id":
				return slices.Contains(words, f.Subnet)
			case "ip_address":
				return slices.Contains(words, f.Address)
			case "ip_address_substr":
				return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(f.Address, w) })
			}
			return false
		}
		if !slices.ContainsFunc(p.Fixed, some) {
			return false, nil
		}
	}
	return true, nil
}
