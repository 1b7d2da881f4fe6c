package openstack

import "net/http"

// versionCalls serves what Keystone says of itself, to anybody.
func (s *Server) versionCalls() {
	version := func(c *call) object {
		return object{
			"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
			"links":       []object{{"rel": "self", "href": c.base + "/identity/v3/"}},
			"media-types": []object{{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}},
		}
	}
	one := func(c *call) (answer, error) { return ok(object{"version": version(c)}) }
	all := func(c *call) (answer, error) {
		return reply(http.StatusMultipleChoices, object{"versions": object{"values": []object{version(c)}}}), nil
	}
	s.open(s.identity, "GET /identity/v3", one)
	s.open(s.identity, "GET /identity/v3/{$}", one)
	s.open(s.identity, "GET /identity", all)
	s.open(s.identity, "GET /identity/{$}", all)
}
