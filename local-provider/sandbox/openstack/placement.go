package openstack

import (
	"cmp"
	"fmt"
	"net/http"
)

// openPlacement serves as much of Placement as clients use: what it says of itself, the providers, and what is taken of them.
func (s *Server) openPlacement() {
	version := func(c *call) (answer, error) {
		return ok(object{"versions": []object{{
			"id": "v1.0", "max_version": placementVersions.text(placementVersions.most), "min_version": placementVersions.text(0),
			"status": "CURRENT", "links": []object{{"rel": "self", "href": ""}},
		}}})
	}
	s.open(s.placement, "GET /placement", version)
	s.open(s.placement, "GET /placement/{$}", version)
	s.handle(s.placement, "GET /resource_providers", s.listProviders)
	s.handle(s.placement, "GET /resource_providers/{id}", s.providerCall("", providerObject))
	s.handle(s.placement, "GET /resource_providers/{id}/inventories", s.providerCall("inventories", inventories))
	s.handle(s.placement, "GET /resource_providers/{id}/usages", s.providerCall("usages", usages))
	s.handle(s.placement, "GET /resource_providers/{id}/aggregates", s.providerCall("aggregates", aggregates))
	s.handle(s.placement, "GET /resource_providers/{id}/traits", s.providerCall("traits", traits))
	s.handle(s.placement, "GET /resource_providers/{id}/allocations", s.providerCall("allocations", s.allocations))
}

// placed refuses whoever is no admin.
func (c *call) placed(rule string) error {
	if c.who.admin() {
		return nil
	}
	c.unvaried = true
	return refuse(http.StatusForbidden, "Access was denied to this resource.\n\n Policy does not allow %s to be performed.", rule)
}

// unplaced is what Placement says of a path that it does not know.
func unplaced(c *call) (answer, error) {
	c.unvaried = true
	return answer{}, refuse(http.StatusNotFound, "The resource could not be found.\n\n ")
}

// providerQueries are what a list of providers may be asked for, and the version that first had it.
var providerQueries = map[string]int{
	"name": 0, "uuid": 0, "member_of": 3, "resources": 4, "in_tree": 14, "required": 18,
}

// queried refuses a list of providers by what there is not.
func (c *call) queried() error {
	const malformed = "The server could not comply with the request since it is either malformed or otherwise incorrect.\n\n Invalid query string parameters: "
	for name := range c.query {
		if since, is := providerQueries[name]; !is || !c.at(since) {
			return refuse(http.StatusBadRequest, malformed+"Additional properties are not allowed (%q was unexpected)", name)
		}
	}
	if id := c.ask("uuid"); id != "" && !uuidForm.MatchString(id) {
		return refuse(http.StatusBadRequest, malformed+"%q is not a 'uuid'", id)
	}
	return nil
}

// providerParts are what there is to a provider, and the version that first said so.
var providerParts = []struct {
	name  string
	since int
}{{"inventories", 0}, {"usages", 0}, {"aggregates", 1}, {"traits", 6}, {"allocations", 11}}

func providerObject(c *call, h *host) object {
	path := "/placement/resource_providers/" + h.ID
	links := []object{{"rel": "self", "href": path}}
	for _, part := range providerParts {
		if c.at(part.since) {
			links = append(links, object{"rel": part.name, "href": path + "/" + part.name})
		}
	}
	out := object{"uuid": h.ID, "name": h.Name, "generation": h.used.Instances + 1, "links": links}
	if c.at(14) {
		out["root_provider_uuid"], out["parent_provider_uuid"] = h.ID, nil
	}
	return out
}

func (s *Server) listProviders(c *call) (answer, error) {
	if err := c.placed("placement:resource_providers:list"); err != nil {
		return answer{}, err
	}
	if err := c.queried(); err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, h := range s.hosts.all() {
		if (c.ask("name") == "" || c.ask("name") == h.Name) && (c.ask("uuid") == "" || c.ask("uuid") == h.ID) {
			list = append(list, providerObject(c, h))
		}
	}
	return ok(object{"resource_providers": list})
}

// providerCall serves a look at one provider, or at a part of what there is to it.
func (s *Server) providerCall(part string, show func(*call, *host) object) handler {
	return func(c *call) (answer, error) {
		if err := c.placed("placement:resource_providers:" + cmp.Or(part, "show")); err != nil {
			return answer{}, err
		}
		h := s.hosts.find(func(h *host) bool { return h.ID == c.arg("id") })
		if h == nil {
			none := fmt.Sprintf("No resource provider with uuid %s found", c.arg("id"))
			if c.unvaried = part == ""; part != "" {
				none += " : " + none
			}
			return answer{}, refuse(http.StatusNotFound, "The resource could not be found.\n\n %s", none)
		}
		return ok(show(c, h))
	}
}

func inventories(_ *call, h *host) object {
	stock := func(total, kept int, ratio float64) object {
		return object{
			"total": total, "reserved": kept, "min_unit": 1, "max_unit": total, "step_size": 1, "allocation_ratio": ratio,
		}
	}
	return object{"resource_provider_generation": h.used.Instances + 1, "inventories": object{
		"VCPU": stock(h.VCPUs, 0, overcommit), "MEMORY_MB": stock(h.RAM, reserved, 1), "DISK_GB": stock(hostDisk, 0, 1),
	}}
}

func usages(_ *call, h *host) object {
	return object{"resource_provider_generation": h.used.Instances + 1, "usages": object{
		"VCPU": h.used.Cores, "MEMORY_MB": h.used.RAM, "DISK_GB": h.disk,
	}}
}

// aggregates are none: hosts are in no groups here.
func aggregates(c *call, h *host) object {
	out := object{"aggregates": []object{}}
	if c.at(19) {
		out["resource_provider_generation"] = h.used.Instances + 1
	}
	return out
}

func traits(_ *call, h *host) object {
	return object{"resource_provider_generation": h.used.Instances + 1, "traits": []string{"COMPUTE_NODE", "COMPUTE_TRUSTED_CERTS"}}
}

// allocations are what each server on a host takes of it.
func (s *Server) allocations(_ *call, h *host) object {
	all := object{}
	for _, v := range s.servers.all() {
		if v.Host == h.Name {
			all[v.ID] = object{"resources": object{"VCPU": v.Flavor.VCPUs, "MEMORY_MB": v.Flavor.RAM, "DISK_GB": v.Flavor.Disk}}
		}
	}
	return object{"resource_provider_generation": h.used.Instances + 1, "allocations": all}
}
