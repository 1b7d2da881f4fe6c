package openstack

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// imagePage is how many images a page has when nobody says otherwise, and mostImages how many it can have.
	imagePage  = 25
	mostImages = 1000
)

// imageKeys are what lists of images can be sorted by.
var imageKeys = []string{
	"name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at",
}

// An imageOrder is one key that a list is sorted by.
type imageOrder struct {
	key  string
	down bool
}

func (s *Server) listImages(c *call) (answer, error) {
	limit, err := imageLimit(c)
	if err != nil {
		return answer{}, err
	}
	orders, err := imageOrders(c)
	if err != nil {
		return answer{}, err
	}
	var rows []object
	for _, i := range s.images.all() {
		body := i.body()
		fits, err := i.fits(c, body)
		if err != nil {
			return answer{}, err
		}
		if fits {
			rows = append(rows, body)
		}
	}
	slices.SortFunc(rows, func(a, b object) int { return compareImages(orders, a, b) })
	if marker := c.ask("marker"); marker != "" {
		at := slices.IndexFunc(rows, func(row object) bool { return row["id"] == marker })
		if at < 0 {
			return answer{}, refuse(http.StatusBadRequest, "No image found with ID %s", marker)
		}
		rows = rows[at+1:]
	}
	query := url.Values{}
	for name := range c.query {
		query.Set(name, c.query[name][len(c.query[name])-1])
	}
	query.Del("marker")
	out := object{"first": imagePath(query), "schema": "/v2/schemas/images"}
	if len(rows) > limit {
		rows = rows[:limit]
		if limit > 0 {
			query.Set("marker", rows[limit-1]["id"].(string)) //nolint:forcetypeassert // body has made it
			out["next"] = imagePath(query)
		}
	}
	out["images"] = append([]object{}, rows...)
	return ok(out)
}

func imagePath(query url.Values) string {
	if len(query) == 0 {
		return "/v2/images"
	}
	return "/v2/images?" + query.Encode()
}

func imageLimit(c *call) (int, error) {
	word := c.ask("limit")
	if word == "" {
		return imagePage, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "limit param must be an integer")
	}
	if n < 0 {
		return 0, refuse(http.StatusBadRequest, "limit param must be positive")
	}
	return min(n, mostImages), nil
}

// imageOrders reads by what a list is to be sorted: sort=name:asc,size, or sort_key and sort_dir; the newest first otherwise.
func imageOrders(c *call) ([]imageOrder, error) {
	var out []imageOrder
	if both := c.ask("sort"); both != "" {
		for word := range strings.SplitSeq(both, ",") {
			key, dir, _ := strings.Cut(strings.TrimSpace(word), ":")
			out = append(out, imageOrder{key: key, down: dir == "" || dir == "desc"})
			if !slices.Contains([]string{"", "asc", "desc"}, dir) {
				return nil, refuse(http.StatusBadRequest, "Invalid sort direction: %s", dir)
			}
		}
	} else {
		dirs := c.query["sort_dir"]
		for _, dir := range dirs {
			if dir != "asc" && dir != "desc" {
				return nil, refuse(http.StatusBadRequest, "Invalid sort direction: %s", dir)
			}
		}
		for n, key := range c.query["sort_key"] {
			o := imageOrder{key: key, down: true}
			if len(dirs) > 0 {
				o.down = dirs[min(n, len(dirs)-1)] == "desc"
			}
			out = append(out, o)
		}
		if out == nil {
			out = append(out, imageOrder{key: "created_at", down: len(dirs) == 0 || dirs[0] == "desc"})
		}
	}
	for _, o := range out {
		if !slices.Contains(imageKeys, o.key) {
			return nil, refuse(http.StatusBadRequest, "Invalid sort key: %s. It must be one of the following: %s.", o.key,
				strings.Join(imageKeys, ", "))
		}
	}
	return append(out, imageOrder{key: "id", down: out[0].down}), nil
}

func compareImages(orders []imageOrder, a, b object) int {
	for _, o := range orders {
		n := cmp.Compare(sortable(a[o.key]), sortable(b[o.key]))
		if size, ok := a[o.key].(*int64); ok {
			n = compareSizes(size, b[o.key])
		}
		if o.down {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

func compareSizes(a *int64, other any) int {
	b, _ := other.(*int64)
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*a, *b)
}

// sortable is a field of an image as a word.
func sortable(v any) string {
	if p, ok := v.(*string); ok {
		if p == nil {
			return ""
		}
		return *p
	}
	word, _ := v.(string)
	return word
}

// fits says whether an image is in the list that a call asks for.
func (i *image) fits(c *call, body object) (bool, error) {
	seen, err := i.listed(c)
	if err != nil {
		return false, err
	}
	for name, values := range c.query {
		fits, err := i.passes(name, values, body)
		if err != nil {
			return false, err
		}
		seen = seen && fits
	}
	return seen, nil
}

// listed says whether an image is in the lists of whoever calls, by who may see it.
func (i *image) listed(c *call) (bool, error) {
	want := c.ask("visibility")
	if want != "" && want != "all" && !slices.Contains(visibilities, any(want)) {
		return false, refuse(http.StatusBadRequest, "Invalid visibility value: %s", want)
	}
	hidden, err := imageFlag(cmp.Or(c.ask("os_hidden"), "false"), "os_hidden")
	if err != nil || hidden != i.Hidden {
		return false, err
	}
	switch {
	case want == "all":
		return i.sees(c.who), nil
	case want != "" && want != i.Visibility:
		return false, nil
	case i.Visibility == "community" && want == "" && i.Project != c.who.Project:
		return false, nil
	}
	return i.sees(c.who), nil
}

func imageFlag(word, name string) (bool, error) {
	switch strings.ToLower(word) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, refuse(http.StatusBadRequest, "Invalid value '%s' for '%s' filter. Valid values are 'true' or 'false'.", word, name)
}

// passes says whether an image passes one filter.
func (i *image) passes(name string, values []string, body object) (bool, error) {
	word := values[len(values)-1]
	switch name {
	case "limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "os_hidden", "member_status":
		return true, nil
	case "tag":
		return !slices.ContainsFunc(values, func(tag string) bool { return !slices.Contains(i.Tags, tag) }), nil
	case "protected":
		want, err := imageFlag(word, name)
		return want == i.Protected, err
	case "size_min", "size_max":
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return false, refuse(http.StatusBadRequest, "Unable to filter on a range with a non-numeric value.")
		}
		return i.Size != nil && (name == "size_min" && *i.Size >= n || name == "size_max" && *i.Size <= n), nil
	case "created_at":
		return timeFits(i.Made, word, name)
	case "updated_at":
		return timeFits(i.Changed, word, name)
	case "min_ram":
		return word == strconv.Itoa(i.MinRAM), nil
	case "min_disk":
		return word == strconv.Itoa(i.MinDisk), nil
	case "size":
		return i.Size != nil && word == strconv.FormatInt(*i.Size, 10), nil
	}
	if list, some := strings.CutPrefix(word, "in:"); some {
		return slices.Contains(strings.Split(list, ","), sortable(body[name])), nil
	}
	_, there := body[name]
	return there && sortable(body[name]) == word, nil
}

// timeFits compares a time with one that a filter names: gt:2026-11-22T00:00:00Z.
func timeFits(t time.Time, word, name string) (bool, error) {
	op, when, found := strings.Cut(word, ":")
	if !found || len(op) > 3 {
		op, when = "eq", word
	}
	want, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return false, refuse(http.StatusBadRequest, "Bad \"%s\" query filter format. Use ISO 8601 DateTime notation.", name)
	}
	n := t.Truncate(time.Second).Compare(want)
	switch op {
	case "gt":
		return n > 0, nil
	case "gte":
		return n >= 0, nil
	case "lt":
		return n < 0, nil
	case "lte":
		return n <= 0, nil
	case "neq":
		return n != 0, nil
	case "eq":
		return n == 0, nil
	}
	return false, refuse(http.StatusBadRequest, "Operator '%s' is not supported", op)
}
