package cloud

// Service is a service of OpenStack, by what it is for.
type Service string

// The services that are spoken to.
const (
	Identity      Service = "identity"      // Keystone
	Compute       Service = "compute"       // Nova
	Network       Service = "network"       // Neutron
	Image         Service = "image"         // Glance
	Volume        Service = "volume"        // Cinder
	Orchestration Service = "orchestration" // Heat
	Placement     Service = "placement"
)

// Services lists them.
func Services() []Service {
	return []Service{Identity, Compute, Network, Image, Volume, Orchestration, Placement}
}

// manner is how a service is spoken to.
type manner struct {
	types   []string // in the catalogue, the usual one first: https://service-types.openstack.org
	client  string   // the type by which gophercloud makes a microversion's header
	version string   // the API's version as addresses have it, appended to an endpoint without one
	micro   string   // the highest microversion whose answers are read here; empty where there are none
}

var manners = map[Service]manner{
	Identity: {types: []string{"identity"}, client: "identity", version: "v3"},
	// From 2.47 on a server tells its flavor, from 2.53 on hosts and services have lasting ids; 2.88 drops what a hypervisor has left.
	Compute:       {types: []string{"compute"}, client: "compute", version: "v2.1", micro: "2.87"},
	Network:       {types: []string{"network"}, client: "network", version: "v2.0"},
	Image:         {types: []string{"image"}, client: "image", version: "v2"},
	Volume:        {types: []string{"block-storage", "volumev3", "volume", "block-store"}, client: "block-storage", version: "v3", micro: "3.59"},
	Orchestration: {types: []string{"orchestration"}, client: "orchestration", version: "v1"},
	Placement:     {types: []string{"placement"}, client: "placement", micro: "1.36"},
}

// Grade is how much an act on a cloud takes.
type Grade int

// The grades. Each cloud of the configuration may name roles of its own for them.
const (
	Viewer   Grade = iota // looking
	Operator              // changing what belongs to a project
	Admin                 // whole projects and hypervisors
)

// String is the role that has the grade where the configuration names no other.
func (g Grade) String() string {
	switch g {
	case Viewer:
		return "viewer"
	case Operator:
		return "operator"
	case Admin:
	}
	return "admin"
}
