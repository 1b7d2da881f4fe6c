package resource

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// Mistake is something in a wish that the cloud does not have, in words for people, without the item.
type Mistake struct {
	Item string
	Text string
}

// Settle looks up every name in the specs of wishes and gives them with ids instead, servers with their flavors' sizes and the user to log in as, and all that
// is wrong with them at once. The wishes of a project's kind are not looked into: that takes the administrator, and Make does it. An error is a *cloud.Fault of
// a cloud that could not be asked.
func (n *Names) Settle(ctx context.Context, wishes []Wish) ([]Wish, []Mistake, error) {
	settled := make([]Wish, 0, len(wishes))
	var mistakes []Mistake
	for _, w := range wishes {
		s := &settling{names: n, ctx: ctx, item: w.Item}
		spec, err := s.settle(w)
		if err != nil {
			return nil, nil, err
		}
		mistakes = append(mistakes, s.mistakes...)
		if spec != nil {
			if w.Spec, err = json.Marshal(spec); err != nil {
				return nil, nil, invalid(n.cloud, "the spec of %s %s cannot be written: %v", w.Kind, w.Item, err)
			}
		}
		settled = append(settled, w)
	}
	return settled, mistakes, nil
}

// settling is one wish's being settled. The first error that is not a mistake of the wish ends it.
type settling struct {
	names    *Names
	ctx      context.Context //nolint:containedctx // it lives as long as the call
	item     string
	mistakes []Mistake
	err      error
}

// settle gives the spec with ids; nil where it has nothing to look up.
func (s *settling) settle(w Wish) (any, error) {
	switch w.Kind {
	case KindSubnet:
		return settleSpec(s, w, func(spec *SubnetSpec) { s.ref(&spec.Network, s.names.Network) })
	case KindRouter:
		return settleSpec(s, w, func(spec *RouterSpec) { s.ref(spec.External, s.names.External) })
	case KindRouterPort:
		return settleSpec(s, w, func(spec *RouterPortSpec) {
			s.ref(&spec.Router, s.names.by(routerSource, "router"))
			s.ref(&spec.Subnet, s.names.by(subnetSource, "subnet"))
		})
	case KindSecGroup:
		return settleSpec(s, w, func(spec *SecGroupSpec) {
			for i := range spec.Rules {
				s.ref(spec.Rules[i].RemoteGroup, s.names.SecurityGroup)
			}
		})
	case KindVolume:
		return settleSpec(s, w, s.volume)
	case KindServer:
		return settleSpec(s, w, s.server)
	case KindAttachment:
		return settleSpec(s, w, func(spec *AttachmentSpec) {
			s.ref(&spec.Server, s.names.by(serverSource, "server"))
			s.ref(&spec.Volume, s.names.by(volumeSource, "volume"))
		})
	case KindFloatingIP:
		return settleSpec(s, w, func(spec *FloatingIPSpec) {
			s.ref(&spec.External, s.names.External)
			s.ref(&spec.Server, s.names.by(serverSource, "server"))
			s.ref(spec.Network, s.names.Network)
		})
	}
	return nil, nil
}

func settleSpec[T any](s *settling, w Wish, look func(*T)) (any, error) {
	spec, err := read[T](s.names.cloud, w)
	if err != nil {
		return nil, err
	}
	look(&spec)
	if s.err != nil {
		return nil, s.err
	}
	return spec, nil
}

// ref gives a name its id. What has an id, is an item of the environment, or is not there, stays as it is.
func (s *settling) ref(r *Ref, look func(context.Context, string) (string, error)) {
	if r == nil || r.Name == "" || r.ID != "" || r.Item != "" || s.err != nil {
		return
	}
	id, err := look(s.ctx, r.Name)
	if s.took(err) {
		r.ID = id
	}
}

// took says whether a look-up came to something, and keeps what was wrong with it.
func (s *settling) took(err error) bool {
	if err == nil {
		return true
	}
	f := cloud.Judge(err)
	if f.Kind != cloud.NotFound && f.Kind != cloud.Conflict || f.Status != 0 {
		s.err = f
		return false
	}
	s.wrongf("%s", f.Message)
	return false
}

func (s *settling) wrongf(format string, args ...any) {
	s.mistakes = append(s.mistakes, Mistake{Item: s.item, Text: fmt.Sprintf(format, args...)})
}

func (s *settling) volume(spec *VolumeSpec) {
	s.kind(spec.Type)
	if spec.Image == nil || spec.Image.Name == "" || spec.Image.ID != "" {
		return
	}
	image, err := s.names.Image(s.ctx, spec.Image.Name, false)
	if !s.took(err) {
		return
	}
	spec.Image.ID = image.ID
	if image.MinDisk > spec.Size {
		s.wrongf("the image %s takes a volume of %d GiB, and it has %d", image.Name, image.MinDisk, spec.Size)
	}
}

// kind makes sure that there is a type of volumes.
func (s *settling) kind(name string) {
	if name == "" || s.err != nil {
		return
	}
	_, err := s.names.VolumeType(s.ctx, name)
	s.took(err)
}

func (s *settling) server(spec *ServerSpec) {
	s.kind(spec.VolumeType)
	if spec.Zone != "" && s.err == nil {
		s.took(s.names.Zone(s.ctx, spec.Zone))
	}
	flavor, image := s.flavor(spec), s.image(spec)
	for i := range spec.Networks {
		s.ref(&spec.Networks[i].Network, s.names.Network)
	}
	for i := range spec.SecurityGroups {
		s.ref(&spec.SecurityGroups[i], s.names.SecurityGroup)
	}
	s.ref(spec.Key, s.names.KeyPair)
	s.ref(spec.Group, s.names.by(groupSource, "server group"))
	if flavor.ID == "" || image.ID == "" {
		return
	}
	if image.MinRAM > flavor.Memory {
		s.wrongf("the image %s takes %d MiB of memory, and the flavor %s has %d", image.Name, image.MinRAM, flavor.Name, flavor.Memory)
	}
	switch {
	case spec.BootVolume == 0 && flavor.Disk > 0 && image.MinDisk > flavor.Disk:
		s.wrongf("the image %s takes a disk of %d GiB, and the flavor %s has %d", image.Name, image.MinDisk, flavor.Name, flavor.Disk)
	case spec.BootVolume > 0 && image.MinDisk > spec.BootVolume:
		s.wrongf("the image %s takes a disk of %d GiB, and the boot volume has %d", image.Name, image.MinDisk, spec.BootVolume)
	}
}

func (s *settling) flavor(spec *ServerSpec) Flavor {
	if spec.Flavor.Name == "" && spec.Flavor.ID == "" || s.err != nil {
		return Flavor{}
	}
	flavor, err := s.names.Flavor(s.ctx, cmp.Or(spec.Flavor.ID, spec.Flavor.Name))
	if s.took(err) {
		spec.Flavor.ID, spec.Cores, spec.Memory, spec.Disk = flavor.ID, flavor.Cores, flavor.Memory, flavor.Disk
	}
	return flavor
}

func (s *settling) image(spec *ServerSpec) Image {
	if spec.Image.Name == "" && spec.Image.ID == "" || s.err != nil {
		return Image{}
	}
	image, err := s.names.Image(s.ctx, cmp.Or(spec.Image.ID, spec.Image.Name), spec.Newest)
	if !s.took(err) {
		return image
	}
	spec.Image.ID = image.ID
	if spec.Login == "" {
		spec.Login = image.Login
	}
	return image
}

// by looks names up in a list.
func (n *Names) by(from source, what string) func(context.Context, string) (string, error) {
	return func(ctx context.Context, name string) (string, error) {
		one, err := n.find(ctx, from, what, name, nil)
		return one.ID, err
	}
}
