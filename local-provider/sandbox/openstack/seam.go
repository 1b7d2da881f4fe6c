package openstack

// What the services ask of each other's state. The lock is held. Refusals are in the words of Nova, which passes them on.

// neutron is what Nova asks of Neutron.
type neutron interface {
	// plug gives a server its ports: those that are named, and new ones on the networks that are named, or on the project's only
	// one when want is nil (a token's own networks before shared ones). All of it, or a refusal: 400 for what is not there, 409
	// for a port in use or several networks to choose from, 403 for a quota. New ports have the server's security groups
	// (by name or id; "default" for none), its name is not theirs, and unplug removes them.
	plug(who *token, v *server, want []nic, groups []string) error
	// unplug takes a server's ports away: what plug made is gone, what was there before is free again. Floating addresses stay.
	// Of port "" all.
	unplug(server, port string) bool
	// plugs are a server's addresses, port by port in the order of plugging.
	plugs(server string) []plugged
	// groups are the names of the security groups that a server's ports have, each once.
	groups(server string) []string
	// awake tells Neutron that a server's ports are up (or down), so that their status is ACTIVE (or DOWN).
	awake(server string, up bool)
}

// A nic is one entry of a server's networks.
type nic struct {
	Port    string `json:"port"`
	Network string `json:"uuid"`
	FixedIP string `json:"fixed_ip"`
	Tag     string `json:"tag"`
}

// plugged is one of a server's ports.
type plugged struct {
	Port, Network, NetworkName, MAC string
	State                           string // the port's status
	Fixed                           []fixed
	Floating                        []string
}

// fixed is an address of a port.
type fixed struct {
	Subnet  string `json:"subnet_id"`
	Address string `json:"ip_address"`
}

// glance is what Nova and Cinder ask of Glance.
type glance interface {
	// picture is an image that whoever shows a token may use; nil for none.
	picture(who *token, id string) *picture
	// snap makes an image of a server, in the token's project, which is queued and then active, and returns its id.
	snap(who *token, name string, properties map[string]string) (string, error)
}

// A picture is what Nova looks at in an image.
type picture struct {
	ID, Name, Status string
	MinDisk          int // GB
	MinRAM           int // MB
	Size             int64
	Properties       map[string]string
}

// cinder is what Nova asks of Cinder.
type cinder interface {
	// find says whether there is such a volume for whoever shows a token.
	find(who *token, volume string) bool
	// make asks for a volume, from an image, a snapshot or nothing, and returns its id; it is there at once, "creating".
	make(who *token, want disk) (string, error)
	// attach gives a volume to a server as a device; 400 unless it is available (or creating, for one that make made).
	attach(volume, server, device string) error
	// detach takes it back, so that it is available.
	detach(volume, server string)
	// remove deletes a volume that went with its server.
	remove(volume string)
}

// A disk is a volume that Nova asks for.
type disk struct {
	Name, Image, Snapshot, Type string
	Size                        int // GB
}
