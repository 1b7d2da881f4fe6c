package openstack

import "net/http"

// A netQuota is the limits of a project that are not the usual ones.
type netQuota struct {
	Project string         `json:"project"`
	Limits  map[string]int `json:"limits"`
}

// usualNetLimits are Neutron's own; -1 is no limit.
var usualNetLimits = map[string]int{
	"network": 100, "subnet": 100, "subnetpool": -1, "port": 500, "router": 10, "floatingip": 50, "rbac_policy": 10,
	"security_group": 10, "security_group_rule": 100,
}

func (s *Server) netQuotaCalls() {
	s.handle(s.network, "GET /quotas", s.listNetQuotas)
	s.handle(s.network, "GET /quotas/tenant", quotaTenant)
	s.handle(s.network, "GET /quotas/project", quotaTenant)
	s.handle(s.network, "GET /quotas/{project}", s.showNetQuota)
	s.handle(s.network, "GET /quotas/{project}/default", func(c *call) (answer, error) {
		if err := mayQuota(c, "get"); err != nil {
			return answer{}, err
		}
		return ok(object{"quota": usualNetLimits})
	})
	s.handle(s.network, "GET /quotas/{project}/details", s.detailNetQuota)
	s.handle(s.network, "GET /quotas/{project}/details.json", s.detailNetQuota)
	s.handle(s.network, "PUT /quotas/{project}", s.setNetQuota)
	s.handle(s.network, "DELETE /quotas/{project}", s.dropNetQuota)
}

func quotaTenant(c *call) (answer, error) {
	return ok(object{"tenant": object{"tenant_id": c.who.Project}})
}

// netLimit is how many of a kind a project may have; -1 for any number.
func (s *Server) netLimit(project, kind string) int {
	if q := s.netQuotas.get(project); q != nil {
		if n, set := q.Limits[kind]; set {
			return n
		}
	}
	return usualNetLimits[kind]
}

func (s *Server) netLimits(project string) object {
	out := object{}
	for kind := range usualNetLimits {
		out[kind] = s.netLimit(project, kind)
	}
	return out
}

// netUsed is how many of a kind a project has.
func (s *Server) netUsed(project, kind string) int {
	switch kind {
	case "network":
		return countOf(s.networks, project, (*network).std)
	case "subnet":
		return countOf(s.subnets, project, (*subnet).std)
	case "port":
		return countOf(s.ports, project, (*port).std)
	case "router":
		return countOf(s.routers, project, (*router).std)
	case "floatingip":
		return countOf(s.floatings, project, (*floatingIP).std)
	case "security_group":
		return countOf(s.groups, project, (*securityGroup).std)
	case "security_group_rule":
		return countOf(s.rules, project, (*securityRule).std)
	}
	return 0
}

func countOf[T any](t *table[T], project string, std func(*T) *standard) int {
	n := 0
	for _, v := range t.all() {
		if std(v).Project == project {
			n++
		}
	}
	return n
}

// fitsNetQuota says whether a project may have one more of a kind.
func (s *Server) fitsNetQuota(project, kind string) bool {
	limit := s.netLimit(project, kind)
	return limit < 0 || s.netUsed(project, kind) < limit
}

func overNetQuota(kind string) error {
	return refuseAs(http.StatusConflict, "OverQuota", "Quota exceeded for resources: ['%s'].", kind)
}

func mayQuota(c *call, verb string) error {
	if c.who.admin() || verb == "get" && c.arg("project") == c.who.Project {
		return nil
	}
	return unruled("rule:" + verb + "_quota")
}

func (s *Server) listNetQuotas(c *call) (answer, error) {
	if err := mayQuota(c, "get"); err != nil {
		return answer{}, err
	}
	out := []object{}
	for _, q := range s.netQuotas.all() {
		limits := s.netLimits(q.Project)
		limits["project_id"], limits["tenant_id"] = q.Project, q.Project
		out = append(out, limits)
	}
	return ok(object{"quotas": out})
}

func (s *Server) showNetQuota(c *call) (answer, error) {
	if err := mayQuota(c, "get"); err != nil {
		return answer{}, err
	}
	return ok(object{"quota": s.netLimits(c.arg("project"))})
}

func (s *Server) detailNetQuota(c *call) (answer, error) {
	project := c.arg("project")
	if !c.who.sees(project) {
		return answer{}, refuseAs(http.StatusForbidden, "AdminRequired",
			"User does not have admin privileges: Only admin is authorized to access quotas for another project.")
	}
	out := object{}
	for kind := range usualNetLimits {
		out[kind] = object{"limit": s.netLimit(project, kind), "used": s.netUsed(project, kind), "reserved": 0}
	}
	return ok(object{"quota": out})
}

func (s *Server) setNetQuota(c *call) (answer, error) {
	if err := mayQuota(c, "update"); err != nil {
		return answer{}, err
	}
	in, err := c.given("quota")
	if err != nil {
		return answer{}, err
	}
	limits := map[string]int{}
	if q := s.netQuotas.get(c.arg("project")); q != nil {
		limits = q.Limits
	}
	for kind, v := range in {
		if _, known := usualNetLimits[kind]; !known {
			return answer{}, refuse(http.StatusBadRequest, "Unrecognized attribute(s) '%s'", kind)
		}
		n, err := integer(kind, v)
		if err != nil {
			return answer{}, err
		}
		limit := int(n.(float64)) //nolint:forcetypeassert // integer gives nothing else
		if limit < -1 {
			return answer{}, unfit(kind, "'%d' is too small - must be at least '-1'.", limit)
		}
		limits[kind] = limit
	}
	s.netQuotas.put(c.arg("project"), &netQuota{Project: c.arg("project"), Limits: limits})
	return ok(object{"quota": s.netLimits(c.arg("project"))})
}

func (s *Server) dropNetQuota(c *call) (answer, error) {
	if err := mayQuota(c, "delete"); err != nil {
		return answer{}, err
	}
	if s.netQuotas.get(c.arg("project")) == nil {
		return answer{}, refuseAs(http.StatusNotFound, "TenantQuotaNotFound", "Quota for tenant %s could not be found.", c.arg("project"))
	}
	s.netQuotas.drop(c.arg("project"))
	return nothing()
}
