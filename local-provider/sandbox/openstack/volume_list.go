package openstack

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// mostVolumes is how many volumes a page has at most.
const mostVolumes = 1000

// volumeKeys are what lists of volumes can be sorted by.
var volumeKeys = []string{
	"id", "name", "status", "size", "created_at", "updated_at", "bootable", "availability_zone", "display_name", "volume_type_id",
}

// volumePlain are the filters of lists of volumes that compare a field.
var volumePlain = []string{
	"id", "name", "status", "size", "bootable", "availability_zone", "user_id", "source_volid", "multiattach", "description",
}

func (s *Server) listVolumes(detail bool) handler {
	return func(c *call) (answer, error) {
		limit, offset, err := volumePage(c)
		if err != nil {
			return answer{}, err
		}
		found, err := s.filterVolumes(c)
		if err != nil {
			return answer{}, err
		}
		if err := s.orderVolumes(c, found); err != nil {
			return answer{}, err
		}
		count := len(found)
		if marker := c.ask("marker"); marker != "" {
			at := slices.IndexFunc(found, func(v *volume) bool { return v.ID == marker })
			if at < 0 {
				return answer{}, noVolume(marker)
			}
			found = found[at+1:]
		}
		found = found[min(offset, len(found)):]
		out := object{}
		if len(found) > limit {
			found = found[:limit]
		}
		if limit > 0 && len(found) == limit && limit < count {
			out["volumes_links"] = []object{{"rel": "next", "href": nextVolumes(c, found[limit-1].ID)}}
		}
		rows := make([]object, 0, len(found))
		for _, v := range found {
			if detail {
				rows = append(rows, s.volumeBody(c, v, true))
			} else {
				rows = append(rows, object{"id": v.ID, "name": v.Name, "links": v.links(c)})
			}
		}
		out["volumes"] = rows
		if yes, _ := flag("", c.ask("with_count")); c.at(45) && yes == true {
			out["count"] = count
		}
		return ok(out)
	}
}

func nextVolumes(c *call, marker string) string {
	query := url.Values{}
	maps.Copy(query, c.query)
	query.Set("marker", marker)
	query.Del("offset")
	return c.base + c.r.URL.Path + "?" + query.Encode()
}

// volumePage reads how much of a list is asked for.
func volumePage(c *call) (limit, offset int, err error) {
	read := func(name string, usual int) int {
		word := c.ask(name)
		if word == "" {
			return usual
		}
		n, fails := strconv.Atoi(word)
		if fails != nil || n < 0 {
			err = refuse(http.StatusBadRequest, "Invalid input for query parameters %s. Value: %s. '%[2]s' does not match '^[0-9]*$'", name, word)
		}
		return n
	}
	limit, offset = read("limit", mostVolumes), read("offset", 0)
	return min(limit, mostVolumes), offset, err
}

// filterVolumes are the volumes that a call asks for, the newest first.
func (s *Server) filterVolumes(c *call) ([]*volume, error) {
	all := false
	if word := c.ask("all_tenants"); word != "" && c.who.admin() {
		v, err := flag("all_tenants", word)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "Invalid value '%s' for all_tenants", word)
		}
		all = v == true
	}
	wanted := map[string]string{}
	if text := c.ask("metadata"); text != "" {
		dict, err := readDict(text)
		if err != nil {
			return nil, err
		}
		wanted = dict
	}
	found := s.volumes.list(func(v *volume) bool {
		if v.Project != c.who.Project && !all || all && c.ask("project_id") != "" && c.ask("project_id") != v.Project {
			return false
		}
		for key, value := range wanted {
			if have, there := v.Metadata[key]; !there || have != value {
				return false
			}
		}
		return v.passes(c)
	})
	slices.Reverse(found)
	return found, nil
}

// passes says whether a volume passes the filters that compare a field.
func (v *volume) passes(c *call) bool {
	have := map[string]string{
		"id": v.ID, "name": word(v.Name), "status": v.Status, "size": strconv.Itoa(v.Size), "bootable": pythonLower(v.Bootable),
		"availability_zone": v.Zone, "user_id": v.User, "source_volid": v.Source, "multiattach": pythonLower(v.Shareable),
		"description": word(v.Description),
	}
	for _, name := range volumePlain {
		if want, asked := c.query[name]; asked && !strings.EqualFold(want[0], have[name]) {
			return false
		}
		if want := c.ask(name + "~"); c.at(31) && want != "" && !strings.Contains(have[name], want) {
			return false
		}
	}
	return true
}

// orderVolumes sorts a list as sort=name:asc,size, or sort_key and sort_dir, have it.
func (s *Server) orderVolumes(c *call, found []*volume) error {
	text := c.ask("sort")
	if key := c.ask("sort_key"); text == "" && key != "" {
		text = key + ":" + cmp.Or(c.ask("sort_dir"), "desc")
	}
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for _, part := range parts {
		key, dir, _ := strings.Cut(part, ":")
		if !slices.Contains(volumeKeys, key) {
			return refuse(http.StatusBadRequest, "Invalid input received: Sort key %s is not in list of valid values", key)
		}
		if dir != "" && dir != "asc" && dir != "desc" {
			return refuse(http.StatusBadRequest, "Invalid input received: Sort direction %s is not valid", dir)
		}
	}
	slices.SortStableFunc(found, func(a, b *volume) int {
		for _, part := range parts {
			key, dir, _ := strings.Cut(part, ":")
			n := compareVolumes(key, a, b)
			if dir != "asc" {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return nil
}

func compareVolumes(key string, a, b *volume) int {
	switch key {
	case "size":
		return cmp.Compare(a.Size, b.Size)
	case "created_at":
		return a.Made.Compare(b.Made)
	case "updated_at":
		return a.Changed.Compare(b.Changed)
	case "name", "display_name":
		return cmp.Compare(word(a.Name), word(b.Name))
	case "status":
		return cmp.Compare(a.Status, b.Status)
	case "id":
		return cmp.Compare(a.ID, b.ID)
	}
	return cmp.Compare(fmt.Sprint(a.Bootable, a.Zone, a.Type), fmt.Sprint(b.Bootable, b.Zone, b.Type))
}

// readDict reads what Python writes for a dictionary of texts: {'a': 'b', "c": "d"}.
func readDict(text string) (map[string]string, error) {
	bad := refuse(http.StatusBadRequest, "Invalid filter value: %s", text)
	rest, opened := strings.CutPrefix(strings.TrimSpace(text), "{")
	rest, closed := strings.CutSuffix(rest, "}")
	if !opened || !closed {
		return nil, bad
	}
	out := map[string]string{}
	for rest = strings.TrimSpace(rest); rest != ""; {
		key, after, fits := quoted(rest)
		after, colon := strings.CutPrefix(strings.TrimSpace(after), ":")
		value, after, worth := quoted(strings.TrimSpace(after))
		if !fits || !colon || !worth {
			return nil, bad
		}
		out[key] = value
		after = strings.TrimSpace(after)
		next, comma := strings.CutPrefix(after, ",")
		if after != "" && !comma {
			return nil, bad
		}
		rest = strings.TrimSpace(next)
	}
	return out, nil
}

// quoted takes a text in single or double quotes from the beginning, in which a backslash guards what follows it.
func quoted(text string) (value, rest string, ok bool) {
	text = strings.TrimPrefix(text, "u") // as older Pythons wrote it
	if text == "" || text[0] != '\'' && text[0] != '"' {
		return "", text, false
	}
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return out.String(), text[i+1:], true
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		out.WriteByte(text[i])
	}
	return "", text, false
}
