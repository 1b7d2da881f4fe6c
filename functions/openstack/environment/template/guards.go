package template

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

func (x *expansion) secgroups() error {
	for _, g := range x.t.groups {
		spec := resource.SecGroupSpec{}
		var needs []string
		for _, s := range g.rules {
			one, need, err := x.rule(g, s)
			if err != nil {
				return err
			}
			spec.Rules = append(spec.Rules, one)
			needs = append(needs, need...)
		}
		item := Item{Key: secgroupKey(g.name), Kind: resource.KindSecGroup, Name: x.name(g.name), Needs: needs}
		if err := x.add(item, spec); err != nil {
			return err
		}
	}
	return nil
}

// rule makes one rule. It may name groups that stand before its own, so that nobody needs one another.
func (x *expansion) rule(g secgroup, s guard) (one resource.RuleSpec, needs []string, err error) {
	one.Out = s.out
	if one.Protocol, err = s.protocol.word(x.env); err != nil {
		return one, nil, err
	}
	if one.From, one.To, err = s.ports(x.env); err != nil {
		return one, nil, err
	}
	if one.From > 0 && one.Protocol == "" {
		one.Protocol = "tcp"
	}
	if one.Remote, err = s.from.word(x.env); err != nil {
		return one, nil, err
	}
	if prefix, err := netip.ParsePrefix(one.Remote); one.Remote != "" && (err != nil || prefix.Masked() != prefix) {
		return one, nil, config.Misplaced(s.line, "from: %.40q is not a network such as 10.0.0.0/24", one.Remote)
	}
	group, err := s.group.word(x.env)
	switch {
	case err != nil || group == "":
		return one, nil, err
	case one.Remote != "":
		return one, nil, config.Misplaced(s.line, "a rule has from or group, not both")
	case group == g.name:
		one.Same = true
	case x.plan.Item(secgroupKey(group)) != nil:
		one.RemoteGroup = &resource.Ref{Item: secgroupKey(group)}
		needs = []string{secgroupKey(group)}
	default:
		return one, nil, config.Misplaced(s.line, "group: there is no security group %.40s before %s%s", group, g.name, command.Meant(group, x.t.secgroupNames()))
	}
	return one, needs, nil
}

// ports reads 22, or 8000-8100.
func (s guard) ports(env *rule.Env) (from, to int, err error) {
	text, err := s.port.word(env)
	if err != nil || text == "" {
		return 0, 0, err
	}
	first, last, ranged := strings.Cut(text, "-")
	from, err = strconv.Atoi(strings.TrimSpace(first))
	if to = from; err == nil && ranged {
		to, err = strconv.Atoi(strings.TrimSpace(last))
	}
	if err != nil || from < 1 || to < from || to > 65535 {
		return 0, 0, config.Misplaced(s.line, "port: %.40q is not a port, nor two such as 8000-8100", text)
	}
	return from, to, nil
}
