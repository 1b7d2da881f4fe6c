package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

// seed makes what the sandbox's OpenStack has too: an image, two flavors, a public network and one that all may use.
func (m *machine) seed(ctx context.Context) error {
	provider, err := m.provider(ctx)
	if err != nil {
		return err
	}
	return errors.Join(seedImage(ctx, provider), seedFlavors(ctx, provider), seedNetworks(ctx, provider))
}

func seedImage(ctx context.Context, provider *gophercloud.ProviderClient) error {
	client, err := openstack.NewImageV2(provider, gophercloud.EndpointOpts{Region: region})
	if err != nil {
		return fmt.Errorf("find glance: %w", err)
	}
	public := images.ImageVisibilityPublic
	image, err := images.Create(ctx, client, images.CreateOpts{
		Name: "tiny", DiskFormat: "raw", ContainerFormat: "bare", Visibility: &public,
	}).Extract()
	if err != nil {
		return fmt.Errorf("make an image: %w", err)
	}
	if err := imagedata.Upload(ctx, client, image.ID, bytes.NewReader(make([]byte, 64<<10))).ExtractErr(); err != nil {
		return fmt.Errorf("fill the image: %w", err)
	}
	return nil
}

func seedFlavors(ctx context.Context, provider *gophercloud.ProviderClient) error {
	client, err := openstack.NewComputeV2(provider, gophercloud.EndpointOpts{Region: region})
	if err != nil {
		return fmt.Errorf("find nova: %w", err)
	}
	for _, f := range []struct {
		name      string
		ram, disk int
	}{{"m1.nano", 64, 1}, {"m1.small", 512, 2}} {
		if _, err := flavors.Create(ctx, client, flavors.CreateOpts{Name: f.name, RAM: f.ram, VCPUs: 1, Disk: &f.disk}).Extract(); err != nil {
			return fmt.Errorf("make the flavor %s: %w", f.name, err)
		}
	}
	return nil
}

func seedNetworks(ctx context.Context, provider *gophercloud.ProviderClient) error {
	client, err := openstack.NewNetworkV2(provider, gophercloud.EndpointOpts{Region: region})
	if err != nil {
		return fmt.Errorf("find neutron: %w", err)
	}
	for _, n := range []struct {
		fields map[string]any
		cidr   string
		dhcp   bool
	}{
		{map[string]any{
			"name": "public", "router:external": true, "provider:network_type": "flat", "provider:physical_network": "public",
		}, "203.0.113.0/24", false},
		{map[string]any{"name": "shared", "shared": true}, "10.99.0.0/16", true},
	} {
		var made map[string]any
		if _, err := client.Post(ctx, client.ServiceURL("networks"), map[string]any{"network": n.fields}, &made, nil); err != nil { //nolint:bodyclose // it was read into what follows, or has none
			return fmt.Errorf("make the network %s: %w", n.fields["name"], err)
		}
		subnet := map[string]any{
			"network_id": idOf(made["network"]), "ip_version": 4, "cidr": n.cidr, "name": n.fields["name"], "enable_dhcp": n.dhcp,
		}
		if _, err := client.Post(ctx, client.ServiceURL("subnets"), map[string]any{"subnet": subnet}, nil, nil); err != nil { //nolint:bodyclose // it was read into what follows, or has none
			return fmt.Errorf("make the subnet of %s: %w", n.fields["name"], err)
		}
	}
	return nil
}
