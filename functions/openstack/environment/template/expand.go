package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

// Request is what an environment is asked for with.
type Request struct {
	Name       string         // the environment's
	Owner      string         //
	Cloud      string         //
	Parameters map[string]any // as Choose typed them
	Key        string         // the public key of whoever asks, or one made for the environment; empty where there is none
}

// ErrNoKey says that the template takes the public key of whoever asks, and there is none of theirs.
var ErrNoKey = errors.New("the template takes your public key, and the configuration has none of yours (openstack.keys)")

// Expand makes the plan of an environment. Errors are sentences for people; one that a value of the template gives has its line.
func (t *Template) Expand(r Request) (Plan, error) {
	x := &expansion{t: t, r: r, env: environmentOf(r, nil)}
	for _, part := range []func() error{
		x.project, x.keypair, x.spreads, x.networks, x.secgroups, x.volumes, x.servers, x.stack,
	} {
		if err := part(); err != nil {
			return Plan{}, err
		}
	}
	if len(x.plan.Items) == 0 {
		return Plan{}, config.Misplaced(t.Line, "with these parameters there is nothing to make")
	}
	if len(x.plan.Items) > maxItems {
		return Plan{}, config.Misplaced(t.Line, "that is %d things; an environment may have %d", len(x.plan.Items), maxItems)
	}
	return x.plan, nil
}

func environmentOf(r Request, server map[string]any) *rule.Env {
	parameters := r.Parameters
	if parameters == nil {
		parameters = map[string]any{}
	}
	values := map[string]any{
		"parameters": parameters, "env": map[string]any{"name": r.Name, "owner": r.Owner, "cloud": r.Cloud}, "server": map[string]any{},
	}
	if server != nil {
		values["server"] = server
	}
	return rule.NewEnv(values)
}

// expansion is a plan in the making.
type expansion struct {
	t    *Template
	r    Request
	env  *rule.Env
	plan Plan

	ways map[string][]string // what a network's servers need besides it: its subnets and its way out
}

// add puts an item into the plan, behind what it needs. In a project of its own everything needs that.
func (x *expansion) add(item Item, spec any) error {
	text, err := json.Marshal(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", item.Key, err)
	}
	item.Spec = text
	if x.t.project != nil && item.Kind != resource.KindProject {
		item.Needs = append([]string{projectKey}, item.Needs...)
	}
	slices.Sort(item.Needs)
	item.Needs = slices.Compact(item.Needs)
	if len(item.Key) > resource.LongestItem {
		return fmt.Errorf("%s is too long for the name of a thing", item.Key)
	}
	x.plan.Items = append(x.plan.Items, item)
	return nil
}

// name is what a thing is called at the cloud.
func (x *expansion) name(parts ...string) string {
	return strings.Join(append([]string{x.r.Name}, parts...), "-")
}

// The keys of things of which there is one.
const (
	projectKey = "project"
	keyKey     = "key"
	stackKey   = "stack"
)

func (x *expansion) project() error {
	p := x.t.project
	if p == nil {
		return nil
	}
	spec := resource.ProjectSpec{}
	for _, name := range slices.Sorted(maps.Keys(p.quota)) {
		n, err := p.quota[name].number(x.env, 0, resource.Unlimited, 1<<31-1)
		if err != nil {
			return err
		}
		if spec.Quota == nil {
			spec.Quota = resource.Amounts{}
		}
		spec.Quota[resource.Measure(name)] = n
	}
	for _, m := range p.members {
		var one resource.Member
		for into, from := range map[*string]value{&one.User: m.user, &one.Group: m.group, &one.Role: m.role} {
			text, err := from.word(x.env)
			if err != nil {
				return err
			}
			*into = text
		}
		if one.Role == "" {
			one.Role = "member"
		}
		if one.User+one.Group != "" {
			spec.Members = append(spec.Members, one)
		}
	}
	return x.add(Item{Key: projectKey, Kind: resource.KindProject, Name: x.r.Name}, spec)
}

// keypair: one of the cloud's is only named, by the servers.
func (x *expansion) keypair() error {
	which, err := x.t.key.word(x.env)
	if err != nil {
		return err
	}
	switch which {
	case keyRequester, keyMade:
		if x.r.Key == "" {
			return ErrNoKey
		}
		return x.add(Item{Key: keyKey, Kind: resource.KindKeyPair, Name: x.r.Name}, resource.KeyPairSpec{Public: x.r.Key})
	}
	return nil
}

// keyRef is the key pair of servers; nil for none.
func (x *expansion) keyRef() *resource.Ref {
	which, err := x.t.key.word(x.env)
	switch {
	case err != nil || which == "":
		return nil
	case which == keyRequester || which == keyMade:
		return &resource.Ref{Item: keyKey}
	}
	return &resource.Ref{Name: which}
}

// policies are those of server groups.
var policies = []string{"affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"}

func (x *expansion) spreads() error {
	for _, s := range x.t.spreads {
		policy, err := s.policy.word(x.env)
		if err != nil {
			return err
		}
		if policy == "" {
			policy = "soft-anti-affinity"
		}
		if !slices.Contains(policies, policy) {
			return config.Misplaced(s.line, "the server group %s: there is no policy %.40s%s", s.name, policy, command.Meant(policy, policies))
		}
		if err := x.add(Item{Key: spreadKey(s.name), Kind: resource.KindServerGroup, Name: x.name(s.name)}, resource.ServerGroupSpec{Policy: policy}); err != nil {
			return err
		}
	}
	return nil
}

func spreadKey(name string) string   { return "group." + name }
func netKey(name string) string      { return "net." + name }
func routerKey(name string) string   { return netKey(name) + ".router" }
func secgroupKey(name string) string { return "sec." + name }

func (x *expansion) stack() error {
	s := x.t.stack
	if s == nil {
		return nil
	}
	text, err := s.template.text(x.env)
	if err != nil {
		return err
	}
	if len(text) > maxStack {
		return config.Misplaced(s.line, "the Heat template has %d bytes; it may have %d", len(text), maxStack)
	}
	parameters, err := filled(s.parameters, s.line, x.env)
	if err != nil {
		return err
	}
	const minute = 60
	spec := resource.StackSpec{Template: text, Parameters: parameters, Within: max(1, int(s.within.Seconds())/minute)}
	var needs []string
	if x.plan.Item(keyKey) != nil {
		needs = []string{keyKey}
	}
	return x.add(Item{Key: stackKey, Kind: resource.KindStack, Name: x.r.Name, Needs: needs}, spec)
}
