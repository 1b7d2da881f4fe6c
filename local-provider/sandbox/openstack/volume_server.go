package openstack

import (
	"net/http"
	"slices"
)

// A volumePart is Cinder as Nova sees it.
type volumePart struct{ s *Server }

var _ cinder = volumePart{}

// find says whether there is such a volume for whoever shows a token.
func (p volumePart) find(who *token, volume string) bool {
	v := p.s.volumes.get(volume)
	return v != nil && who.sees(v.Project)
}

// make asks for a volume, and returns its id.
func (p volumePart) make(who *token, want disk) (string, error) {
	if want.Snapshot != "" {
		return "", refuse(http.StatusBadRequest, "Snapshot %s could not be found.", want.Snapshot)
	}
	v := &volume{ID: newUUID(), Name: &want.Name, Project: who.Project, User: who.User, Status: "creating", Zone: "nova", Image: want.Image}
	if err := p.s.makeVolume(who, v, float64(want.Size), want.Type, false); err != nil {
		return "", err
	}
	return v.ID, nil
}

// attach gives a volume to a server as a device.
func (p volumePart) attach(volume, server, device string) error {
	v := p.s.volumes.get(volume)
	if v == nil {
		return refuse(http.StatusNotFound, "Volume %s could not be found.", volume)
	}
	if v.Status != "available" && (v.Status != "creating" || len(v.Attached) > 0) && (v.Status != "in-use" || !v.Shareable) {
		return refuse(http.StatusBadRequest, "Invalid input received: Invalid volume: Volume %s status must be available or downloading to "+
			"reserve, but the current status is %s.", v.ID, v.Status)
	}
	v.Attached = append(v.Attached, volumeSpot{ID: newUUID(), Server: server, Device: device, At: p.s.now()})
	if v.Status == "available" {
		v.Status = "in-use"
	}
	v.Changed = p.s.now()
	p.s.volumes.save(v.ID)
	return nil
}

// detach takes a volume back from a server.
func (p volumePart) detach(volume, server string) {
	v := p.s.volumes.get(volume)
	if v == nil {
		return
	}
	v.Attached = slices.DeleteFunc(v.Attached, func(a volumeSpot) bool { return a.Server == server })
	if v.Status == "in-use" && len(v.Attached) == 0 {
		v.Status = "available"
	}
	v.Changed = p.s.now()
	p.s.volumes.save(v.ID)
}

// remove deletes a volume that went with its server.
func (p volumePart) remove(volume string) {
	if v := p.s.volumes.get(volume); v != nil {
		v.Attached = nil
		p.s.goVolume(v, false)
	}
}
