package resource

import (
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// Names looks up what a cloud has already, by name or id, and remembers the lists it read: make one for each time something is looked up. It is safe for
// concurrent use. A name that is not there, or is there twice, is a *cloud.Fault of the kind NotFound or Conflict, in words for people; an id always wins
// over a name.
type Names struct {
	cloud *cloud.Cloud

	mu    sync.Mutex
	lists map[string][]named
}

// named is something with a name.
type named struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created_at"`
	Outside bool      `json:"router:external"` // a network
	Status  string    `json:"status"`          // an image
	Login   string    `json:"os_admin_user"`   // an image
	MinDisk int       `json:"min_disk"`        // an image, GiB
	MinRAM  int       `json:"min_ram"`         // an image, MiB
	Cores   int       `json:"vcpus"`           // a flavor
	Memory  int       `json:"ram"`             // a flavor, MiB
	Disk    int       `json:"disk"`            // a flavor, GiB
}

// NewNames looks names up in a cloud.
func NewNames(c *cloud.Cloud) *Names { return &Names{cloud: c, lists: map[string][]named{}} }

// Image is an image.
type Image struct {
	ID, Name string
	Made     time.Time
	Login    string // the user to log in as, by the property os_admin_user; empty where the image does not say
	MinDisk  int    // GiB
	MinRAM   int    // MiB
}

// Flavor is a flavor.
type Flavor struct {
	ID, Name string
	Cores    int
	Memory   int // MiB
	Disk     int // GiB
}

// source is where a list is read.
type source struct {
	of    cloud.Service
	key   string
	query url.Values
	path  []string
}

var (
	flavorSource     = source{cloud.Compute, "flavors", nil, []string{"flavors", "detail"}}
	imageSource      = source{cloud.Image, "images", url.Values{"status": {"active"}}, []string{"images"}}
	networkSource    = source{cloud.Network, "networks", url.Values{"fields": {"id", "name", "router:external"}}, []string{"networks"}}
	subnetSource     = source{cloud.Network, "subnets", url.Values{"fields": {"id", "name"}}, []string{"subnets"}}
	routerSource     = source{cloud.Network, "routers", url.Values{"fields": {"id", "name"}}, []string{"routers"}}
	secGroupSource   = source{cloud.Network, "security_groups", url.Values{"fields": {"id", "name"}}, []string{"security-groups"}}
	groupSource      = source{cloud.Compute, "server_groups", nil, []string{"os-server-groups"}}
	userSource       = source{cloud.Identity, "users", nil, []string{"users"}}
	peopleSource     = source{cloud.Identity, "groups", nil, []string{"groups"}}
	roleSource       = source{cloud.Identity, "roles", nil, []string{"roles"}}
	volumeTypeSource = source{cloud.Volume, "volume_types", nil, []string{"types"}}
	volumeSource     = source{cloud.Volume, "volumes", nil, []string{"volumes"}}
	serverSource     = source{cloud.Compute, "servers", nil, []string{"servers"}}
)

// Flavor finds a flavor.
func (n *Names) Flavor(ctx context.Context, name string) (Flavor, error) {
	f, err := n.find(ctx, flavorSource, "flavor", name, nil)
	return Flavor{ID: f.ID, Name: f.Name, Cores: f.Cores, Memory: f.Memory, Disk: f.Disk}, err
}

// Image finds an image; of several with the same name the newest, since that is how images are replaced. With newest the name is a family: the newest image is
// meant whose name begins with it.
func (n *Names) Image(ctx context.Context, name string, newest bool) (Image, error) {
	one, err := n.image(ctx, name, newest)
	return Image{ID: one.ID, Name: one.Name, Made: one.Created, Login: one.Login, MinDisk: one.MinDisk, MinRAM: one.MinRAM}, err
}

// Network finds a network.
func (n *Names) Network(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, networkSource, "network", name, nil)
	return one.ID, err
}

// External finds a network that leads outside: one with router:external.
func (n *Names) External(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, networkSource, "external network", name, func(one named) bool { return one.Outside })
	return one.ID, err
}

// SecurityGroup finds a security group of the project.
func (n *Names) SecurityGroup(ctx context.Context, name string) (string, error) {
	project, _, err := n.cloud.Project(ctx)
	if err != nil {
		return "", cloud.Judge(err)
	}
	from := secGroupSource
	from.query = url.Values{"fields": from.query["fields"], "project_id": {project}} // an administrator sees everybody's "default"
	one, err := n.find(ctx, from, "security group", name, nil)
	return one.ID, err
}

// KeyPair finds a key pair of our user; its name is its id.
func (n *Names) KeyPair(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, source{of: cloud.Compute, key: "keypairs"}, "key pair", name, nil)
	return one.ID, err
}

// User finds a user.
func (n *Names) User(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, userSource, "user", name, nil)
	return one.ID, err
}

// Group finds a group of users.
func (n *Names) Group(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, peopleSource, "group", name, nil)
	return one.ID, err
}

// Role finds a role.
func (n *Names) Role(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, roleSource, "role", name, nil)
	return one.ID, err
}
