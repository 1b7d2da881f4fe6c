package life

import (
	"context"

	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// machinery is what servers are told besides to be made and to go, and what stacks tell. Every error is a *cloud.Fault.
type machinery interface {
	// Press tells a server to stop, or to start.
	Press(ctx context.Context, at *cloud.Cloud, id string, want resource.State) error
	// Metadata is what a server has.
	Metadata(ctx context.Context, at *cloud.Cloud, id string) (map[string]string, error)
	// Rebuild makes a server anew from an image; the metadata takes the place of all that it had.
	Rebuild(ctx context.Context, at *cloud.Cloud, id, image, name string, metadata map[string]string) error
	// Within are the servers in a stack.
	Within(ctx context.Context, at *cloud.Cloud, stack resource.Thing) ([]resource.Thing, error)
	// Outputs are a stack's outputs, by their names.
	Outputs(ctx context.Context, at *cloud.Cloud, stack resource.Thing) (map[string]string, error)
}

// nova is the compute service of a cloud, and its Heat.
type nova struct{}

// Press implements machinery.
func (nova) Press(ctx context.Context, at *cloud.Cloud, id string, want resource.State) error {
	client, err := at.Client(ctx, cloud.Compute)
	if err != nil {
		return err
	}
	if want == resource.Stopped {
		return cloud.While(servers.Stop(ctx, client, id).ExtractErr(), "stopping a server")
	}
	return cloud.While(servers.Start(ctx, client, id).ExtractErr(), "starting a server")
}

// Metadata implements machinery.
func (nova) Metadata(ctx context.Context, at *cloud.Cloud, id string) (map[string]string, error) {
	client, err := at.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	server, err := servers.Get(ctx, client, id).Extract()
	if err != nil {
		return nil, cloud.While(err, "looking at a server")
	}
	return server.Metadata, nil
}

// Rebuild implements machinery.
func (nova) Rebuild(ctx context.Context, at *cloud.Cloud, id, image, name string, metadata map[string]string) error {
	client, err := at.Client(ctx, cloud.Compute)
	if err != nil {
		return err
	}
	_, err = servers.Rebuild(ctx, client, id, servers.RebuildOpts{ImageRef: image, Name: name, Metadata: metadata}).Extract()
	return cloud.While(err, "making the server %s anew", name)
}

// Within implements machinery.
func (nova) Within(ctx context.Context, at *cloud.Cloud, stack resource.Thing) ([]resource.Thing, error) {
	return resource.ServersIn(ctx, at, stack)
}

// Outputs implements machinery.
func (nova) Outputs(ctx context.Context, at *cloud.Cloud, stack resource.Thing) (map[string]string, error) {
	return resource.Outputs(ctx, at, stack)
}
