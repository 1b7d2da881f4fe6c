package template

import (
	"slices"
	"strconv"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

// sshPort is where a server answers that is asked for by SSH alone.
const sshPort = 22

func (x *expansion) servers() error {
	for _, s := range x.t.servers {
		many, err := s.count.number(x.env, 1, 0, maxCount)
		if err != nil {
			return err
		}
		for i := range many {
			if err := x.server(s, i+1, many > 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// server adds one server with its volumes and its address outside.
func (x *expansion) server(s server, number int, several bool) error {
	short := s.name
	if several {
		short += "-" + strconv.Itoa(number)
	}
	key := "server." + s.name + "." + strconv.Itoa(number)
	env := environmentOf(x.r, map[string]any{"name": x.name(short), "index": number})
	spec, needs, err := x.serverSpec(s, env)
	if err != nil {
		return err
	}
	ready, err := s.readyAt(key, env)
	if err != nil {
		return err
	}
	external, err := s.floating.word(env)
	if err != nil {
		return err
	}
	item := Item{Key: key, Kind: resource.KindServer, Name: x.name(short), Needs: needs}
	if external == "" {
		item.Ready = ready
	}
	if err := x.add(item, spec); err != nil {
		return err
	}
	if err := x.attachments(s, env, key, short, number); err != nil || external == "" {
		return err
	}
	if len(spec.Networks) == 0 {
		return config.Misplaced(s.floating.line, "the servers %s have a floating_ip and no network", s.name)
	}
	return x.add(Item{
		Key: AddressKey(key), Kind: resource.KindFloatingIP, Name: x.name(short, "address"), Needs: append([]string{key}, x.outward(spec)...), Ready: ready,
	}, resource.FloatingIPSpec{External: resource.Ref{Name: external}, Server: resource.Ref{Item: key}})
}

// AddressKey is the key of the address outside that leads to a server.
func AddressKey(server string) string { return server + ".address" }

// outward is what leads out of the networks of a server: without it no address outside leads in.
func (x *expansion) outward(spec resource.ServerSpec) []string {
	var keys []string
	for _, nic := range spec.Networks {
		for _, n := range x.t.networks {
			if netKey(n.name) == nic.Network.Item {
				keys = append(keys, x.ways[n.name]...)
			}
		}
	}
	return keys
}

func (x *expansion) serverSpec(s server, env *rule.Env) (spec resource.ServerSpec, needs []string, err error) {
	spec = resource.ServerSpec{Newest: s.newest.given(), Key: x.keyRef(), ConfigDrive: s.configDrive}
	image := s.image
	if spec.Newest {
		image = s.newest
	}
	for _, part := range []struct {
		into *string
		from value
	}{{&spec.Flavor.Name, s.flavor}, {&spec.Image.Name, image}, {&spec.Login, s.login}, {&spec.Zone, s.zone}} {
		if *part.into, err = part.from.word(env); err != nil {
			return spec, nil, err
		}
	}
	if spec.Flavor.Name == "" || spec.Image.Name == "" {
		return spec, nil, config.Misplaced(s.line, "the servers %s have an empty flavor or image", s.name)
	}
	if spec.UserData, err = s.userData.text(env); err != nil {
		return spec, nil, err
	}
	if len(spec.UserData) > maxUserData {
		return spec, nil, config.Misplaced(s.userData.line, "user_data has %d bytes; it may have %d", len(spec.UserData), maxUserData)
	}
	if spec.BootVolume, err = s.boot.number(env, 0, 0, 1<<20); err != nil {
		return spec, nil, err
	}
	if spec.Tags, err = words(s.tags, env); err != nil {
		return spec, nil, err
	}
	if spec.Key != nil && spec.Key.Item != "" {
		needs = append(needs, spec.Key.Item)
	}
	more, err := x.connect(s, env, &spec)
	return spec, append(needs, more...), err
}

// connect fills in what of the environment or the cloud a server is joined to.
func (x *expansion) connect(s server, env *rule.Env, spec *resource.ServerSpec) (needs []string, err error) {
	networks, err := words(s.networks, env)
	if err != nil {
		return nil, err
	}
	for _, name := range networks {
		ref := resource.Ref{Name: name}
		if slices.Contains(x.t.networkNames(), name) {
			ref = resource.Ref{Item: netKey(name)}
			needs = append(append(needs, ref.Item), x.ways[name]...)
		}
		spec.Networks = append(spec.Networks, resource.NIC{Network: ref})
	}
	guards, err := words(s.guards, env)
	if err != nil {
		return nil, err
	}
	for _, name := range guards {
		ref := resource.Ref{Name: name}
		if slices.Contains(x.t.secgroupNames(), name) {
			ref = resource.Ref{Item: secgroupKey(name)}
			needs = append(needs, ref.Item)
		}
		spec.SecurityGroups = append(spec.SecurityGroups, ref)
	}
	group, err := s.group.word(env)
	if err != nil || group == "" {
		return needs, err
	}
	if !slices.Contains(x.t.spreadNames(), group) {
		return nil, config.Misplaced(s.group.line, "there is no server group %.40s among the template's%s", group, command.Meant(group, x.t.spreadNames()))
	}
	spec.Group = &resource.Ref{Item: spreadKey(group)}
	return append(needs, spec.Group.Item), nil
}

// attachments adds a server's volumes, each its own.
func (x *expansion) attachments(s server, env *rule.Env, key, short string, number int) error {
	names, err := words(s.volumes, env)
	if err != nil {
		return err
	}
	for _, name := range names {
		i := slices.Index(x.t.volumeNames(), name)
		if i < 0 {
			return config.Misplaced(s.line, "there is no volume %.40s among the template's%s", name, command.Meant(name, x.t.volumeNames()))
		}
		disk := "vol." + name + "." + strconv.Itoa(number)
		if x.plan.Item(disk) != nil {
			return config.Misplaced(s.line, "the volume %s is attached twice", name)
		}
		if err := x.volume(x.t.volumes[i], disk, x.name(short, name)); err != nil {
			return err
		}
		if err := x.add(Item{
			Key: resource.AttachmentItem(disk), Kind: resource.KindAttachment, Name: x.name(short, name, "attached"), Needs: []string{key, disk},
		}, resource.AttachmentSpec{Server: resource.Ref{Item: key}, Volume: resource.Ref{Item: disk}}); err != nil {
			return err
		}
	}
	return nil
}

// readyAt is what of a server must answer; nil for nothing.
func (s server) readyAt(key string, env *rule.Env) (*Ready, error) {
	if s.ready == nil {
		return nil, nil
	}
	port, err := s.ready.port.number(env, sshPort, 1, 65535)
	if err != nil {
		return nil, err
	}
	return &Ready{Port: port, SSH: s.ready.ssh, Within: s.ready.within, Server: key}, nil
}
