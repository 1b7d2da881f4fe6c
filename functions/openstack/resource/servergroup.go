package resource

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// serverGroups are server groups. Their names are their marks.
type serverGroups struct{}

type novaServerGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Make implements Kind.
func (serverGroups) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[ServerGroupSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return Thing{}, err
	}
	group := map[string]any{"name": nameOfMark(w.Mark)}
	one, err := c.Supports(ctx, cloud.Compute, "2.64")
	if err != nil {
		return Thing{}, n.judge(err, "asking for its versions")
	}
	if group["policies"] = []string{spec.Policy}; one { // a list of one before
		delete(group, "policies")
		group["policy"] = spec.Policy
	}
	var answer struct {
		Group novaServerGroup `json:"server_group"`
	}
	if err := n.post(ctx, map[string]any{"server_group": group}, &answer, "os-server-groups"); err != nil {
		return Thing{}, err
	}
	if answer.Group.ID == "" {
		return Thing{}, n.fault(cloud.Odd, "it has no id for the server group that was asked for")
	}
	t := answer.Group.thing()
	t.Mark = w.Mark
	return t, nil
}

// Find implements Kind.
func (serverGroups) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	all, err := listServerGroups(ctx, n)
	return bearing(all, m), err
}

// listServerGroups lists the project's. Nova pages server groups by offset and knows no marker, alone of all its lists.
func listServerGroups(ctx context.Context, n *service) ([]Thing, error) {
	var all []Thing
	for {
		var page struct {
			Groups []novaServerGroup `json:"server_groups"`
		}
		query := url.Values{"limit": {strconv.Itoa(perPage)}, "offset": {strconv.Itoa(len(all))}}
		if err := n.ask(ctx, http.MethodGet, n.url("os-server-groups")+"?"+query.Encode(), nil, &page); err != nil {
			return nil, n.judge(err, "listing server groups")
		}
		if len(page.Groups) > 0 && len(all) > 0 && page.Groups[0].ID == all[0].ID { // offset means nothing to it, so that was all
			return all, nil
		}
		for _, group := range page.Groups {
			all = append(all, group.thing())
		}
		if len(page.Groups) == 0 || len(all)%perPage != 0 {
			return all, nil
		}
	}
}

// Look implements Kind.
func (serverGroups) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	return lookAt(ids, func() ([]Thing, error) { return listServerGroups(ctx, n) }, func(id string) (Thing, error) {
		var answer struct {
			Group novaServerGroup `json:"server_group"`
		}
		err := n.get(ctx, &answer, "os-server-groups", id)
		return answer.Group.thing(), err
	})
}

// Delete implements Kind.
func (serverGroups) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return err
	}
	return n.remove(ctx, "os-server-groups", t.ID)
}

func (g novaServerGroup) thing() Thing {
	t := Thing{Kind: KindServerGroup, ID: g.ID, Name: g.Name, State: Ready}
	t.Mark, _ = markOfName(g.Name)
	return t
}
