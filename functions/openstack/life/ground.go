package life

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
)

// ground is what a cloud has for a plan.
type ground struct {
	wishes  []resource.Wish  // with ids for names
	missing []string         // what it has not got
	taken   []resource.Taken // names that something has already
	usage   resource.Usage
	project string   // the id of the one that all is made in; empty for one of its own
	told    []string // what else is to be said of it
}

// survey asks a cloud what it has for a plan. A project of its own is as large as its template says.
func survey(ctx context.Context, at *cloud.Cloud, wishes []resource.Wish, own bool) (ground, error) {
	g := ground{}
	missing, err := services(ctx, at, wishes)
	if err != nil || len(missing) > 0 { // what such a service would know cannot be looked up
		g.missing = missing
		return g, err
	}
	names := resource.NewNames(at)
	settled, mistakes, err := names.Settle(ctx, wishes)
	if err != nil {
		return g, err
	}
	if g.taken, err = names.Taken(ctx, wishes); err != nil {
		return g, err
	}
	g.wishes = settled
	for _, m := range mistakes {
		g.missing = append(g.missing, m.Text)
	}
	if err := g.stacks(ctx, at); err != nil || len(g.missing) > 0 {
		return g, err
	}
	if own {
		g.usage = ownUsage(wishes)
		return g, nil
	}
	if g.project, _, err = at.Project(ctx); err != nil {
		return g, err
	}
	g.usage, err = resource.Quota(ctx, at)
	return g, err
}

// stacks asks Heat what is wrong with the templates of stacks.
func (g *ground) stacks(ctx context.Context, at *cloud.Cloud) error {
	for _, w := range g.wishes {
		if w.Kind != resource.KindStack {
			continue
		}
		mistakes, err := resource.CheckStack(ctx, at, w)
		if cloud.Is(err, cloud.Missing) {
			g.told = append(g.told, cloud.Judge(err).Sentence()+" What is wrong with it is seen as it is made.")
			continue
		}
		if err != nil {
			return err
		}
		g.missing = append(g.missing, mistakes...)
	}
	return nil
}

// services says which services the wishes take and the cloud does not have.
func services(ctx context.Context, at *cloud.Cloud, wishes []resource.Wish) ([]string, error) {
	needs := map[string]cloud.Service{
		resource.KindVolume: cloud.Volume, resource.KindAttachment: cloud.Volume, resource.KindStack: cloud.Orchestration,
		resource.KindServer: cloud.Compute, resource.KindNetwork: cloud.Network,
	}
	var wrong []string
	asked := make(map[cloud.Service]bool)
	for _, w := range wishes {
		service, ok := needs[w.Kind]
		if !ok || asked[service] {
			continue
		}
		asked[service] = true
		has, err := at.Has(ctx, service)
		if err != nil {
			return nil, err
		}
		if !has {
			wrong = append(wrong, fmt.Sprintf("%s has no %s service, which a %s of the template takes", at.Name(), service, label(w.Kind)))
		}
	}
	return wrong, nil
}

// wishesOf are the plan's things as they are asked for.
func wishesOf(env string, plan *template.Plan) []resource.Wish {
	wishes := make([]resource.Wish, len(plan.Items))
	for i, item := range plan.Items {
		wishes[i] = resource.Wish{
			Kind: item.Kind, Item: item.Key, Name: item.Name, Spec: item.Spec,
			Mark: resource.Mark{Env: env, Job: "plan", Item: item.Key},
		}
	}
	return wishes
}

// compare compares what is needed with what there is left; free is what will be free by then.
func compare(at string, need resource.Amounts, usage resource.Usage, free resource.Amounts) (short, told []string) {
	for _, measure := range resource.Measures() {
		n := need[measure]
		if n == 0 {
			continue
		}
		left := usage.Left(measure)
		if left != resource.Unlimited {
			left += free[measure]
		}
		switch {
		case left == resource.Unlimited:
			told = append(told, measure.Of(n))
		case left < n:
			short = append(short, fmt.Sprintf("The quota of %s does not allow it: it takes %s, and %d %s left.", at, measure.Of(n), left, chat.Are(left)))
		default:
			told = append(told, fmt.Sprintf("%s (%d left after)", measure.Of(n), left-n))
		}
	}
	return short, told
}

// ownUsage is what a project will have that is made with a quota.
func ownUsage(wishes []resource.Wish) resource.Usage {
	usage := resource.Usage{}
	for _, w := range wishes {
		if w.Kind == resource.KindProject {
			var spec resource.ProjectSpec
			if json.Unmarshal(w.Spec, &spec) == nil {
				usage.Limit = spec.Quota
			}
		}
	}
	return usage
}
