package openstack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// listStacks serves the list of a project's stacks, the newest first.
func (s *Server) listStacks(c *call) (answer, error) {
	limit := 0
	if text := c.ask("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return answer{}, badStack("Only integer is acceptable by 'limit'.")
		}
		limit = n
	}
	all, _ := flag("", c.ask("global_tenant"))
	deleted, _ := flag("", c.ask("show_deleted"))
	found := s.stacks.list(func(st *stack) bool {
		return (st.Project == c.arg("project") || all == true && c.who.admin()) && (st.Gone.IsZero() || deleted == true) && st.passes(c)
	})
	slices.Reverse(found)
	orderStacks(c, found)
	count := len(found)
	if at := slices.IndexFunc(found, func(st *stack) bool { return st.ID == c.ask("marker") }); at >= 0 {
		found = found[at+1:]
	}
	out := object{}
	if limit > 0 && len(found) >= limit {
		found = found[:limit]
		query := c.query
		query.Set("marker", found[limit-1].ID)
		out["links"] = []object{{"rel": "next", "href": c.base + c.r.URL.Path + "?" + query.Encode()}}
	}
	rows := make([]object, 0, len(found))
	for _, st := range found {
		row := s.stackBody(c, st)
		row["description"], row["tags"] = "", nil
		if st.Tags != nil {
			row["tags"] = st.Tags
		}
		rows = append(rows, row)
	}
	out["stacks"] = rows
	if yes, _ := flag("", c.ask("with_count")); yes == true {
		out["count"] = count
	}
	return ok(out)
}

// passes says whether a stack passes the filters of a list; what is no filter does not matter.
func (st *stack) passes(c *call) bool {
	q := &netQuery{tags: map[string][]string{}}
	for theirs, ours := range map[string]string{
		"tags": "tags", "tags_any": "tags-any", "not_tags": "not-tags", "not_tags_any": "not-tags-any",
	} {
		if text := c.ask(theirs); text != "" {
			q.tags[ours] = strings.Split(text, ",")
		}
	}
	one := func(name string, values ...string) bool {
		want, asked := c.query[name]
		return !asked || slices.ContainsFunc(want, func(w string) bool { return slices.Contains(values, w) })
	}
	return q.tagged(st.Tags) && one("name", st.Name) && one("stack_name", st.Name) && one("id", st.ID) &&
		one("status", st.Status, st.state()) && one("action", st.Action)
}

func orderStacks(c *call, found []*stack) {
	keys := strings.Split(c.ask("sort_keys"), ",")
	down := c.ask("sort_dir") != "asc"
	slices.SortStableFunc(found, func(a, b *stack) int {
		for _, key := range keys {
			n := 0
			switch key {
			case "name", "stack_name":
				n = cmp.Compare(a.Name, b.Name)
			case "status", "stack_status":
				n = cmp.Compare(a.Status, b.Status)
			case "created_at", "creation_time":
				n = a.Made.Compare(b.Made)
			case "updated_at", "updated_time":
				n = a.Changed.Compare(b.Changed)
			}
			if down {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
}
