package template

import (
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/config"
)

// volumes: those that servers have attached are made with them.
func (x *expansion) volumes() error {
	used := map[string]bool{}
	for _, s := range x.t.servers {
		names, err := words(s.volumes, x.env)
		if err != nil {
			return err
		}
		for _, name := range names {
			used[name] = true
		}
	}
	for _, v := range x.t.volumes {
		if used[v.name] {
			continue
		}
		if err := x.volume(v, "vol."+v.name, x.name(v.name)); err != nil {
			return err
		}
	}
	return nil
}

func (x *expansion) volume(v volume, key, name string) error {
	size, err := v.size.number(x.env, 0, 1, 1<<20)
	if err != nil {
		return err
	}
	if size == 0 {
		return config.Misplaced(v.line, "the volume %s has no size", v.name)
	}
	spec := resource.VolumeSpec{Size: size}
	if spec.Type, err = v.kind.word(x.env); err != nil {
		return err
	}
	image, err := v.image.word(x.env)
	if err != nil {
		return err
	}
	if image != "" {
		spec.Image = &resource.Ref{Name: image}
	}
	return x.add(Item{Key: key, Kind: resource.KindVolume, Name: name}, spec)
}
