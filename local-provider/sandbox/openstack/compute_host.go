package openstack

import (
	"strconv"
	"time"
)

// What each host is made of. It is much, as Nova's fake driver has it, so that quotas are what ends first.
const (
	hostCores   = 1000
	hostRAM     = 800000 // MB
	hostDisk    = 600000 // GB
	overcommit  = 16     // cores of servers on one of a host's
	defaultZone = "nova"
	reserved    = 512 // MB that a host keeps for itself
)

// A host is one on which servers are.
type host struct {
	Name     string    `json:"name"`
	ID       string    `json:"id"`      // as hypervisor
	Service  string    `json:"service"` // as nova-compute
	Number   int       `json:"number"`  // both, before 2.53
	VCPUs    int       `json:"vcpus"`
	RAM      int       `json:"ram"`
	Disabled bool      `json:"disabled"`
	Reason   string    `json:"reason"`
	Down     bool      `json:"down"` // its service does not report any more
	Changed  time.Time `json:"changed"`

	used usage // by the servers that are on it
	disk int   // GB of them
}

// add counts a server on a host in, or out with -1.
func (h *host) add(v *server, sign int) {
	h.used.Instances += sign
	h.used.Cores += sign * v.Flavor.VCPUs
	h.used.RAM += sign * v.Flavor.RAM
	h.disk += sign * v.Flavor.Disk
}

// addHost makes the host of a number, fake1 for 1.
func (s *Server) addHost(number int) {
	h := &host{
		Name: "fake" + strconv.Itoa(number), ID: newUUID(), Service: newUUID(), Number: number, VCPUs: hostCores, RAM: hostRAM,
		Changed: s.now(),
	}
	s.hosts.put(h.Name, h)
}

func (h *host) state() string {
	if h.Down {
		return "down"
	}
	return "up"
}

func (h *host) status() string {
	if h.Disabled {
		return "disabled"
	}
	return "enabled"
}

// SetHost makes the nova-compute of a host report, or not: it is up or down. It says whether there is such a host.
func (s *Server) SetHost(name string, up bool) bool {
	found := false
	s.do(func() {
		if h := s.hosts.get(name); h != nil {
			h.Down, found = !up, true
			s.hosts.save(name)
		}
	})
	return found
}

// hostCalls serves services, hypervisors and zones.
func (s *Server) hostCalls() {
	s.serviceCalls()
	s.hypervisorCalls()
	s.handle(s.compute, "GET /os-availability-zone", func(*call) (answer, error) {
		return ok(object{"availabilityZoneInfo": []object{{"zoneName": defaultZone, "zoneState": object{"available": true}, "hosts": nil}}})
	})
	s.handle(s.compute, "GET /os-availability-zone/detail", s.zones)
	s.handle(s.compute, "GET /os-aggregates", func(c *call) (answer, error) {
		if err := c.ruled("os_compute_api:os-aggregates:index"); err != nil {
			return answer{}, err
		}
		return ok(object{"aggregates": []object{}})
	})
}

func (s *Server) zones(c *call) (answer, error) {
	if err := c.ruled("os_compute_api:os-availability-zone:detail"); err != nil {
		return answer{}, err
	}
	seen := func(active bool) object {
		return object{"available": true, "active": active, "updated_at": micros(s.now())}
	}
	inner, outer := object{}, object{}
	for i, h := range s.hosts.list(nil) {
		if i == 0 {
			inner[h.Name] = object{"nova-conductor": seen(true), "nova-scheduler": seen(true)}
		}
		outer[h.Name] = object{"nova-compute": seen(!h.Disabled)}
	}
	zone := func(name string, hosts object) object {
		return object{"zoneName": name, "zoneState": object{"available": true}, "hosts": hosts}
	}
	return ok(object{"availabilityZoneInfo": []object{zone("internal", inner), zone(defaultZone, outer)}})
}
