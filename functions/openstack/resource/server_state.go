package resource

import (
	"slices"
	"strings"
	"time"
)

// novaServer has what is read of a server.
type novaServer struct {
	ID        string                   `json:"id"`
	Name      string                   `json:"name"`
	Status    string                   `json:"status"`
	Task      string                   `json:"OS-EXT-STS:task_state"`
	Created   time.Time                `json:"created"`
	Metadata  map[string]string        `json:"metadata"`
	Addresses map[string][]novaAddress `json:"addresses"`
	Fault     *novaFault               `json:"fault"`
	Host      string                   `json:"OS-EXT-SRV-ATTR:host"`
}

type novaAddress struct {
	Address string `json:"addr"`
	Type    string `json:"OS-EXT-IPS:type"`
}

type novaFault struct {
	Message string `json:"message"`
}

// softDeleted is a server that was deleted and is kept for a while.
const softDeleted = "SOFT_DELETED"

func (s novaServer) thing() Thing {
	t := Thing{Kind: KindServer, ID: s.ID, Name: s.Name, Made: s.Created, Addresses: s.addresses(), Facts: map[string]string{FactStatus: s.Status}}
	t.Mark, _ = markOfMetadata(s.Metadata)
	t.State, t.Why = s.state()
	for fact, value := range map[string]string{FactLogin: s.Metadata[loginKey], FactHost: s.Host} {
		if value != "" {
			t.Facts[fact] = value
		}
	}
	return t
}

// state is the state that a status stands for: https://docs.openstack.org/api-guide/compute/server_concepts.html
func (s novaServer) state() (State, string) {
	if s.Task == "deleting" && s.Status != "ERROR" {
		return Going, ""
	}
	switch s.Status {
	case "ACTIVE", "PASSWORD", "VERIFY_RESIZE", "MIGRATING":
		return Ready, ""
	case "SHUTOFF", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED", "RESCUE":
		return Stopped, ""
	case softDeleted:
		return Stopped, "it was deleted, and this cloud keeps deleted servers for a while"
	case "ERROR":
		return Failed, s.why()
	case "DELETED":
		return Absent, ""
	}
	return Building, "" // BUILD, REBUILD, REBOOT, RESIZE and whatever else passes; UNKNOWN too
}

func (s novaServer) why() string {
	if s.Fault == nil || strings.TrimSpace(s.Fault.Message) == "" {
		return "its status is ERROR; Nova does not say why"
	}
	return strings.TrimSpace(s.Fault.Message)
}

// addresses are those that are reached from outside first, then the networks' in the order of their names.
func (s novaServer) addresses() []string {
	var outside, inside []string
	networks := make([]string, 0, len(s.Addresses))
	for network := range s.Addresses {
		networks = append(networks, network)
	}
	slices.Sort(networks)
	for _, network := range networks {
		for _, a := range s.Addresses[network] {
			if a.Type == "floating" {
				outside = append(outside, a.Address)
			} else {
				inside = append(inside, a.Address)
			}
		}
	}
	return append(outside, inside...)
}
