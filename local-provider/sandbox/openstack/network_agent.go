package openstack

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// An agent does Neutron's work on a host.
type agent struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Binary string    `json:"binary"`
	Topic  string    `json:"topic"`
	Host   string    `json:"host"`
	Up     bool      `json:"up"`
	Dead   bool      `json:"dead"` // it has not been heard of
	Note   string    `json:"note"`
	Made   time.Time `json:"made"`
}

// agentKinds are the agents that every host has.
var agentKinds = [][3]string{
	{"Open vSwitch agent", "neutron-openvswitch-agent", "N/A"},
	{"L3 agent", "neutron-l3-agent", "l3_agent"},
	{"DHCP agent", "neutron-dhcp-agent", "dhcp_agent"},
	{"Metadata agent", "neutron-metadata-agent", "N/A"},
}

// agentSilence is how long ago a dead agent was heard of.
const agentSilence = 10 * time.Minute

func (s *Server) agentCalls() {
	s.handle(s.network, "GET /agents", s.listAgents)
	s.handle(s.network, "GET /agents/{id}", func(c *call) (answer, error) {
		a := s.agents.get(c.arg("id"))
		if a == nil || !c.who.admin() {
			return answer{}, noAgent(c.arg("id"))
		}
		return ok(object{"agent": s.agentBody(a)})
	})
	s.handle(s.network, "PUT /agents/{id}", s.changeAgent)
	s.handle(s.network, "GET /availability_zones", s.listZones)
}

func (s *Server) agentBody(a *agent) object {
	heard := s.now()
	if a.Dead {
		heard = heard.Add(-agentSilence)
	}
	zone := any(nil)
	if a.Topic != "N/A" {
		zone = "nova"
	}
	when := func(t time.Time) string { return t.UTC().Format(time.DateTime) }
	return object{
		"id": a.ID, "agent_type": a.Kind, "binary": a.Binary, "topic": a.Topic, "host": a.Host, "admin_state_up": a.Up, "alive": !a.Dead,
		"created_at": when(a.Made), "started_at": when(a.Made), "heartbeat_timestamp": when(heard), "description": orNull(a.Note),
		"configurations": object{}, "resources_synced": nil, "availability_zone": zone,
	}
}

// listAgents tells admins of the agents; as with Neutron's own, everybody else sees none.
func (s *Server) listAgents(c *call) (answer, error) {
	out := []object{}
	for _, a := range s.agents.all() {
		body := s.agentBody(a)
		fits := c.who.admin()
		for _, name := range []string{"id", "agent_type", "binary", "topic", "host", "alive", "admin_state_up", "availability_zone"} {
			if values, asked := c.query[name]; asked && fits {
				var err error
				if fits, err = equals(body[name], &attribute{name: name}, values); err != nil {
					return answer{}, err
				}
			}
		}
		if fits {
			out = append(out, chosen(body, c.query["fields"]))
		}
	}
	return ok(object{"agents": out})
}

func (s *Server) changeAgent(c *call) (answer, error) {
	if !c.who.admin() {
		return answer{}, unruled("rule:update_agent")
	}
	a := s.agents.get(c.arg("id"))
	if a == nil {
		return answer{}, noAgent(c.arg("id"))
	}
	in, err := c.given("agent")
	if err != nil {
		return answer{}, err
	}
	if v, given := in["admin_state_up"]; given {
		up, err := flag("admin_state_up", v)
		if err != nil {
			return answer{}, err
		}
		a.Up = up == true
	}
	if note, given := in["description"].(string); given {
		a.Note = note
	}
	s.agents.save(a.ID)
	return ok(object{"agent": s.agentBody(a)})
}

// zones are where routers and networks can be.
func (s *Server) listZones(*call) (answer, error) {
	out := []object{}
	for _, kind := range []string{"router", "network"} {
		if s.agents.len() > 0 {
			out = append(out, object{"name": "nova", "resource": kind, "state": "available"})
		}
	}
	return ok(object{"availability_zones": out})
}

// zonesOf is where something is, once an agent serves it.
func (s *Server) zonesOf(served bool) []string {
	if served && s.agents.len() > 0 {
		return []string{"nova"}
	}
	return []string{}
}

// SetNetworkAgents makes the agents of a host, or of all when it is empty, be heard of or not.
func (s *Server) SetNetworkAgents(host string, alive bool) error {
	found := 0
	s.do(func() {
		for id, a := range s.agents.all() {
			if cmp.Or(host, a.Host) == a.Host {
				a.Dead = !alive
				s.agents.save(id)
				found++
			}
		}
	})
	if found == 0 {
		return refuse(http.StatusNotFound, "no network agent on a host %q", host)
	}
	return nil
}

// seedAgents puts agents on the hosts of a new cloud.
func (s *Server) seedAgents() {
	if s.agents.len() > 0 {
		return
	}
	for i := range s.options.Hosts {
		for _, kind := range agentKinds {
			a := &agent{ID: newUUID(), Kind: kind[0], Binary: kind[1], Topic: kind[2], Host: fmt.Sprintf("fake%d", i+1), Up: true, Made: s.now()}
			s.agents.put(a.ID, a)
		}
	}
}
