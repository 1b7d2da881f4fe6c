package openstack

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A netQuery is what a list of Neutron's is asked for.
type netQuery struct {
	filters map[string][]string
	tags    map[string][]string // by tags, tags-any, not-tags, not-tags-any
	fields  []string
	keys    []string
	down    []bool // for each key
	limit   int
	marker  string
	reverse bool
}

// tagFilters are the filters by tags.
var tagFilters = []string{"tags", "tags-any", "not-tags", "not-tags-any"}

// query reads what a list is asked for.
func (k *collection[T]) query(c *call) (*netQuery, error) {
	q := &netQuery{
		filters: map[string][]string{}, tags: map[string][]string{}, fields: c.query["fields"], marker: c.ask("marker"),
		reverse: strings.EqualFold(c.ask("page_reverse"), "true"),
	}
	var unknown []any
	for name, values := range c.query {
		a := k.attribute(name)
		switch {
		case slices.Contains([]string{"fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse"}, name):
		case slices.Contains(tagFilters, name):
			q.tags[name] = strings.Split(strings.Join(values, ","), ",")
		case a != nil && a.may&filtered != 0:
			q.filters[name] = values
		default:
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		slices.SortFunc(unknown, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return nil, refuse(http.StatusBadRequest, "%s is invalid attribute for filtering", python(unknown))
	}
	if word := c.ask("limit"); word != "" {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 {
			return nil, badRequest("limit", "Limit must be an integer 0 or greater and not '%s'.", word)
		}
		q.limit = n
	}
	return q, k.order(c, q)
}

// order reads by what a list is to be sorted.
func (k *collection[T]) order(c *call, q *netQuery) error {
	dirs := c.query["sort_dir"]
	q.keys = c.query["sort_key"]
	if len(dirs) != len(q.keys) {
		return refuse(http.StatusBadRequest, "The number of sort_keys and sort_dirs must be same")
	}
	for i, key := range q.keys {
		if a := k.attribute(key); a == nil || a.may&sorted == 0 {
			return refuse(http.StatusBadRequest, "%s is invalid attribute for sort_keys", python([]any{key}))
		}
		if dirs[i] != "asc" && dirs[i] != "desc" {
			return refuse(http.StatusBadRequest, "%s is invalid value for sort_dirs, valid value is 'asc' and 'desc'", python([]any{dirs[i]}))
		}
		q.down = append(q.down, dirs[i] == "desc")
	}
	return nil
}

func (k *collection[T]) list(s *Server, c *call) (answer, error) {
	if k.before != nil {
		k.before(c)
	}
	q, err := k.query(c)
	if err != nil {
		return answer{}, err
	}
	var rows []object
	for _, v := range k.table.all() {
		if !k.visible(c, v) || !q.tagged(k.std(v).Tags) {
			continue
		}
		body := k.show(c, v)
		fits, err := k.fits(v, body, q.filters)
		if err != nil {
			return answer{}, err
		}
		if fits {
			rows = append(rows, body)
		}
	}
	slices.SortFunc(rows, q.compare)
	rows, err = k.part(rows, q)
	if err != nil {
		return answer{}, err
	}
	out := object{}
	if links := q.links(c, rows, k.path); links != nil {
		out[k.many+"_links"] = links
	}
	shown := make([]object, len(rows))
	for i, row := range rows {
		shown[i] = chosen(row, q.fields)
	}
	out[k.many] = shown
	return ok(out)
}

// fits says whether a resource passes the filters: with each of them one of its values.
func (k *collection[T]) fits(v *T, body object, filters map[string][]string) (bool, error) {
	for name, values := range filters {
		if k.match != nil {
			fits, mine, err := k.match(v, name, values)
			if err != nil || mine && !fits {
				return false, err
			}
			if mine {
				continue
			}
		}
		fits, err := equals(body[name], k.attribute(name), values)
		if err != nil || !fits {
			return false, err
		}
	}
	return true, nil
}

// equals says whether a value is one of those that a filter gives.
func equals(have any, a *attribute, values []string) (bool, error) {
	for _, word := range values {
		switch have.(type) {
		case bool:
			v, err := flag(a.name, word)
			if err != nil {
				return false, err
			}
			if v == have {
				return true, nil
			}
		case int, float64:
			v, err := integer(a.name, word)
			if err != nil {
				return false, err
			}
			if fmt.Sprint(v) == fmt.Sprint(have) {
				return true, nil
			}
		case nil:
			if word == "" {
				return true, nil
			}
		default:
			if fmt.Sprint(have) == word {
				return true, nil
			}
		}
	}
	return false, nil
}

// tagged says whether tags pass the filters by tags.
func (q *netQuery) tagged(have []string) bool {
	for filter, words := range q.tags {
		some, all := false, true
		for _, word := range words {
			has := slices.Contains(have, word)
			some, all = some || has, all && has
		}
		switch filter {
		case "tags":
			if !all {
				return false
			}
		case "tags-any":
			if !some {
				return false
			}
		case "not-tags":
			if all {
				return false
			}
		default:
			if some {
				return false
			}
		}
	}
	return true
}

// compare orders by the keys, and then by the id.
func (q *netQuery) compare(a, b object) int {
	for i, key := range q.keys {
		n := compareValues(a[key], b[key])
		if q.down[i] {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return compareValues(a["id"], b["id"])
}

func compareValues(a, b any) int {
	if x, ok := a.(int); ok {
		if y, ok := b.(int); ok {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(python(a), python(b))
}

// part is the page that is asked for. Without a limit there is one page, whatever the marker.
func (k *collection[T]) part(rows []object, q *netQuery) ([]object, error) {
	if q.limit == 0 {
		return rows, nil
	}
	at := slices.IndexFunc(rows, func(row object) bool { return row["id"] == q.marker })
	if q.marker != "" && at < 0 && !k.lax {
		return nil, k.gone(q.marker)
	}
	if q.reverse {
		if at < 0 {
			at = len(rows)
		}
		return rows[max(0, at-q.limit):at], nil
	}
	return rows[at+1 : min(len(rows), at+1+q.limit)], nil
}

// links lead to the pages beside this one, nil without a limit.
func (q *netQuery) links(c *call, rows []object, path string) []object {
	if q.limit == 0 {
		return nil
	}
	var out []object
	short := len(rows) < q.limit
	if !short || q.reverse {
		out = append(out, object{"rel": "next", "href": q.link(c, path, rows, len(rows)-1, "")})
	}
	if !short || !q.reverse {
		out = append(out, object{"rel": "previous", "href": q.link(c, path, rows, 0, "&page_reverse=True")})
	}
	return out
}

func (q *netQuery) link(c *call, path string, rows []object, at int, more string) string {
	var kept []string
	for pair := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		if !strings.HasPrefix(pair, "marker=") && !strings.HasPrefix(pair, "page_reverse=") {
			kept = append(kept, pair)
		}
	}
	if len(rows) > 0 {
		kept = append(kept, "marker="+fmt.Sprint(rows[at]["id"]))
	}
	return c.base + "/network/v2.0/" + path + "?" + strings.Join(kept, "&") + more
}

// chosen is a resource with only the fields that were asked for; all when none was.
func chosen(body object, fields []string) object {
	if len(fields) == 0 {
		return body
	}
	out := object{}
	for _, name := range fields {
		if v, there := body[name]; there {
			out[name] = v
		}
	}
	return out
}
