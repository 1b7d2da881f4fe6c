package openstack

import "net/http"

// computeVersionCalls serves what Nova says of itself.
func (s *Server) computeVersionCalls() {
	one := func(c *call) object {
		return object{
			"id": "v2.1", "status": "CURRENT", "version": novaVersions.text(novaVersions.most), "min_version": novaVersions.text(novaVersions.least),
			"updated": "2013-07-23T11:33:21Z",
			"links": []object{
				{"rel": "self", "href": c.base + "/compute/v2.1/"},
				{"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"},
			},
			"media-types": []object{{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}},
		}
	}
	s.open(s.compute, "GET /compute/v2.1", func(c *call) (answer, error) { return ok(object{"version": one(c)}) })
	s.open(s.compute, "GET /compute/v2.1/{$}", func(c *call) (answer, error) { return ok(object{"version": one(c)}) })
	all := func(c *call) (answer, error) {
		v := one(c)
		delete(v, "media-types")
		v["links"] = []object{{"rel": "self", "href": c.base + "/compute/v2.1/"}}
		return reply(http.StatusOK, object{"versions": []object{v}}), nil
	}
	s.open(s.compute, "GET /compute", all)
	s.open(s.compute, "GET /compute/{$}", all)
}

// noInstance is Nova's refusal of a server that is not there, or not for whoever asks.
func noInstance(id string) error {
	return refuse(http.StatusNotFound, "Instance %s could not be found.", id)
}

// policy is Nova's refusal to whom a rule does not let.
func policy(rule string) error {
	return refuse(http.StatusForbidden, "Policy doesn't allow %s to be performed.", rule)
}

// ruled refuses, by a rule of Nova's policy, whoever is no admin.
func (c *call) ruled(rule string) error {
	if c.who.admin() {
		return nil
	}
	return policy(rule)
}

// since refuses a call at a version that does not have it yet; until is for what later versions do not have any more.
func (c *call) since(minor int) error {
	if c.at(minor) {
		return nil
	}
	return refuse(http.StatusNotFound, "API version '%s' is not supported on this method.", novaVersions.text(c.minor))
}

func (c *call) until(minor int) error {
	if c.minor <= minor {
		return nil
	}
	return refuse(http.StatusNotFound, "API version '%s' is not supported on this method.", novaVersions.text(c.minor))
}
