package openstack

import "net/http"

// volumeFacts serves what Cinder tells of itself.
func (s *Server) volumeFacts() {
	s.volumeCall("GET /types", func(*call) (answer, error) {
		out := []object{}
		for _, t := range s.volumeTypes.all() {
			out = append(out, t.body())
		}
		return ok(object{"volume_types": out})
	})
	s.volumeCall("GET /types/{type}", func(c *call) (answer, error) {
		t := s.volumeTypes.get(c.arg("type"))
		if c.arg("type") == "default" {
			t = s.namedType(usualType)
		}
		if t == nil {
			return answer{}, refuse(http.StatusNotFound, "Volume type %s could not be found.", c.arg("type"))
		}
		return ok(object{"volume_type": t.body()})
	})
	s.volumeCall("GET /os-services", func(c *call) (answer, error) {
		if !c.who.admin() {
			return answer{}, refuse(http.StatusForbidden, "Policy doesn't allow volume_extension:services:index to be performed.")
		}
		out := []object{}
		for binary, host := range map[string]string{"cinder-scheduler": "sandbox", "cinder-volume": "sandbox@lvm"} {
			out = append(out, object{
				"binary": binary, "host": host, "zone": "nova", "status": "enabled", "state": "up", "updated_at": micros(s.now()),
				"disabled_reason": nil,
			})
		}
		return ok(object{"services": out})
	})
	s.volumeCall("GET /os-availability-zone", func(*call) (answer, error) {
		return ok(object{"availabilityZoneInfo": []object{{"zoneName": "nova", "zoneState": object{"available": true}}}})
	})
	none := func(name string) handler {
		return func(*call) (answer, error) { return ok(object{name: []object{}}) }
	}
	s.volumeCall("GET /snapshots", none("snapshots"))
	s.volumeCall("GET /snapshots/detail", none("snapshots"))
	s.volumeCall("GET /extensions", none("extensions"))
	s.volumeCall("GET /attachments", s.listAttachments)
	s.volumeCall("GET /attachments/detail", s.listAttachments)
}

func (t *volumeType) body() object {
	return object{
		"id": t.ID, "name": t.Name, "description": t.Description, "is_public": true, "os-volume-type-access:is_public": true,
		"extra_specs": t.Specs, "qos_specs_id": nil,
	}
}

func (s *Server) listAttachments(c *call) (answer, error) {
	out := []object{}
	for _, v := range s.volumes.all() {
		for _, a := range v.Attached {
			if c.who.sees(v.Project) && (c.ask("volume_id") == "" || c.ask("volume_id") == v.ID) {
				out = append(out, object{
					"id": a.ID, "volume_id": v.ID, "instance": a.Server, "status": "attached", "attached_at": micros(a.At), "detached_at": nil,
					"attach_mode": "rw",
				})
			}
		}
	}
	return ok(object{"attachments": out})
}
