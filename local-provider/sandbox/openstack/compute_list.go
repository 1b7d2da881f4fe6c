package openstack

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// listCalls serves lists of servers.
func (s *Server) listCalls() {
	s.handle(s.compute, "GET /servers", func(c *call) (answer, error) { return s.listServers(c, false) })
	s.handle(s.compute, "GET /servers/detail", func(c *call) (answer, error) { return s.listServers(c, true) })
}

// statuses are those that Nova knows.
var statuses = []string{
	"ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT", "MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD", "RESCUE", "RESIZE",
	"REVERT_RESIZE", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED", "UNKNOWN", "VERIFY_RESIZE",
}

// A search is what a list of servers is to be of.
type search struct {
	project                  string // empty for all
	name, ip                 *regexp.Regexp
	status                   []string
	host, flavor, image, key string
	since                    time.Time
}

func (s *Server) listServers(c *call, detail bool) (answer, error) {
	want, err := s.searchOf(c)
	if err != nil {
		return answer{}, err
	}
	p := paging{marker: c.ask("marker"), newest: true}
	if p.limit, err = c.limit(); err != nil {
		return answer{}, err
	}
	found, more, known := s.servers.page(p, func(v *server) bool { return s.matches(c, want, v) })
	if !known {
		return answer{}, refuse(http.StatusBadRequest, "marker [%s] not found", p.marker)
	}
	list := make([]any, 0, len(found))
	for _, v := range found {
		if detail {
			list = append(list, s.view(c, v, false))
		} else {
			list = append(list, object{"id": v.ID, "name": v.Name, "links": c.bookmark("servers/" + v.ID)})
		}
	}
	out := object{"servers": list}
	if more {
		out["servers_links"] = c.next(found[len(found)-1].ID)
	}
	return ok(out)
}

// searchOf reads a query.
func (s *Server) searchOf(c *call) (search, error) {
	want := search{
		project: c.who.Project, host: c.ask("host"), flavor: c.ask("flavor"), image: c.ask("image"), key: c.ask("key_name"),
	}
	if every := c.query.Has("all_tenants") && truth(c.ask("all_tenants")); every {
		if err := c.ruled("os_compute_api:servers:index:get_all_tenants"); err != nil {
			return want, err
		}
		want.project = ""
		if p := c.ask("project_id") + c.ask("tenant_id"); p != "" {
			want.project = p
		}
	}
	if !c.who.admin() {
		want.host = "" // ignored, as other filters that are an admin's
	}
	for _, status := range c.query["status"] {
		status = strings.ToUpper(status)
		if !slices.Contains(statuses, status) {
			return want, refuse(http.StatusBadRequest, "Invalid status value")
		}
		want.status = append(want.status, status)
	}
	var err error
	if want.name, err = expression(c.ask("name")); err == nil {
		want.ip, err = expression(c.ask("ip"))
	}
	if text := c.ask("changes-since"); text != "" && err == nil {
		if want.since, err = time.Parse(time.RFC3339, text); err != nil {
			err = refuse(http.StatusBadRequest, "Invalid input for query parameters changes-since. Value: %s. '%[1]s' is not a 'date-time'", text)
		}
	}
	return want, err
}

// expression is a filter that is a regular expression, nil for none.
func expression(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil // no filter is no mistake
	}
	e, err := regexp.Compile("(?i)" + text)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "Invalid input for query parameters name. Value: %s. '%[1]s' is not a 'regex'", text)
	}
	return e, nil
}

// matches says whether a server is one that is searched for.
func (s *Server) matches(c *call, want search, v *server) bool {
	switch {
	case want.project != "" && v.Project != want.project, want.name != nil && !want.name.MatchString(v.Name),
		want.host != "" && v.Host != want.host, want.image != "" && v.Image != want.image, want.flavor != "" && v.Flavor.ID != want.flavor,
		want.key != "" && v.Key != want.key, v.Updated.Before(want.since),
		len(want.status) > 0 && !slices.Contains(want.status, v.status()),
		c.at(26) && !tagged(c.query.Get, v.Tags):
		return false
	}
	return want.ip == nil || s.hasAddress(v, want.ip)
}

func (s *Server) hasAddress(v *server, ip *regexp.Regexp) bool {
	for _, p := range s.neutron.plugs(v.ID) {
		for _, f := range p.Fixed {
			if ip.MatchString(f.Address) {
				return true
			}
		}
	}
	return false
}
