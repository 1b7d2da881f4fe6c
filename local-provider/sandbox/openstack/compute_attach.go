package openstack

import (
	"net/http"
	"slices"
)

// attachCalls serves what servers have: ports, addresses, volumes.
func (s *Server) attachCalls() {
	s.handle(s.compute, "GET /servers/{id}/ips", s.showAddresses)
	s.handle(s.compute, "GET /servers/{id}/os-security-groups", s.showServerSecurity)
	s.handle(s.compute, "GET /servers/{id}/os-interface", s.listInterfaces)
	s.handle(s.compute, "POST /servers/{id}/os-interface", s.attachInterface)
	s.handle(s.compute, "GET /servers/{id}/os-interface/{port}", s.showInterface)
	s.handle(s.compute, "DELETE /servers/{id}/os-interface/{port}", s.detachInterface)
	s.handle(s.compute, "GET /servers/{id}/os-volume_attachments", s.listServerVolumes)
	s.handle(s.compute, "POST /servers/{id}/os-volume_attachments", s.attachVolume)
	s.handle(s.compute, "GET /servers/{id}/os-volume_attachments/{volume}", s.showAttachment)
	s.handle(s.compute, "DELETE /servers/{id}/os-volume_attachments/{volume}", s.detachVolume)
}

func (s *Server) showAddresses(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	out := map[string][]object{}
	for name, list := range s.addresses(v) {
		for _, a := range list {
			out[name] = append(out[name], object{"version": a.Version, "addr": a.Addr})
		}
	}
	return ok(object{"addresses": out})
}

func (s *Server) showServerSecurity(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, name := range s.neutron.groups(v.ID) {
		g := s.groups.find(func(g *securityGroup) bool { return g.Project == v.Project && g.Name == name })
		if g != nil {
			list = append(list, object{"id": g.ID, "name": g.Name, "description": g.Description, "tenant_id": g.Project, "rules": []object{}})
		}
	}
	return ok(object{"security_groups": list})
}

func interfaceObject(c *call, p plugged) object {
	fixed := []object{}
	for _, f := range p.Fixed {
		fixed = append(fixed, object{"ip_address": f.Address, "subnet_id": f.Subnet})
	}
	out := object{"port_id": p.Port, "net_id": p.Network, "mac_addr": p.MAC, "port_state": p.State, "fixed_ips": fixed}
	if c.at(70) {
		out["tag"] = nil
	}
	return out
}

func (s *Server) listInterfaces(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, p := range s.neutron.plugs(v.ID) {
		list = append(list, interfaceObject(c, p))
	}
	return ok(object{"interfaceAttachments": list})
}

// interfaceFor is a port of a server.
func (s *Server) interfaceFor(c *call) (*server, plugged, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return nil, plugged{}, err
	}
	ports := s.neutron.plugs(v.ID)
	i := slices.IndexFunc(ports, func(p plugged) bool { return p.Port == c.arg("port") })
	if i < 0 {
		return nil, plugged{}, refuse(http.StatusNotFound, "Instance %s does not have a port with id %s", v.ID, c.arg("port"))
	}
	return v, ports[i], nil
}

func (s *Server) showInterface(c *call) (answer, error) {
	_, p, err := s.interfaceFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"interfaceAttachment": interfaceObject(c, p)})
}

func (s *Server) attachInterface(c *call) (answer, error) {
	var in struct {
		Interface struct {
			Port    string                `json:"port_id"`
			Network string                `json:"net_id"`
			Fixed   []struct{ IP string } `json:"fixed_ips"`
			Tag     string                `json:"tag"`
		} `json:"interfaceAttachment"`
	}
	v, err := s.serverFor(c)
	if err == nil {
		err = c.read(&in)
	}
	if err == nil {
		err = v.in("attach_interface", active, shutoff)
	}
	if err != nil {
		return answer{}, err
	}
	w := in.Interface
	want := []nic{{Port: w.Port, Network: w.Network, Tag: w.Tag}}
	if w.Port == "" && w.Network == "" {
		want = nil
	}
	before := s.neutron.plugs(v.ID)
	if err := s.neutron.plug(c.who, v, want, nil); err != nil {
		return answer{}, missingPort(err, w.Port)
	}
	s.neutron.awake(v.ID, v.Status == active)
	after := s.neutron.plugs(v.ID)
	v.act("attach_interface", c.who.User, s.now())
	s.changed(v)
	for _, p := range after {
		if !slices.ContainsFunc(before, func(q plugged) bool { return q.Port == p.Port }) {
			return ok(object{"interfaceAttachment": interfaceObject(c, p)})
		}
	}
	return answer{}, refuse(http.StatusInternalServerError, "Failed to attach network adapter device to %s", v.ID)
}

// missingPort makes 404 of a refusal of a port that is not there, which is 400 when a server is made.
func missingPort(err error, port string) error {
	if r, is := err.(*refusal); is && port != "" && r.status == http.StatusBadRequest { //nolint:errorlint // made just now
		return refuse(http.StatusNotFound, "%s", r.message)
	}
	return err
}

func (s *Server) detachInterface(c *call) (answer, error) {
	v, p, err := s.interfaceFor(c)
	if err != nil {
		return answer{}, err
	}
	s.neutron.unplug(v.ID, p.Port)
	v.act("detach_interface", c.who.User, s.now())
	s.changed(v)
	return accepted(nil)
}

func attachmentObject(c *call, v *server, a attached) object {
	out := object{"serverId": v.ID, "volumeId": a.Volume, "device": a.Device}
	if !c.at(89) {
		out["id"] = a.Volume
	} else {
		out["attachment_id"], out["bdm_uuid"] = a.ID, a.ID
	}
	if c.at(70) {
		out["tag"] = nullable(a.Tag)
	}
	if c.at(79) {
		out["delete_on_termination"] = a.Terminates
	}
	return out
}

func (s *Server) listServerVolumes(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, a := range v.Volumes {
		list = append(list, attachmentObject(c, v, a))
	}
	return ok(object{"volumeAttachments": list})
}

func (s *Server) attachmentFor(c *call) (*server, attached, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return nil, attached{}, err
	}
	i := slices.IndexFunc(v.Volumes, func(a attached) bool { return a.Volume == c.arg("volume") })
	if i < 0 {
		return nil, attached{}, refuse(http.StatusNotFound, "Instance %s is not attached to volume %s", v.ID, c.arg("volume"))
	}
	return v, v.Volumes[i], nil
}

func (s *Server) showAttachment(c *call) (answer, error) {
	v, a, err := s.attachmentFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"volumeAttachment": attachmentObject(c, v, a)})
}

func (s *Server) attachVolume(c *call) (answer, error) {
	var in struct {
		Volume struct {
			ID         string  `json:"volumeId"`
			Device     *string `json:"device"`
			Tag        string  `json:"tag"`
			Terminates bool    `json:"delete_on_termination"`
		} `json:"volumeAttachment"`
	}
	v, err := s.serverFor(c)
	if err == nil {
		err = c.read(&in)
	}
	if err == nil {
		err = v.in("attach_volume", active, shutoff)
	}
	if err != nil {
		return answer{}, err
	}
	w := in.Volume
	if !s.cinder.find(c.who, w.ID) {
		return answer{}, refuse(http.StatusNotFound, "Volume %s could not be found.", w.ID)
	}
	a := attached{ID: newUUID(), Volume: w.ID, Device: v.device(w.Device), Tag: w.Tag, Terminates: w.Terminates}
	if err := s.cinder.attach(w.ID, v.ID, a.Device); err != nil {
		return answer{}, err
	}
	v.Volumes = append(slices.Clone(v.Volumes), a)
	v.act("attach_volume", c.who.User, s.now())
	s.changed(v)
	return ok(object{"volumeAttachment": attachmentObject(c, v, a)})
}

// device is the name of the next disk: the one that was asked for, or the first free letter.
func (v *server) device(asked *string) string {
	if asked != nil && *asked != "" && *asked != "auto" {
		return *asked
	}
	for letter := 'b'; letter <= 'z'; letter++ {
		name := "/dev/vd" + string(letter)
		if !slices.ContainsFunc(v.Volumes, func(a attached) bool { return a.Device == name }) {
			return name
		}
	}
	return "/dev/vdz"
}

func (s *Server) detachVolume(c *call) (answer, error) {
	v, a, err := s.attachmentFor(c)
	if err == nil {
		err = v.in("detach_volume", active, shutoff)
	}
	if err != nil {
		return answer{}, err
	}
	if v.Image == "" && len(v.Volumes) > 0 && v.Volumes[0].Volume == a.Volume {
		return answer{}, refuse(http.StatusBadRequest, "Cannot detach a root device volume")
	}
	s.cinder.detach(a.Volume, v.ID)
	v.Volumes = slices.DeleteFunc(slices.Clone(v.Volumes), func(b attached) bool { return b.Volume == a.Volume })
	v.act("detach_volume", c.who.User, s.now())
	s.changed(v)
	return accepted(nil)
}
