package openstack

import "time"

// machines is Nova's state.
type machines struct {
	flavors      *table[flavor]
	keys         *table[keypair]
	serverGroups *table[serverGroup]
	servers      *table[server]
	hosts        *table[host]
	limits       *table[limits]
	// using is what each project takes of its quota; who changes a server keeps it right.
	using map[string]*usage
	// plugged are the ids of the ports that a device was ever given, so that lists of servers do not look through all ports.
	plugged map[string][]string
}

// A server is one of Nova's.
type server struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Project     string            `json:"project"`
	User        string            `json:"user"`
	Description *string           `json:"description"`
	Status      string            `json:"status"` // BUILD, ACTIVE, ERROR, SHUTOFF, …
	Task        string            `json:"task,omitempty"`
	Image       string            `json:"image,omitempty"` // empty when it boots from a volume
	Flavor      flavor            `json:"flavor"`          // as it was when the server was made
	Key         string            `json:"key,omitempty"`
	UserData    string            `json:"user_data,omitempty"`
	ConfigDrive string            `json:"config_drive,omitempty"`
	Zone        string            `json:"zone,omitempty"`
	Host        string            `json:"host,omitempty"`
	Group       string            `json:"group,omitempty"`
	Metadata    map[string]string `json:"metadata"`
	Tags        []string          `json:"tags"`
	Volumes     []attached        `json:"volumes,omitempty"`
	Fault       *serverFault      `json:"fault,omitempty"`
	Doom        string            `json:"doom,omitempty"`  // what goes wrong when it would come up
	Stuck       bool              `json:"stuck,omitempty"` // it is being deleted, and will be for ever
	Due         time.Time         `json:"due"`             // when its task ends; zero for none
	Locked      bool              `json:"locked,omitempty"`
	Lost        *string           `json:"locked_reason,omitempty"`
	Made        time.Time         `json:"made"`
	Updated     time.Time         `json:"updated"`
	Launched    time.Time         `json:"launched"`
	Reservation string            `json:"reservation"`
	Index       int               `json:"index,omitempty"` // among those that were asked for together
	Actions     []action          `json:"actions,omitempty"`
	Boots       int               `json:"boots,omitempty"`
}

// An attached volume is one that a server has.
type attached struct {
	ID         string `json:"id"` // of the attachment
	Volume     string `json:"volume"`
	Device     string `json:"device"`
	Tag        string `json:"tag,omitempty"`
	Terminates bool   `json:"terminates,omitempty"` // it goes with its server
}

// An action is something that was done to a server.
type action struct {
	Name    string    `json:"name"`
	Request string    `json:"request"`
	User    string    `json:"user"`
	Start   time.Time `json:"start"`
}

// A serverFault says why a server is in ERROR.
type serverFault struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Details string    `json:"details"`
	Made    time.Time `json:"made"`
}

// What a server can be.
const (
	building = "BUILD"
	active   = "ACTIVE"
	shutoff  = "SHUTOFF"
	failed   = "ERROR"
)

func (s *Server) openCompute() {
	s.flavors = newTable[flavor](s, "flavor")
	s.keys = newTable[keypair](s, "keypair")
	s.serverGroups = newTable[serverGroup](s, "servergroup")
	s.hosts = newTable[host](s, "host")
	s.limits = newTable[limits](s, "limits")
	s.servers = newTable[server](s, "server")
	s.using, s.plugged = map[string]*usage{}, map[string][]string{}
	s.play("server", s.playServer)
	s.computeVersionCalls()
	s.flavorCalls()
	s.keyCalls()
	s.serverGroupCalls()
	s.listCalls()
	s.serverCalls()
	s.attachCalls()
	s.quotaCalls()
	s.hostCalls()
}

// seedCompute makes the flavors and hosts of a new cloud, and counts what is taken in an old one.
func (s *Server) seedCompute() {
	if s.flavors.len() == 0 {
		for _, f := range []flavor{{Name: "m1.nano", RAM: 64, VCPUs: 1, Disk: 1}, {Name: "m1.small", RAM: 512, VCPUs: 1, Disk: 2}} {
			f.ID, f.Factor = newUUID(), 1
			s.flavors.put(f.ID, &f)
		}
	}
	for i := s.hosts.len(); i < s.options.Hosts; i++ {
		s.addHost(i + 1)
	}
	for _, v := range s.servers.all() {
		s.charge(v, 1)
		if h := s.hosts.get(v.Host); h != nil {
			h.add(v, 1)
		}
	}
}
