package resource

// Ref points at a thing a spec needs: an item of the same environment, or something the cloud has already. Exactly one of Item, Name and ID is given; after
// [Names.Settle] there is no Name left without its ID.
type Ref struct {
	Item string `json:"item,omitempty"` // the key of an item of the plan; its id is in Wish.Uses when the wish is made
	Name string `json:"name,omitempty"` // a name or an id in the cloud, as a person wrote it
	ID   string `json:"id,omitempty"`
}

// ProjectSpec is a project of its own, made with the cloud's administrator.
type ProjectSpec struct {
	Members []Member `json:"members,omitempty"`
	Quota   Amounts  `json:"quota,omitempty"` // what is not named stays as the cloud gives it
}

// Member is somebody's role in a project.
type Member struct {
	User  string `json:"user,omitempty"`  // name or id
	Group string `json:"group,omitempty"` // name or id; instead of a user
	Role  string `json:"role"`            // name or id
}

// KeyPairSpec is a key pair. With no public key one is made here, and its private part is in what Make returns.
type KeyPairSpec struct {
	Public string `json:"public,omitempty"` // as in authorized_keys
}

// ServerGroupSpec is a server group.
type ServerGroupSpec struct {
	Policy string `json:"policy"` // affinity, anti-affinity, soft-affinity or soft-anti-affinity
}

// NetworkSpec is a network.
type NetworkSpec struct {
	MTU          int   `json:"mtu,omitempty"`
	PortSecurity *bool `json:"port_security,omitempty"` // nil: as the cloud has it
}

// SubnetSpec is a subnet of a network.
type SubnetSpec struct {
	Network Ref      `json:"network"`
	CIDR    string   `json:"cidr"`
	Gateway string   `json:"gateway,omitempty"` // "" the first address, "none" no gateway
	DNS     []string `json:"dns,omitempty"`
	DHCP    *bool    `json:"dhcp,omitempty"` // nil: yes
	Pools   []Pool   `json:"pools,omitempty"`
	Routes  []Route  `json:"routes,omitempty"`
}

// Pool is a range of addresses that are given to ports.
type Pool struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// Route is one that a subnet's servers learn by DHCP.
type Route struct {
	To  string `json:"to"`  // a CIDR
	Via string `json:"via"` // an address
}

// RouterSpec is a router; External is the network outside, where it has one.
type RouterSpec struct {
	External *Ref  `json:"external,omitempty"`
	SNAT     *bool `json:"snat,omitempty"` // nil: as the cloud has it; only administrators may say
}

// RouterPortSpec joins a subnet to a router, at the subnet's gateway address.
type RouterPortSpec struct {
	Router  Ref    `json:"router"`
	Subnet  Ref    `json:"subnet"`
	Address string `json:"address,omitempty"` // instead of the gateway address
}

// SecGroupSpec is a security group with its rules, besides those for all that goes out, which each group is made with.
type SecGroupSpec struct {
	Rules []RuleSpec `json:"rules,omitempty"`
}

// RuleSpec lets something through. From and To are ports of TCP and UDP, type and code of ICMP; both zero for all.
type RuleSpec struct {
	Out         bool   `json:"out,omitempty"`          // what leaves; else what comes in
	Protocol    string `json:"protocol,omitempty"`     // tcp, udp, icmp, another by its name or number; "" all
	From        int    `json:"from,omitempty"`         //
	To          int    `json:"to,omitempty"`           // 0: as From
	Remote      string `json:"remote,omitempty"`       // a CIDR; "" anywhere
	RemoteGroup *Ref   `json:"remote_group,omitempty"` // instead of Remote: servers of this group
	Same        bool   `json:"same,omitempty"`         // instead of Remote: servers of the group this rule is in
	IPv6        bool   `json:"ipv6,omitempty"`         // where Remote does not say
}

// VolumeSpec is a volume.
type VolumeSpec struct {
	Size  int    `json:"size"` // GiB
	Type  string `json:"type,omitempty"`
	Image *Ref   `json:"image,omitempty"`
	Zone  string `json:"zone,omitempty"`
}

// ServerSpec is one server.
type ServerSpec struct {
	Flavor         Ref               `json:"flavor"`
	Image          Ref               `json:"image"`
	Newest         bool              `json:"newest,omitempty"` // the image's name is a family: the newest whose name begins with it
	Networks       []NIC             `json:"networks,omitempty"`
	SecurityGroups []Ref             `json:"security_groups,omitempty"`
	Key            *Ref              `json:"key,omitempty"`
	UserData       string            `json:"user_data,omitempty"` // plain; at most 48 KB, as base64 makes 64 KB of it
	ConfigDrive    bool              `json:"config_drive,omitempty"`
	BootVolume     int               `json:"boot_volume,omitempty"` // GiB; a volume made of the image, that goes with the server; 0 for none
	VolumeType     string            `json:"volume_type,omitempty"` // of the boot volume
	Group          *Ref              `json:"group,omitempty"`
	Tags           []string          `json:"tags,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	Zone           string            `json:"zone,omitempty"`
	Login          string            `json:"login,omitempty"`  // the user to log in as; Settle takes the image's os_admin_user when it is empty
	Cores          int               `json:"cores,omitempty"`  // the flavor's; filled in by Settle
	Memory         int               `json:"memory,omitempty"` // MiB, the flavor's; filled in by Settle
	Disk           int               `json:"disk,omitempty"`   // GiB, the flavor's; filled in by Settle
}

// NIC is a server's port on a network.
type NIC struct {
	Network Ref    `json:"network"`
	Address string `json:"address,omitempty"` // a fixed one
}

// AttachmentSpec puts a volume on a server. Its item must be [AttachmentItem] of the volume's.
type AttachmentSpec struct {
	Server Ref `json:"server"`
	Volume Ref `json:"volume"`
}

// FloatingIPSpec is an address of the network outside that leads to a server's port: its first one, or the one on Network.
type FloatingIPSpec struct {
	External Ref  `json:"external"`
	Server   Ref  `json:"server"`
	Network  *Ref `json:"network,omitempty"`
}

// StackSpec is a stack of Heat. A failed one is not rolled back, so that its fault can be read.
type StackSpec struct {
	Template   string         `json:"template"` // HOT, YAML or JSON, at most 512 KB
	Parameters map[string]any `json:"parameters,omitempty"`
	Within     int            `json:"within,omitempty"` // minutes until Heat gives up; 0 for 60
}
