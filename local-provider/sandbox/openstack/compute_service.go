package openstack

import (
	"net/http"
	"strconv"
)

// serviceCalls serves os-services.
func (s *Server) serviceCalls() {
	s.handle(s.compute, "GET /os-services", s.listComputeServices)
	s.handle(s.compute, "PUT /os-services/{which}", func(c *call) (answer, error) {
		if err := c.ruled("os_compute_api:os-services:update"); err != nil {
			return answer{}, err
		}
		if c.at(53) {
			return s.setService(c)
		}
		return s.setServiceOld(c)
	})
}

// internals are the services beside nova-compute, on the first host.
var internals = []string{"nova-conductor", "nova-scheduler"}

func (s *Server) serviceObject(c *call, h *host, binary, zone, id string, number int) object {
	out := object{
		"binary": binary, "host": h.Name, "id": number, "zone": zone, "status": "enabled", "state": "up",
		"updated_at": micros(s.now()), "disabled_reason": nil,
	}
	if binary == "nova-compute" {
		out["status"], out["state"] = h.status(), h.state()
		if h.Reason != "" {
			out["disabled_reason"] = h.Reason
		}
		if h.Down {
			out["updated_at"] = micros(h.Changed)
		}
	}
	if c.at(11) {
		out["forced_down"] = false
	}
	if c.at(53) {
		out["id"] = id
	}
	return out
}

func (s *Server) listComputeServices(c *call) (answer, error) {
	if err := c.ruled("os_compute_api:os-services:list"); err != nil {
		return answer{}, err
	}
	list := []object{}
	asked := func(h *host, binary string) bool {
		return (c.ask("host") == "" || c.ask("host") == h.Name) && (c.ask("binary") == "" || c.ask("binary") == binary)
	}
	for i, h := range s.hosts.list(nil) {
		if i == 0 {
			for n, binary := range internals {
				if asked(h, binary) {
					list = append(list, s.serviceObject(c, h, binary, "internal", s.placementRoot(binary), n+1))
				}
			}
		}
		if asked(h, "nova-compute") {
			list = append(list, s.serviceObject(c, h, "nova-compute", defaultZone, h.Service, h.Number+serviceOffset))
		}
	}
	return ok(object{"services": list})
}

// serviceOffset is how many services have numbers before those of nova-compute.
const serviceOffset = 3

// placementRoot is an id that a service of Nova's own has for as long as the sandbox runs.
func (s *Server) placementRoot(binary string) string {
	return s.compute.id[:8] + "-0000-4000-8000-" + (s.compute.id + strconv.Itoa(len(binary)))[20:32]
}

// setService serves PUT /os-services/{id}.
func (s *Server) setService(c *call) (answer, error) {
	var in map[string]any
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	for name := range in {
		if name != "status" && name != "disabled_reason" && name != "forced_down" {
			return answer{}, refuse(http.StatusBadRequest, "Additional properties are not allowed ('%s' was unexpected)", name)
		}
	}
	id := c.arg("which")
	h := s.hosts.find(func(h *host) bool { return h.Service == id })
	if h == nil {
		return answer{}, refuse(http.StatusNotFound, "Service %s could not be found.", id)
	}
	status, asked := in["status"]
	reason, hasReason := in["disabled_reason"].(string)
	switch {
	case asked && status != "enabled" && status != "disabled":
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute status. Value: %v. '%[1]v' is not one of ['enabled', 'disabled']", status)
	case hasReason && status != "disabled":
		return answer{}, refuse(http.StatusBadRequest, "Specifying disabled_reason requires that status is \"disabled\".")
	case len(in) == 0:
		return answer{}, refuse(http.StatusBadRequest, "No updates were requested. Fields 'status' or 'forced_down' should be specified.")
	}
	if asked {
		h.Disabled, h.Reason = status == "disabled", reason
	}
	h.Changed = s.now()
	s.hosts.save(h.Name)
	return ok(object{"service": s.serviceObject(c, h, "nova-compute", defaultZone, h.Service, h.Number+serviceOffset)})
}

// setServiceOld serves PUT /os-services/enable, disable and disable-log-reason, as before 2.53.
func (s *Server) setServiceOld(c *call) (answer, error) {
	var in struct {
		Host   string `json:"host"`
		Binary string `json:"binary"`
		Reason string `json:"disabled_reason"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	which := c.arg("which")
	if which != "enable" && which != "disable" && which != "disable-log-reason" {
		return answer{}, refuse(http.StatusNotFound, "Unknown action")
	}
	if which == "disable-log-reason" && in.Reason == "" {
		return answer{}, refuse(http.StatusBadRequest, "Missing disabled reason field")
	}
	h := s.hosts.get(in.Host)
	if h == nil {
		return answer{}, refuse(http.StatusNotFound, "Host '%s' is not mapped to any cell", in.Host)
	}
	if in.Binary != "nova-compute" {
		return answer{}, refuse(http.StatusNotFound, "Could not find binary %s on host %s.", in.Binary, in.Host)
	}
	h.Disabled, h.Reason, h.Changed = which != "enable", in.Reason, s.now()
	s.hosts.save(h.Name)
	out := object{"host": h.Name, "binary": in.Binary, "status": h.status()}
	if which == "disable-log-reason" {
		out["disabled_reason"] = in.Reason
	}
	return ok(object{"service": out})
}
