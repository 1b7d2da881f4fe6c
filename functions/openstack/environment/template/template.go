package template

import (
	"regexp"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/rule"
)

// Limits of what may be configured.
const (
	maxItems     = 500                  // things of one environment
	maxTemplates = 200                  //
	maxCount     = 100                  // servers of one kind
	maxUserData  = 48 << 10             // bytes: what Nova takes, before it is encoded
	maxStack     = 512 << 10            // bytes of a Heat template
	longest      = 366 * 24 * time.Hour // that an environment may live
)

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,31}$`)
	partForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
)

// Template is what an environment of a kind consists of.
type Template struct {
	Name       string
	Line       int // in the configuration
	Summary    string
	Cloud      string // the usual one; empty for the clouds' default
	Role       string // needed besides the command's; empty for none
	Signoff    *command.SignoffSpec
	Parameters []Parameter
	TTL        time.Duration
	MaxTTL     time.Duration
	Policy     Policy
	Keep       bool // a failure leaves what was made for inspection

	project  *project
	networks []network
	groups   []secgroup
	key      value // requester, make, or the name of one in the cloud
	volumes  []volume
	spreads  []spread
	servers  []server
	stack    *stack
}

// Policy says what becomes of an environment whose time is over.
type Policy struct {
	Warn    []time.Duration `json:"warn,omitempty"`     // ahead of it, the longest first
	Stop    bool            `json:"stop,omitempty"`     // its servers are stopped then
	StopFor time.Duration   `json:"stop_for,omitempty"` // between that and being deleted
	Delete  bool            `json:"delete,omitempty"`   // it is given back
}

// project is a project of its own.
type project struct {
	quota   map[string]value
	members []member
	line    int
}

type member struct{ user, group, role value }

// network is one with its subnets and its way out.
type network struct {
	name         string
	line         int
	subnets      []subnet
	router       value // the external network; nothing for no router
	mtu          value
	portSecurity *bool
}

type subnet struct {
	cidr, gateway value
	dns           []value
	dhcp          *bool
	line          int
}

// secgroup is a security group.
type secgroup struct {
	name  string
	line  int
	rules []guard
}

// guard lets something through.
type guard struct {
	protocol, port, from, group value
	out                         bool
	line                        int
}

// volume is one, or, where servers have it attached, one for each.
type volume struct {
	name              string
	line              int
	size, image, kind value
}

// spread is a server group.
type spread struct {
	name   string
	line   int
	policy value
}

// server is servers of a kind.
type server struct {
	name                                             string
	line                                             int
	count, flavor, image, newest, floating, userData value
	boot, group, login, zone                         value
	networks, guards, volumes, tags                  []value
	configDrive                                      bool
	ready                                            *readiness
}

// readiness says what must answer.
type readiness struct {
	port   value
	ssh    bool
	within time.Duration
	line   int
}

// stack is a Heat stack.
type stack struct {
	template   value
	parameters rule.Args
	within     time.Duration
	line       int
}

// HasProject reports whether environments of it have a project of their own, for which one needs to be an administrator.
func (t *Template) HasProject() bool { return t.project != nil }

// MakesKey reports whether a key pair is made for each environment of it.
func (t *Template) MakesKey() bool { return t.key.given() && t.key.template.String() == keyMade }

// What a key pair may be besides the name of one in the cloud.
const (
	keyMade      = "make"      // made for the environment, its private part handed over once
	keyRequester = "requester" // the public key of whoever asks, as the configuration has it
)
