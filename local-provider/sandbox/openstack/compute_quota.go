package openstack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// limits are what a project's quota was set to, where it is not the usual one; -1 is no limit.
type limits struct {
	Set map[string]int `json:"set"`
}

// usage is what a project's servers take.
type usage struct{ Instances, Cores, RAM int }

// usual is Nova's quota of a project for which nobody set another, in the order in which Nova names them.
var usual = []struct {
	name  string
	limit int
	last  int // the last version that tells of it
}{
	{"cores", 20, 999},
	{"fixed_ips", -1, 35},
	{"floating_ips", -1, 35},
	{"injected_file_content_bytes", 10240, 56},
	{"injected_file_path_bytes", 255, 56},
	{"injected_files", 5, 56},
	{"instances", 10, 999},
	{"key_pairs", 100, 999},
	{"metadata_items", 128, 999},
	{"ram", 51200, 999},
	{"security_group_rules", -1, 35},
	{"security_groups", -1, 35},
	{"server_group_members", 10, 999},
	{"server_groups", 10, 999},
}

// limitOf is a project's limit of something, -1 for none.
func (s *Server) limitOf(project, name string) int {
	if l := s.limits.get(project); l != nil {
		if v, set := l.Set[name]; set {
			return v
		}
	}
	return usualLimit(name)
}

func usualLimit(name string) int {
	for _, u := range usual {
		if u.name == name {
			return u.limit
		}
	}
	return -1
}

// use is what a project takes.
func (s *Server) use(project string) *usage {
	u := s.using[project]
	if u == nil {
		u = &usage{}
		s.using[project] = u
	}
	return u
}

// charge counts a server in, or out with -1.
func (s *Server) charge(v *server, sign int) {
	u := s.use(v.Project)
	u.Instances += sign
	u.Cores += sign * v.Flavor.VCPUs
	u.RAM += sign * v.Flavor.RAM
}

// fits refuses as many servers of a flavor as a project's quota has no room for.
func (s *Server) fits(c *call, f *flavor, count int) error {
	u := s.use(c.who.Project)
	var over, asked, used, allowed []string
	for _, k := range []struct {
		name       string
		want, have int
	}{{"cores", f.VCPUs * count, u.Cores}, {"instances", count, u.Instances}, {"ram", f.RAM * count, u.RAM}} {
		most := s.limitOf(c.who.Project, k.name)
		if c.befell(FaultQuota) && k.name == "instances" {
			most = u.Instances
		}
		if most >= 0 && k.have+k.want > most {
			over, asked = append(over, k.name), append(asked, fmt.Sprint(k.want))
			used, allowed = append(used, fmt.Sprint(k.have)), append(allowed, fmt.Sprint(most))
		}
	}
	if over == nil {
		return nil
	}
	return refuse(http.StatusForbidden, "Quota exceeded for %s: Requested %s, but already used %s of %s %[1]s",
		strings.Join(over, ", "), strings.Join(asked, ", "), strings.Join(used, ", "), strings.Join(allowed, ", "))
}

// fitsKeys refuses one key pair more than a user may have.
func (s *Server) fitsKeys(c *call, owner string) error {
	count := len(s.keys.list(func(k *keypair) bool { return k.User == owner }))
	if most := s.limitOf(c.who.Project, "key_pairs"); c.befell(FaultQuota) || most >= 0 && count >= most {
		return refuse(http.StatusForbidden, "Quota exceeded, too many key pairs.")
	}
	return nil
}

// quotaCalls serves quotas and limits.
func (s *Server) quotaCalls() {
	s.handle(s.compute, "GET /os-quota-sets/{project}", func(c *call) (answer, error) { return s.showQuota(c, s.limitOf) })
	s.handle(s.compute, "GET /os-quota-sets/{project}/defaults", func(c *call) (answer, error) {
		return s.showQuota(c, func(_, name string) int { return usualLimit(name) })
	})
	s.handle(s.compute, "GET /os-quota-sets/{project}/detail", s.quotaDetail)
	s.handle(s.compute, "PUT /os-quota-sets/{project}", s.setQuota)
	s.handle(s.compute, "DELETE /os-quota-sets/{project}", s.dropQuota)
	s.handle(s.compute, "GET /limits", s.showLimits)
}

func (s *Server) quotaOf(c *call, limit func(project, name string) int) object {
	out := object{}
	for _, u := range usual {
		if c.minor <= u.last {
			out[u.name] = limit(c.arg("project"), u.name)
		}
	}
	return out
}

func (c *call) ownQuota(rule string) error {
	if c.who.sees(c.arg("project")) {
		return nil
	}
	return policy("os_compute_api:os-quota-sets:" + rule)
}

func (s *Server) showQuota(c *call, limit func(project, name string) int) (answer, error) {
	if err := c.ownQuota("show"); err != nil {
		return answer{}, err
	}
	out := s.quotaOf(c, limit)
	out["id"] = c.arg("project")
	return ok(object{"quota_set": out})
}

func (s *Server) quotaDetail(c *call) (answer, error) {
	if err := c.ownQuota("detail"); err != nil {
		return answer{}, err
	}
	u := s.use(c.arg("project"))
	out := s.quotaOf(c, s.limitOf)
	for name, limit := range out {
		used := 0
		switch name {
		case "cores":
			used = u.Cores
		case "instances":
			used = u.Instances
		case "ram":
			used = u.RAM
		case "server_groups":
			used = s.serverGroupsIn(c.arg("project"))
		}
		out[name] = object{"limit": limit, "in_use": used, "reserved": 0}
	}
	out["id"] = c.arg("project")
	return ok(object{"quota_set": out})
}

func (s *Server) serverGroupsIn(project string) int {
	return len(s.serverGroups.list(func(g *serverGroup) bool { return g.Project == project }))
}

func (s *Server) setQuota(c *call) (answer, error) {
	var in struct {
		Set map[string]any `json:"quota_set"`
	}
	if err := c.ruled("os_compute_api:os-quota-sets:update"); err != nil {
		return answer{}, err
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	id := c.arg("project")
	if p := s.projects.get(id); p == nil || p.Domain == "" {
		return answer{}, refuse(http.StatusBadRequest, "Project ID %s is not a valid project.", id)
	}
	l := &limits{Set: map[string]int{}}
	if old := s.limits.get(id); old != nil {
		l = old
	}
	for name, value := range in.Set {
		n, isNumber := value.(float64)
		known := slices.ContainsFunc(usual, func(u struct {
			name  string
			limit int
			last  int
		},
		) bool {
			return u.name == name && c.minor <= u.last
		})
		switch {
		case name == "force" || name == "tenant_id":
		case !known:
			return answer{}, refuse(http.StatusBadRequest,
				"Invalid input for field/attribute quota_set. Value: %v. Additional properties are not allowed ('%s' was unexpected)", in.Set, name)
		case !isNumber || n < -1:
			return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute %s. Value: %v. %[2]v is less than the minimum of -1", name, value)
		default:
			l.Set[name] = int(n)
		}
	}
	s.limits.put(id, l)
	return ok(object{"quota_set": s.quotaOf(c, s.limitOf)})
}

func (s *Server) dropQuota(c *call) (answer, error) {
	if err := c.ruled("os_compute_api:os-quota-sets:delete"); err != nil {
		return answer{}, err
	}
	s.limits.drop(c.arg("project"))
	return accepted(nil)
}

func (s *Server) showLimits(c *call) (answer, error) {
	project := c.who.Project
	if p := c.ask("tenant_id"); p != "" && p != project {
		if err := c.ruled("os_compute_api:limits:other_project"); err != nil {
			return answer{}, err
		}
		project = p
	}
	u := s.use(project)
	out := object{
		"maxServerMeta": s.limitOf(project, "metadata_items"), "maxTotalInstances": s.limitOf(project, "instances"),
		"maxTotalCores": s.limitOf(project, "cores"), "maxTotalRAMSize": s.limitOf(project, "ram"),
		"maxTotalKeypairs": s.limitOf(project, "key_pairs"), "maxServerGroups": s.limitOf(project, "server_groups"),
		"maxServerGroupMembers": s.limitOf(project, "server_group_members"),
		"totalInstancesUsed":    u.Instances, "totalCoresUsed": u.Cores, "totalRAMUsed": u.RAM, "totalServerGroupsUsed": s.serverGroupsIn(project),
	}
	if c.minor <= 35 {
		out["maxTotalFloatingIps"], out["maxSecurityGroups"], out["maxSecurityGroupRules"] = -1, -1, -1
		out["totalFloatingIpsUsed"], out["totalSecurityGroupsUsed"] = 0, 0
	}
	if c.minor <= 38 {
		out["maxImageMeta"] = 128
	}
	if c.minor <= 56 {
		out["maxPersonality"], out["maxPersonalitySize"] = 5, 10240
	}
	return ok(object{"limits": object{"rate": []object{}, "absolute": out}})
}
