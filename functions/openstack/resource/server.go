package resource

import (
	"context"
	"net/url"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// Servers' marks are in their metadata. Besides they have two tags where Nova keeps tags from the beginning on (microversion 2.52), for lists to be short: a
// tag holds 60 characters, which is too few for every item's key.
const (
	ourTag     = "handsoff"
	taggedFrom = "2.52"
	loginKey   = "handsoff:login" // in metadata, the user to log in as
)

// servers are servers.
type servers struct{}

// Make implements Kind.
func (servers) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	body, tags, err := serverBody(c, w)
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return Thing{}, err
	}
	tagged, err := c.Supports(ctx, cloud.Compute, taggedFrom)
	if err != nil {
		return Thing{}, n.judge(err, "asking for its versions")
	}
	if tagged {
		body.Server["tags"] = tags
	}
	var answer struct{ Server novaServer }
	if err := n.post(ctx, body, &answer, "servers"); err != nil {
		return Thing{}, err
	}
	if answer.Server.ID == "" {
		return Thing{}, n.fault(cloud.Odd, "it has no id for the server that was asked for")
	}
	return Thing{Kind: KindServer, ID: answer.Server.ID, Name: w.name(), State: Building, Mark: w.Mark, Facts: map[string]string{FactStatus: "BUILD"}}, nil
}

// Find implements Kind.
func (servers) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	all, err := listServers(ctx, n, m)
	return bearing(all, m), err
}

// listServers lists those of the project that bear marks; of one environment where m names it; all of the project where Nova knows no tags.
func listServers(ctx context.Context, n *service, m Mark) ([]Thing, error) {
	tagged, err := n.cloud.Supports(ctx, cloud.Compute, taggedFrom)
	if err != nil {
		return nil, n.judge(err, "asking for its versions")
	}
	query := url.Values{}
	switch {
	case tagged && m.Env != "":
		query.Set("tags", markEnv+"="+m.Env)
	case tagged:
		query.Set("tags", ourTag)
	}
	var all []Thing
	err = each(ctx, n, query, "servers", func(s novaServer) string { return s.ID }, func(s novaServer) {
		if t := s.thing(); t.State != Absent {
			all = append(all, t)
		}
	}, "servers", "detail")
	return all, err
}

// Look implements Kind.
func (servers) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	return lookAt(ids, func() ([]Thing, error) { return listServers(ctx, n, Mark{}) }, func(id string) (Thing, error) {
		var answer struct{ Server novaServer }
		err := n.get(ctx, &answer, "servers", id)
		return answer.Server.thing(), err
	})
}

// Delete implements Kind. Nova takes the ports it made for the server with it, and the volume it boots from. On a cloud that keeps deleted servers for a while
// their ports would stay too: one that is kept is deleted for good.
func (servers) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return err
	}
	var there struct{ Server novaServer }
	err = n.get(ctx, &there, "servers", t.ID)
	if err == nil && there.Server.Status == softDeleted {
		err = n.post(ctx, map[string]any{"forceDelete": nil}, nil, "servers", t.ID, "action")
	} else if err == nil {
		err = n.remove(ctx, "servers", t.ID)
	}
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	return err
}
