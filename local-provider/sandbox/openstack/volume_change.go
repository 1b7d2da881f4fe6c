package openstack

import (
	"encoding/json"
	"maps"
	"net/http"
)

func (s *Server) updateVolume(c *call) (answer, error) {
	v, err := s.findVolume(c)
	if err != nil {
		return answer{}, err
	}
	var in struct {
		Volume *struct {
			Name        *string           `json:"name"`
			Description *string           `json:"description"`
			Metadata    map[string]string `json:"metadata"`
		} `json:"volume"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	if in.Volume == nil {
		return answer{}, refuse(http.StatusBadRequest, "'volume' is a required property")
	}
	changed := *v
	if in.Volume.Name != nil {
		changed.Name = in.Volume.Name
	}
	if in.Volume.Description != nil {
		changed.Description = in.Volume.Description
	}
	if in.Volume.Metadata != nil {
		changed.Metadata = in.Volume.Metadata
	}
	if err := wellNamed(&changed); err != nil {
		return answer{}, err
	}
	changed.Changed = s.now()
	s.volumes.put(v.ID, &changed)
	return ok(object{"volume": s.volumeBody(c, &changed, false)})
}

// A volumeAct is one of the actions on a volume: what it is asked to be.
type volumeAct struct {
	Size     any    `json:"new_size"`
	Status   string `json:"status"`
	Bootable any    `json:"bootable"`
}

func (s *Server) actOnVolume(c *call) (answer, error) {
	v, err := s.findVolume(c)
	if err != nil {
		return answer{}, err
	}
	var in map[string]json.RawMessage
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	for name, text := range in {
		var act volumeAct
		if len(in) == 1 && json.Unmarshal(text, &act) == nil {
			return s.actVolume(c, v, name, act)
		}
	}
	return answer{}, refuse(http.StatusBadRequest, "There is no such action: None")
}

func (s *Server) actVolume(c *call, v *volume, name string, act volumeAct) (answer, error) {
	if (name == "os-reset_status" || name == "os-force_delete") && !c.who.admin() {
		return answer{}, refuse(http.StatusForbidden, "Policy doesn't allow volume_extension:volume_admin_actions:%s to be performed.",
			map[string]string{"os-reset_status": "reset_status", "os-force_delete": "force_delete"}[name])
	}
	switch name {
	case "os-extend":
		return s.extendVolume(c, v, act.Size)
	case "os-reset_status":
		v.Status = act.Status
	case "os-force_delete":
		s.goVolume(v, c.befell(FaultStuck))
		return accepted(nil)
	case "os-set_bootable":
		yes, err := flag("bootable", act.Bootable)
		if err != nil {
			return answer{}, refuse(http.StatusBadRequest, "Invalid value '%s' for bootable", python(act.Bootable))
		}
		v.Bootable = yes == true
		s.volumes.save(v.ID)
		return reply(http.StatusOK, nil), nil
	default:
		return answer{}, refuse(http.StatusBadRequest, "There is no such action: %s", name)
	}
	v.Changed = s.now()
	s.volumes.save(v.ID)
	return accepted(nil)
}

func (s *Server) extendVolume(c *call, v *volume, size any) (answer, error) {
	n, _ := size.(float64)
	switch {
	case v.Status != "available":
		return answer{}, refuse(http.StatusBadRequest, "Invalid volume: Volume %s status must be available to extend, currently %s.", v.ID, v.Status)
	case n != float64(int(n)) || int(n) <= v.Size:
		return answer{}, refuse(http.StatusBadRequest, "Invalid input received: New size for extend must be greater than current size. "+
			"(current: %d, extended: %s).", v.Size, python(size))
	}
	if err := s.volumeFits(v.Project, 0, int(n)-v.Size, c.befell(FaultQuota)); err != nil {
		return answer{}, err
	}
	v.Size, v.Changed = int(n), s.now()
	s.volumes.save(v.ID)
	return accepted(nil)
}

func (s *Server) volumeMetadataCalls() {
	show := func(c *call, change func(v *volume, in map[string]string) error) (answer, error) {
		v, err := s.findVolume(c)
		if err != nil {
			return answer{}, err
		}
		if change != nil {
			var in struct {
				Metadata map[string]string `json:"metadata"`
			}
			if err := c.read(&in); err != nil {
				return answer{}, err
			}
			if err := fairMetadata(in.Metadata); err != nil {
				return answer{}, err
			}
			if err := change(v, in.Metadata); err != nil {
				return answer{}, err
			}
			s.volumes.save(v.ID)
		}
		return ok(object{"metadata": v.Metadata})
	}
	s.volumeCall("GET /volumes/{id}/metadata", func(c *call) (answer, error) { return show(c, nil) })
	s.volumeCall("POST /volumes/{id}/metadata", func(c *call) (answer, error) {
		return show(c, func(v *volume, in map[string]string) error {
			maps.Copy(v.Metadata, in)
			return nil
		})
	})
	s.volumeCall("PUT /volumes/{id}/metadata", func(c *call) (answer, error) {
		return show(c, func(v *volume, in map[string]string) error {
			v.Metadata = map[string]string{}
			maps.Copy(v.Metadata, in)
			return nil
		})
	})
	s.volumeCall("DELETE /volumes/{id}/metadata/{key}", func(c *call) (answer, error) {
		v, err := s.findVolume(c)
		if err != nil {
			return answer{}, err
		}
		if _, there := v.Metadata[c.arg("key")]; !there {
			return answer{}, refuse(http.StatusNotFound, "Volume %s has no metadata with key %s.", v.ID, c.arg("key"))
		}
		delete(v.Metadata, c.arg("key"))
		s.volumes.save(v.ID)
		return reply(http.StatusOK, nil), nil
	})
}
