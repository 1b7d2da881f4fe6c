package openstack

import (
	"net/http"
	"slices"
	"time"
)

// act notes what was done to a server; the last of them.
func (v *server) act(name, user string, at time.Time) {
	v.Actions = append(v.Actions, action{Name: name, Request: "req-" + newUUID(), User: user, Start: at})
	if len(v.Actions) > maxActions {
		v.Actions = slices.Clone(v.Actions[len(v.Actions)-maxActions:])
	}
}

// maxActions is how many actions of a server are remembered.
const maxActions = 20

// place chooses the host of a server: of those that are up and enabled and have room, the one with the least on it. Without any,
// the server comes to nothing, which shows when it would have come up.
func (s *Server) place(v *server, on string) {
	var best *host
	for _, h := range s.hosts.all() {
		if h.Disabled || h.Down || on != "" && on != h.Name || !s.suits(h, v) {
			continue
		}
		if best == nil || h.used.RAM < best.used.RAM {
			best = h
		}
	}
	if best == nil {
		v.Doom = noHost
		return
	}
	v.Host = best.Name
	best.add(v, 1)
}

// noHost is what Nova's scheduler says of a server for which there is no room.
const noHost = "No valid host was found. "

// suits says whether a host has room for a server, and whether the server's group lets it be there.
func (s *Server) suits(h *host, v *server) bool {
	if v.Flavor.VCPUs > h.VCPUs*overcommit-h.used.Cores || v.Flavor.RAM > h.RAM-h.used.RAM || v.Flavor.Disk > hostDisk-h.disk {
		return false
	}
	g := s.serverGroups.get(v.Group)
	if g == nil || g.Policy != "affinity" && g.Policy != "anti-affinity" {
		return true
	}
	for _, w := range s.servers.all() {
		if w.Group == v.Group && w.Host != "" && (w.Host == h.Name) != (g.Policy == "affinity") {
			return false
		}
	}
	return true
}

// leave takes a server off its host.
func (s *Server) leave(v *server) {
	if h := s.hosts.get(v.Host); h != nil {
		h.add(v, -1)
	}
}

// undertake starts a task that ends after the time that things take.
func (s *Server) undertake(v *server, task string, takes time.Duration) {
	v.Task, v.Updated = task, s.now()
	v.Due = s.now().Add(takes)
	s.servers.save(v.ID)
	s.later(takes, "server", v.ID)
}

// playServer ends a server's task, unless another one began meanwhile.
func (s *Server) playServer(id string) {
	v := s.servers.get(id)
	if v == nil || v.Task == "" || v.Stuck || s.now().Before(v.Due) {
		return
	}
	task := v.Task
	if v.Updated = s.now(); task == "deleting" {
		s.bury(v)
		return
	}
	v.Task, v.Due = "", time.Time{}
	switch task {
	case "scheduling", "rebuilding":
		s.comeUp(v)
	case "powering-off":
		v.Status = shutoff
		s.neutron.awake(v.ID, false)
	case "powering-on", "rebooting", "rebooting_hard":
		v.Status = active
		v.Boots++
		s.neutron.awake(v.ID, true)
	}
	s.servers.save(id)
}

// comeUp is the end of making a server.
func (s *Server) comeUp(v *server) {
	if v.Doom != "" {
		v.Status = failed
		v.Fault = &serverFault{
			Code: http.StatusInternalServerError, Message: v.Doom, Made: s.now(),
			Details: "Traceback (most recent call last):\n  File \"nova/conductor/manager.py\", in schedule_and_build_instances\n" + v.Doom + "\n",
		}
		if v.Doom != noHost {
			s.neutron.unplug(v.ID, "")
		}
		return
	}
	v.Status, v.Fault = active, nil
	if v.Launched.IsZero() {
		v.Launched = s.now()
	}
	s.neutron.awake(v.ID, true)
}

// bury ends a server: its ports and volumes are free, or gone with it.
func (s *Server) bury(v *server) {
	s.neutron.unplug(v.ID, "")
	s.letGo(v)
	s.leave(v)
	if s.servers.get(v.ID) != nil {
		s.charge(v, -1)
		s.servers.drop(v.ID)
	}
	delete(s.plugged, v.ID)
}

// notePort keeps in mind which device has a port.
func (s *Server) notePort(id string, p *port) {
	if p.Device != "" && !slices.Contains(s.plugged[p.Device], id) {
		s.plugged[p.Device] = append(s.plugged[p.Device], id)
	}
}

// letGo frees a server's volumes, and deletes those that go with it.
func (s *Server) letGo(v *server) {
	for _, a := range v.Volumes {
		s.cinder.detach(a.Volume, v.ID)
		if a.Terminates {
			s.cinder.remove(a.Volume)
		}
	}
	v.Volumes = nil
}
