package openstack

import (
	"math"
	"net/http"
)

// A volumeQuota is the limits of a project that are not the usual ones.
type volumeQuota struct {
	Project string         `json:"project"`
	Limits  map[string]int `json:"limits"`
}

// usualVolumeLimits are Cinder's own; -1 is no limit.
var usualVolumeLimits = map[string]int{
	"volumes": 10, "snapshots": 10, "gigabytes": 1000, "backups": 10, "backup_gigabytes": 1000, "per_volume_gigabytes": -1, "groups": 10,
}

func (s *Server) volumeQuotaCalls() {
	s.volumeCall("GET /os-quota-sets/{of}", s.showVolumeQuota)
	s.volumeCall("GET /os-quota-sets/{of}/defaults", func(c *call) (answer, error) {
		out := object{"id": c.arg("of")}
		for name, limit := range usualVolumeLimits {
			out[name] = limit
		}
		return ok(object{"quota_set": out})
	})
	s.volumeCall("PUT /os-quota-sets/{of}", s.setVolumeQuota)
	s.volumeCall("DELETE /os-quota-sets/{of}", func(c *call) (answer, error) {
		if !c.who.admin() {
			return answer{}, refuse(http.StatusForbidden, "Policy doesn't allow volume_extension:quotas:delete to be performed.")
		}
		s.volumeQuotas.drop(c.arg("of"))
		return reply(http.StatusOK, nil), nil
	})
	s.volumeCall("GET /limits", s.volumeLimits)
}

func (s *Server) volumeLimit(project, name string) int {
	if q := s.volumeQuotas.get(project); q != nil {
		if n, set := q.Limits[name]; set {
			return n
		}
	}
	return usualVolumeLimits[name]
}

// volumeUse is how many volumes a project has, and how many gigabytes in them.
func (s *Server) volumeUse(project string) (count, size int) {
	for _, v := range s.volumes.all() {
		if v.Project == project {
			count++
			size += v.Size
		}
	}
	return count, size
}

// volumeFits refuses what does not fit into a project's quota.
func (s *Server) volumeFits(project string, volumes, size int, full bool) error {
	count, used := s.volumeUse(project)
	most, room, each := s.volumeLimit(project, "volumes"), s.volumeLimit(project, "gigabytes"), s.volumeLimit(project, "per_volume_gigabytes")
	switch {
	case each >= 0 && size > each:
		return refuse(http.StatusRequestEntityTooLarge, "VolumeSizeExceedsLimit: Requested volume size %d is larger than maximum allowed "+
			"limit %d.", size, each)
	case full || most >= 0 && count+volumes > most:
		return refuse(http.StatusRequestEntityTooLarge, "VolumeLimitExceeded: Maximum number of volumes allowed (%d) exceeded for quota "+
			"'volumes'.", most)
	case room >= 0 && used+size > room:
		return refuse(http.StatusRequestEntityTooLarge, "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed "+
			"gigabytes quota. Requested %dG, quota is %dG and %dG has been consumed.", size, room, used)
	}
	return nil
}

func (s *Server) showVolumeQuota(c *call) (answer, error) {
	of := c.arg("of")
	if !c.who.sees(of) {
		return answer{}, refuse(http.StatusForbidden, "Policy doesn't allow volume_extension:quotas:show to be performed.")
	}
	count, size := s.volumeUse(of)
	used := map[string]int{"volumes": count, "gigabytes": size}
	usage, _ := flag("usage", c.ask("usage"))
	out := object{"id": of}
	for name := range usualVolumeLimits {
		if out[name] = s.volumeLimit(of, name); usage == true {
			out[name] = object{"limit": s.volumeLimit(of, name), "in_use": used[name], "reserved": 0}
		}
	}
	return ok(object{"quota_set": out})
}

func (s *Server) setVolumeQuota(c *call) (answer, error) {
	if !c.who.admin() {
		return answer{}, refuse(http.StatusForbidden, "Policy doesn't allow volume_extension:quotas:update to be performed.")
	}
	var in struct {
		Set map[string]any `json:"quota_set"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	limits := map[string]int{}
	for name := range usualVolumeLimits {
		limits[name] = s.volumeLimit(c.arg("of"), name)
	}
	for name, v := range in.Set {
		n, fits := v.(float64)
		switch _, known := usualVolumeLimits[name]; {
		case name == "tenant_id" || name == "skip_validation" || name == "force":
			continue
		case !known:
			return answer{}, refuse(http.StatusBadRequest, "Bad key(s) in quota set: %s", name)
		case !fits || n != math.Trunc(n) || n < -1 || n > math.MaxInt32:
			return answer{}, refuse(http.StatusBadRequest, "Quota limit must be an integer value and not less than -1: %s", name)
		}
		limits[name] = int(n)
	}
	s.volumeQuotas.put(c.arg("of"), &volumeQuota{Project: c.arg("of"), Limits: limits})
	return ok(object{"quota_set": limits})
}

func (s *Server) volumeLimits(c *call) (answer, error) {
	of := c.who.Project
	count, size := s.volumeUse(of)
	return ok(object{"limits": object{"rate": []object{}, "absolute": object{
		"maxTotalVolumes": s.volumeLimit(of, "volumes"), "maxTotalVolumeGigabytes": s.volumeLimit(of, "gigabytes"),
		"maxTotalSnapshots": s.volumeLimit(of, "snapshots"), "maxTotalBackups": s.volumeLimit(of, "backups"),
		"maxTotalBackupGigabytes": s.volumeLimit(of, "backup_gigabytes"), "totalVolumesUsed": count, "totalGigabytesUsed": size,
		"totalSnapshotsUsed": 0, "totalBackupsUsed": 0, "totalBackupGigabytesUsed": 0,
	}}})
}
