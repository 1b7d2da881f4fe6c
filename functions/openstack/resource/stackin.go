package resource

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

const (
	// deepest is how deep in one another stacks are looked through: Heat's own max_nested_stack_depth.
	deepest = 5
	// serverType is what Heat calls a server.
	serverType = "OS::Nova::Server"
)

// heatResource has what is read of a stack's resource.
type heatResource struct {
	Name string `json:"resource_name"`
	ID   string `json:"physical_resource_id"`
	Type string `json:"resource_type"`
}

// ServersIn are the servers that a stack consists of, those of stacks within it among them, by the names of their resources. A stack that is gone has none.
func ServersIn(ctx context.Context, c *cloud.Cloud, t Thing) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	query := url.Values{"nested_depth": {strconv.Itoa(deepest)}, "type": {serverType}}
	var answer struct{ Resources []heatResource }
	err = n.ask(ctx, http.MethodGet, n.url("stacks", t.Name, t.ID, "resources")+"?"+query.Encode(), nil, &answer)
	if cloud.Is(err, cloud.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, n.judge(err, "listing the resources of a stack")
	}
	var servers []Thing
	for _, r := range answer.Resources {
		if r.Type == serverType && r.ID != "" {
			servers = append(servers, Thing{Kind: KindServer, ID: r.ID, Name: r.Name})
		}
	}
	return servers, nil
}
