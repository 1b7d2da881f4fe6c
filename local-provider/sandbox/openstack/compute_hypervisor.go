package openstack

import (
	"maps"
	"net/http"
	"strings"
)

// hypervisorCalls serves os-hypervisors.
func (s *Server) hypervisorCalls() {
	s.handle(s.compute, "GET /os-hypervisors", func(c *call) (answer, error) { return s.listHypervisors(c, false) })
	s.handle(s.compute, "GET /os-hypervisors/detail", func(c *call) (answer, error) { return s.listHypervisors(c, true) })
	s.handle(s.compute, "GET /os-hypervisors/statistics", s.statistics)
	s.handle(s.compute, "GET /os-hypervisors/{id}", s.showHypervisor)
	s.handle(s.compute, "GET /os-hypervisors/{name}/search", func(c *call) (answer, error) { return s.searchHypervisors(c, false) })
	s.handle(s.compute, "GET /os-hypervisors/{name}/servers", func(c *call) (answer, error) { return s.searchHypervisors(c, true) })
	s.handle(s.compute, "GET /os-hypervisors/{id}/uptime", s.uptime)
}

func briefHypervisor(c *call, h *host) object {
	out := object{"id": h.Number, "hypervisor_hostname": h.Name, "state": h.state(), "status": h.status()}
	if c.at(53) {
		out["id"] = h.ID
	}
	return out
}

// totals are the numbers of hosts, which versions before 2.88 tell.
func totals(hosts ...*host) object {
	cores, ram, disk := 0, 0, 0
	used, usedDisk := usage{}, 0
	for _, h := range hosts {
		cores, ram, disk = cores+h.VCPUs, ram+h.RAM, disk+hostDisk
		used.Instances, used.Cores, used.RAM = used.Instances+h.used.Instances, used.Cores+h.used.Cores, used.RAM+h.used.RAM+reserved
		usedDisk += h.disk
	}
	return object{
		"vcpus": cores, "memory_mb": ram, "local_gb": disk, "vcpus_used": used.Cores, "memory_mb_used": used.RAM, "local_gb_used": usedDisk,
		"free_ram_mb": ram - used.RAM, "free_disk_gb": disk - usedDisk, "current_workload": 0, "running_vms": used.Instances,
		"disk_available_least": 0,
	}
}

// cpu is what versions before 2.88 tell of a processor.
func cpu() object {
	return object{
		"arch": "x86_64", "model": "Nehalem", "vendor": "Intel", "features": []string{"pge", "clflush"},
		"topology": object{"cores": 1, "threads": 1, "sockets": 4},
	}
}

const oldCPU = `{"arch": "x86_64", "model": "Nehalem", "vendor": "Intel", "features": ["pge", "clflush"], "topology": {"cores": 1, "threads": 1, "sockets": 4}}`

func (s *Server) hypervisorObject(c *call, h *host) object {
	out := briefHypervisor(c, h)
	service := object{"id": h.Number + serviceOffset, "host": h.Name, "disabled_reason": nil}
	if c.at(53) {
		service["id"] = h.Service
	}
	if h.Reason != "" {
		service["disabled_reason"] = h.Reason
	}
	out["hypervisor_type"], out["hypervisor_version"], out["host_ip"], out["service"] = "fake", 1000, "127.0.0.1", service
	if c.at(88) {
		out["uptime"] = nil
		return out
	}
	maps.Copy(out, totals(h))
	out["cpu_info"] = oldCPU
	if c.at(28) {
		out["cpu_info"] = cpu()
	}
	return out
}

// serversOn are the servers of a host, as a hypervisor shows them.
func (s *Server) serversOn(h *host) []object {
	out := []object{}
	for _, v := range s.servers.all() {
		if v.Host == h.Name {
			out = append(out, object{"uuid": v.ID, "name": v.instance()})
		}
	}
	return out
}

// withServers adds them where they are asked for; before 2.75 only when there are any.
func (s *Server) withServers(c *call, h *host, out object) object {
	if !c.at(53) || !c.query.Has("with_servers") || !truth(c.ask("with_servers")) {
		return out
	}
	if servers := s.serversOn(h); len(servers) > 0 || c.at(75) {
		out["servers"] = servers
	}
	return out
}

func (s *Server) listHypervisors(c *call, detail bool) (answer, error) {
	if err := c.ruled("os_compute_api:os-hypervisors:list"); err != nil {
		return answer{}, err
	}
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	marker, pattern := c.ask("marker"), c.ask("hypervisor_hostname_pattern")
	if h := s.hosts.find(func(h *host) bool { return h.ID == marker }); h != nil {
		marker = h.Name
	}
	found, more, known := s.hosts.page(paging{marker: marker, limit: limit}, func(h *host) bool {
		return pattern == "" || strings.Contains(h.Name, pattern)
	})
	if !known {
		return answer{}, refuse(http.StatusBadRequest, "marker [%s] not found", c.ask("marker"))
	}
	if len(found) == 0 && pattern != "" {
		return answer{}, refuse(http.StatusNotFound, "No hypervisor matching '%s' could be found.", pattern)
	}
	list := []object{}
	for _, h := range found {
		one := briefHypervisor(c, h)
		if detail {
			one = s.hypervisorObject(c, h)
		}
		list = append(list, s.withServers(c, h, one))
	}
	out := object{"hypervisors": list}
	if more && c.at(33) {
		out["hypervisors_links"] = c.next(found[len(found)-1].ID)
	}
	return ok(out)
}

// hypervisorFor is the one that a call names: by its number before 2.53.
func (s *Server) hypervisorFor(c *call) (*host, error) {
	if err := c.ruled("os_compute_api:os-hypervisors:show"); err != nil {
		return nil, err
	}
	id := c.arg("id")
	h := s.hosts.find(func(h *host) bool { return c.at(53) && h.ID == id || !c.at(53) && itoa(h.Number) == id })
	if h == nil {
		return nil, refuse(http.StatusNotFound, "Hypervisor with ID '%s' could not be found.", id)
	}
	return h, nil
}

func (s *Server) showHypervisor(c *call) (answer, error) {
	h, err := s.hypervisorFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"hypervisor": s.withServers(c, h, s.hypervisorObject(c, h))})
}

func (s *Server) uptime(c *call) (answer, error) {
	if err := c.until(87); err != nil {
		return answer{}, err
	}
	if _, err := s.hypervisorFor(c); err != nil {
		return answer{}, err
	}
	return answer{}, refuse(http.StatusNotImplemented, "Virt driver does not implement uptime function.")
}

// searchHypervisors serves the searches by a part of the name that there were before 2.53.
func (s *Server) searchHypervisors(c *call, servers bool) (answer, error) {
	if err := c.until(52); err != nil {
		return answer{}, err
	}
	if err := c.ruled("os_compute_api:os-hypervisors:search"); err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, h := range s.hosts.all() {
		if !strings.Contains(h.Name, c.arg("name")) {
			continue
		}
		one := briefHypervisor(c, h)
		if on := s.serversOn(h); servers && len(on) > 0 {
			one["servers"] = on
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return answer{}, refuse(http.StatusNotFound, "No hypervisor matching '%s' could be found.", c.arg("name"))
	}
	return ok(object{"hypervisors": list})
}

func (s *Server) statistics(c *call) (answer, error) {
	if err := c.until(87); err != nil {
		return answer{}, err
	}
	if err := c.ruled("os_compute_api:os-hypervisors:statistics"); err != nil {
		return answer{}, err
	}
	out := totals(s.hosts.list(nil)...)
	out["count"] = s.hosts.len()
	return ok(object{"hypervisor_statistics": out})
}
