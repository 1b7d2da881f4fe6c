package resource

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// rulesWord is how many rules a group was meant to have, behind the mark in its description: a crash may come between the group and its rules.
const rulesWord = "handsoff:rules="

// secGroupKind makes security groups. All of a group's rules are asked for at once, and all or none of them come to be.
func secGroupKind() *neutron {
	return &neutron{
		kind: KindSecGroup, one: "security_group", many: "security_groups", fields: []string{"name", "security_group_rules"},
		body: func(_ context.Context, n *service, w Wish) (map[string]any, error) {
			_, err := secGroupRules(n, w, "")
			return map[string]any{}, err
		},
		remark: func(n *service, w Wish) (string, error) {
			spec, err := read[SecGroupSpec](n.cloud, w)
			return rulesWord + strconv.Itoa(len(spec.Rules)), err
		},
		finish: func(ctx context.Context, n *service, w Wish, made neutronThing) error {
			rules, err := secGroupRules(n, w, made.ID)
			if err != nil || len(rules) == 0 {
				return err
			}
			return n.post(ctx, map[string]any{"security_group_rules": rules}, nil, "security-group-rules")
		},
		lacks: unruled,
	}
}

func secGroupRules(n *service, w Wish, group string) ([]map[string]any, error) {
	spec, err := read[SecGroupSpec](n.cloud, w)
	if err != nil {
		return nil, err
	}
	rules := []map[string]any{}
	for i, r := range spec.Rules {
		rule, err := r.body(n, w, group)
		if err != nil {
			return nil, err
		}
		rule["description"] = fmt.Sprintf("%s handsoff:rule=%d", w.Mark, i+1)
		rules = append(rules, rule)
	}
	return rules, nil
}

// body is the rule as Neutron takes it.
func (r RuleSpec) body(n *service, w Wish, group string) (map[string]any, error) {
	rule := map[string]any{"security_group_id": group, "direction": "ingress", "ethertype": "IPv4"}
	if r.Out {
		rule["direction"] = "egress"
	}
	if r.IPv6 {
		rule["ethertype"] = "IPv6"
	}
	if r.Protocol != "" {
		rule["protocol"] = strings.ToLower(r.Protocol)
	}
	if r.From != 0 || r.To != 0 {
		rule["port_range_min"], rule["port_range_max"] = r.From, cmp.Or(r.To, r.From)
	}
	switch {
	case r.Same:
		rule["remote_group_id"] = group
	case r.RemoteGroup != nil:
		id, err := w.id(n.cloud, *r.RemoteGroup, "security group")
		if err != nil {
			return nil, err
		}
		rule["remote_group_id"] = id
	case r.Remote != "":
		block, err := netip.ParsePrefix(r.Remote)
		if err != nil {
			return nil, invalid(n.cloud, "security group %s: %q is no block of addresses such as 10.0.0.0/24", w.Item, r.Remote)
		}
		rule["remote_ip_prefix"] = r.Remote
		rule["ethertype"] = "IPv" + strconv.Itoa(version(block.Addr()))
	}
	return rule, nil
}

// unruled says whether the rules are missing that the group was to have. They come all at once, so that a group with some of them was finished, whoever took away
// the others since.
func unruled(one neutronThing) string {
	want, have := 0, 0
	for word := range strings.FieldsSeq(one.Description) {
		if number, is := strings.CutPrefix(word, rulesWord); is {
			want, _ = strconv.Atoi(number)
		}
	}
	mark, _ := ParseMark(one.Description)
	for _, rule := range one.Rules {
		if m, ok := ParseMark(rule.Description); ok && m == mark {
			have++
		}
	}
	if have == 0 && want > 0 {
		return "it has none of its " + chat.Count(want, "rule")
	}
	return ""
}
