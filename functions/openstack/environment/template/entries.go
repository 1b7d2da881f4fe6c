package template

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

func (r *reader) project(into **project) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		p := &project{quota: map[string]value{}, line: node.Line}
		*into = p
		if node.ShortTag() == "!!bool" && node.Value == "true" { // nothing more to say
			return nil
		}
		r.Each(node, "project", field.Map{
			"quota": func(n *yaml.Node) error {
				r.Pairs(n, func(name, amount *yaml.Node) {
					var v value
					if err := r.held(&v)(amount); err != nil {
						r.Fault(amount.Line, err)
					}
					p.quota[name.Value] = v
					r.measure(name)
				})
				return nil
			},
			"members": func(n *yaml.Node) error {
				for _, item := range field.Items(n) {
					p.members = append(p.members, r.member(item))
				}
				return nil
			},
		})
		return nil
	}
}

func (r *reader) member(node *yaml.Node) member {
	var m member
	r.Each(node, "a member", field.Map{"user": r.held(&m.user), "group": r.held(&m.group), "role": r.held(&m.role)})
	if m.user.given() == m.group.given() {
		r.Complainf(node.Line, "a member is a user or a group")
	}
	return m
}

func (r *reader) networks(t *Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.named(node, "a network", func(name string, line int, entry *yaml.Node) {
			n := network{name: name, line: line}
			r.Each(entry, "a network", field.Map{
				"router": r.held(&n.router), "mtu": r.held(&n.mtu), "port_security": perhaps(&n.portSecurity),
				"subnets": func(list *yaml.Node) error {
					for _, item := range field.Items(list) {
						s := subnet{line: item.Line}
						r.Each(item, "a subnet", field.Map{
							"cidr": r.held(&s.cidr), "gateway": r.held(&s.gateway), "dns": r.helds(&s.dns), "dhcp": perhaps(&s.dhcp),
						})
						if !s.cidr.given() {
							r.Complainf(s.line, "a subnet needs a cidr, such as 10.0.0.0/24")
						}
						n.subnets = append(n.subnets, s)
					}
					return nil
				},
			})
			t.networks = append(t.networks, n)
		})
		return nil
	}
}

func (r *reader) secgroups(t *Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.named(node, "a security group", func(name string, line int, entry *yaml.Node) {
			g := secgroup{name: name, line: line}
			rules := entry
			if entry.Kind == yaml.MappingNode && config.Child(entry, "rules") != nil {
				r.Each(entry, "a security group", field.Map{"rules": func(n *yaml.Node) error { rules = n; return nil }})
			}
			for _, item := range field.Items(rules) {
				s := guard{line: item.Line}
				r.Each(item, "a rule", field.Map{
					"protocol": r.held(&s.protocol), "port": r.held(&s.port), "from": r.held(&s.from), "group": r.held(&s.group), "out": field.Yes(&s.out),
				})
				g.rules = append(g.rules, s)
			}
			t.groups = append(t.groups, g)
		})
		return nil
	}
}

func (r *reader) volumes(t *Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.named(node, "a volume", func(name string, line int, entry *yaml.Node) {
			v := volume{name: name, line: line}
			r.Each(entry, "a volume", field.Map{"size": r.held(&v.size), "image": r.held(&v.image), "type": r.held(&v.kind)})
			if !v.size.given() {
				r.Complainf(line, "the volume %s needs a size, in GiB", name)
			}
			t.volumes = append(t.volumes, v)
		})
		return nil
	}
}

func (r *reader) spreads(t *Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.named(node, "a server group", func(name string, line int, entry *yaml.Node) {
			s := spread{name: name, line: line}
			if entry.Kind == yaml.ScalarNode {
				if err := r.held(&s.policy)(entry); err != nil {
					r.Fault(line, err)
				}
			} else {
				r.Each(entry, "a server group", field.Map{"policy": r.held(&s.policy)})
			}
			t.spreads = append(t.spreads, s)
		})
		return nil
	}
}

func (r *reader) servers(t *Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.named(node, "a server", func(name string, line int, entry *yaml.Node) {
			s := server{name: name, line: line}
			r.Each(entry, "a server", field.Map{
				"count": r.held(&s.count), "flavor": r.held(&s.flavor), "image": r.held(&s.image), "newest": r.held(&s.newest),
				"networks": r.helds(&s.networks), "security_groups": r.helds(&s.guards), "floating_ip": r.held(&s.floating),
				"user_data": r.held(&s.userData), "boot_volume": r.held(&s.boot), "volumes": r.helds(&s.volumes), "tags": r.helds(&s.tags),
				"group": r.held(&s.group), "login": r.held(&s.login), "zone": r.held(&s.zone), "config_drive": field.Yes(&s.configDrive),
				"ready": r.readiness(&s.ready),
			})
			if !s.flavor.given() {
				r.Complainf(line, "the server %s needs a flavor", name)
			}
			if s.image.given() == s.newest.given() {
				r.Complainf(line, "the server %s needs an image, or newest with the beginning of its name, and not both", name)
			}
			t.servers = append(t.servers, s)
		})
		return nil
	}
}

func (r *reader) readiness(into **readiness) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		ready := &readiness{within: 5 * time.Minute, line: node.Line}
		*into = ready
		r.Each(node, "ready", field.Map{"port": r.held(&ready.port), "ssh": field.Yes(&ready.ssh), "within": duration(&ready.within)})
		if !ready.port.given() && !ready.ssh {
			r.Complainf(node.Line, "ready needs a port, or ssh: true")
		}
		return nil
	}
}

func (r *reader) heat(into **stack) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		s := &stack{within: time.Hour, line: node.Line}
		*into = s
		r.Each(node, "heat", field.Map{
			"template": r.held(&s.template), "within": duration(&s.within),
			"parameters": func(n *yaml.Node) error {
				if err := s.parameters.UnmarshalYAML(n); err != nil {
					return err
				}
				r.paths = append(r.paths, placedPaths{s.parameters.Paths(), n.Line})
				return nil
			},
		})
		if !s.template.given() {
			r.Complainf(node.Line, "heat needs a template")
		}
		return nil
	}
}
