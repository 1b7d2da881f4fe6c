package openstack

import (
	"net/http"
	"time"
)

// storage is Cinder's state.
type storage struct {
	volumes      *table[volume]
	volumeTypes  *table[volumeType]
	volumeQuotas *table[volumeQuota]
}

// A volume is a disk that outlives servers.
type volume struct {
	ID          string            `json:"id"`
	Name        *string           `json:"name"`
	Description *string           `json:"description"`
	Project     string            `json:"project"`
	User        string            `json:"user"`
	Size        int               `json:"size"`   // GB
	Status      string            `json:"status"` // creating, available, in-use, deleting, error
	Type        string            `json:"type"`   // its name
	Zone        string            `json:"zone"`
	Image       string            `json:"image,omitempty"`
	ImageFacts  map[string]string `json:"image_facts,omitempty"`
	Source      string            `json:"source,omitempty"` // the volume that it is a copy of
	Bootable    bool              `json:"bootable"`
	Shareable   bool              `json:"multiattach"`
	Metadata    map[string]string `json:"metadata"`
	Attached    []volumeSpot      `json:"attached,omitempty"`
	Doomed      bool              `json:"doomed,omitempty"` // it will end in error
	Made        time.Time         `json:"made"`
	Changed     time.Time         `json:"changed"`
}

// volumeSpot is a volume's place at a server.
type volumeSpot struct {
	ID     string    `json:"id"`
	Server string    `json:"server"`
	Device string    `json:"device"`
	At     time.Time `json:"at"`
}

// A volumeType is a kind of volumes.
type volumeType struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description *string           `json:"description"`
	Specs       map[string]string `json:"specs"`
}

const (
	// usualType is the type of a volume of which nobody says one.
	usualType = "__DEFAULT__"
	// What happens to volumes by itself.
	eventVolume     = "volume"
	eventVolumeGone = "volume-gone"
)

// openVolume serves Cinder.
func (s *Server) openVolume() {
	s.volumes = newTable[volume](s, "volume")
	s.volumeTypes = newTable[volumeType](s, "volume-type")
	s.volumeQuotas = newTable[volumeQuota](s, "volume-quota")
	s.cinder = volumePart{s}
	s.play(eventVolume, s.volumeReady)
	s.play(eventVolumeGone, s.volumeGone)
	s.open(s.volume, "GET /volume", s.volumeVersions(http.StatusMultipleChoices))
	s.open(s.volume, "GET /volume/{$}", s.volumeVersions(http.StatusMultipleChoices))
	s.open(s.volume, "GET /volume/v3", s.volumeVersions(http.StatusOK))
	s.open(s.volume, "GET /volume/v3/{$}", s.volumeVersions(http.StatusOK))
	s.volumeCall("GET /volumes", s.listVolumes(false))
	s.volumeCall("GET /volumes/detail", s.listVolumes(true))
	s.volumeCall("POST /volumes", s.createVolume)
	s.volumeCall("GET /volumes/{id}", s.showVolume)
	s.volumeCall("PUT /volumes/{id}", s.updateVolume)
	s.volumeCall("DELETE /volumes/{id}", s.deleteVolume)
	s.volumeCall("POST /volumes/{id}/action", s.actOnVolume)
	s.volumeMetadataCalls()
	s.volumeFacts()
	s.volumeQuotaCalls()
}

// volumeCall serves a call of Cinder's, whose path names the project of whoever calls.
func (s *Server) volumeCall(pattern string, h handler) {
	s.handle(s.volume, pattern, func(c *call) (answer, error) {
		if c.arg("project") != c.who.Project {
			return answer{}, refuse(http.StatusBadRequest, "Malformed request url")
		}
		return h(c)
	})
}

func (s *Server) volumeVersions(status int) handler {
	return func(c *call) (answer, error) {
		m := c.service.micro
		return reply(status, object{"versions": []object{{
			"id": "v3.0", "status": "CURRENT", "version": m.text(m.most), "min_version": m.text(m.least), "updated": "2022-08-31T00:00:00Z",
			"links": []object{{"rel": "self", "href": c.base + "/volume/v3/"}},
			"media-types": []object{{
				"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3",
			}},
		}}}), nil
	}
}

// volumeForm is Cinder's: as Nova's, and a quota says when to try again, which is a word.
func volumeForm(r *refusal) answer {
	a := computeForm(r)
	body, _ := a.body.(object)
	if limit, over := body["overLimit"].(object); over && r.status == http.StatusRequestEntityTooLarge {
		limit["retryAfter"] = "0"
		return a.with("Retry-After", "0")
	}
	return a
}

// seedVolume puts the types of a new cloud there.
func (s *Server) seedVolume() {
	if s.volumeTypes.len() > 0 {
		return
	}
	for _, name := range []string{usualType, "fast"} {
		t := &volumeType{ID: newUUID(), Name: name, Specs: map[string]string{}}
		s.volumeTypes.put(t.ID, t)
	}
}

func noVolume(id string) error {
	return refuse(http.StatusNotFound, "Volume %s could not be found.", id)
}

func (s *Server) findVolume(c *call) (*volume, error) {
	v := s.volumes.get(c.arg("id"))
	if v == nil || !c.who.sees(v.Project) {
		return nil, noVolume(c.arg("id"))
	}
	return v, nil
}

func (s *Server) showVolume(c *call) (answer, error) {
	v, err := s.findVolume(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"volume": s.volumeBody(c, v, true)})
}

func (v *volume) links(c *call) []object {
	return []object{
		{"rel": "self", "href": c.base + "/volume/v3/" + v.Project + "/volumes/" + v.ID},
		{"rel": "bookmark", "href": c.base + "/volume/" + v.Project + "/volumes/" + v.ID},
	}
}

// volumeBody is a volume as it is shown; one that was just made is shown in part.
func (s *Server) volumeBody(c *call, v *volume, whole bool) object {
	spots := []object{}
	for _, a := range v.Attached {
		host := any(nil)
		if c.who.admin() {
			host = "fake1"
		}
		spots = append(spots, object{
			"id": v.ID, "volume_id": v.ID, "attachment_id": a.ID, "server_id": a.Server, "device": a.Device, "host_name": host,
			"attached_at": micros(a.At),
		})
	}
	changed := any(nil)
	if !v.Changed.IsZero() {
		changed = micros(v.Changed)
	}
	out := object{
		"id": v.ID, "name": v.Name, "description": v.Description, "size": v.Size, "status": v.Status, "volume_type": v.Type,
		"availability_zone": v.Zone, "bootable": pythonLower(v.Bootable), "encrypted": false, "multiattach": v.Shareable,
		"replication_status": nil, "snapshot_id": nil, "source_volid": orNull(v.Source), "consistencygroup_id": nil, "metadata": v.Metadata,
		"attachments": spots, "created_at": micros(v.Made), "updated_at": changed, "user_id": v.User, "links": v.links(c),
		"migration_status": nil,
	}
	if v.ImageFacts != nil {
		out["volume_image_metadata"] = v.ImageFacts
	}
	if whole {
		out["os-vol-tenant-attr:tenant_id"] = v.Project
	}
	if whole && c.who.admin() {
		out["os-vol-host-attr:host"], out["os-vol-mig-status-attr:migstat"], out["os-vol-mig-status-attr:name_id"] = "sandbox@lvm#lvm", nil, nil
	}
	s.volumeLater(c, v, out)
	return out
}

// volumeLater adds what later versions show.
func (s *Server) volumeLater(c *call, v *volume, out object) {
	if c.at(13) {
		out["group_id"] = nil
	}
	if c.at(21) && c.who.admin() {
		out["provider_id"] = nil
	}
	if c.at(48) {
		out["service_uuid"], out["shared_targets"] = nil, false
	}
	if c.at(61) && c.who.admin() {
		out["cluster_name"] = nil
	}
	if c.at(63) {
		out["volume_type_id"] = nil
		if t := s.namedType(v.Type); t != nil {
			out["volume_type_id"] = t.ID
		}
	}
	if c.at(65) {
		out["consumes_quota"] = true
	}
}

func pythonLower(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// namedType is a type of volumes by its name or id, nil for none.
func (s *Server) namedType(name string) *volumeType {
	return s.volumeTypes.find(func(t *volumeType) bool { return t.Name == name || t.ID == name })
}

func (s *Server) deleteVolume(c *call) (answer, error) {
	v, err := s.findVolume(c)
	if err != nil {
		return answer{}, err
	}
	if v.Status != "available" && v.Status != "error" || len(v.Attached) > 0 {
		return answer{}, refuse(http.StatusBadRequest, "Invalid volume: Volume status must be available or error or error_restoring or "+
			"error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or "+
			"be disassociated from snapshots after volume transfer.")
	}
	s.goVolume(v, c.befell(FaultStuck))
	return accepted(nil)
}

// goVolume begins to delete a volume; a stuck one stays like that.
func (s *Server) goVolume(v *volume, stuck bool) {
	v.Status, v.Changed = "deleting", s.now()
	s.volumes.save(v.ID)
	if !stuck {
		s.later(s.options.Delete, eventVolumeGone, v.ID)
	}
}

func (s *Server) volumeGone(id string) {
	if v := s.volumes.get(id); v != nil && v.Status == "deleting" {
		s.volumes.drop(id)
	}
}

// volumeReady is when a volume is there.
func (s *Server) volumeReady(id string) {
	v := s.volumes.get(id)
	if v == nil || v.Status != "creating" {
		return
	}
	switch {
	case v.Doomed:
		v.Status = "error"
	case len(v.Attached) > 0:
		v.Status = "in-use"
	default:
		v.Status = "available"
	}
	v.Changed = s.now()
	s.volumes.save(id)
}
