package resource

import (
	"context"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// zone has what is read of an availability zone.
type zone struct {
	Name  string `json:"zoneName"`
	State struct {
		Available bool `json:"available"`
	} `json:"zoneState"`
}

// Zone makes sure that there is an availability zone of Nova; an administrator may write a host behind it, as in "nova:host-1".
func (n *Names) Zone(ctx context.Context, name string) error {
	all, err := n.zones(ctx)
	if err != nil {
		return err
	}
	wanted, _, _ := strings.Cut(name, ":")
	for _, one := range all {
		if one.Name == wanted {
			return nil
		}
	}
	return n.nothing(source{of: cloud.Compute}, "availability zone", wanted, all)
}

// zones reads them once; those that are not available are none.
func (n *Names) zones(ctx context.Context) ([]named, error) {
	const key = "os-availability-zone"
	n.mu.Lock()
	defer n.mu.Unlock()
	if all, read := n.lists[key]; read {
		return all, nil
	}
	s, err := open(ctx, n.cloud, cloud.Compute)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Zones []zone `json:"availabilityZoneInfo"`
	}
	if err := s.get(ctx, &answer, key); err != nil {
		return nil, err
	}
	all := make([]named, 0, len(answer.Zones))
	for _, one := range answer.Zones {
		if one.State.Available {
			all = append(all, named{ID: one.Name, Name: one.Name})
		}
	}
	n.lists[key] = all
	return all, nil
}

// VolumeType finds a type of volumes.
func (n *Names) VolumeType(ctx context.Context, name string) (string, error) {
	one, err := n.find(ctx, volumeTypeSource, "volume type", name, nil)
	return one.ID, err
}
