package life

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// spotted is what a search brought of one kind.
type spotted struct {
	kind   string
	things []resource.Thing
	err    error
}

// search looks through the cloud for what bears the environment's mark, one search a kind.
func (h *hand) search(ctx context.Context, kinds []string) ([]resource.Thing, error) {
	found := together(kinds, func(kind string) spotted {
		k, ok := h.kind(kind)
		if !ok {
			return spotted{kind: kind}
		}
		at, err := h.scope(ctx, kind)
		if errors.Is(err, errNoProject) {
			return spotted{kind: kind}
		}
		if err != nil {
			return spotted{kind: kind, err: err}
		}
		things, err := k.Find(ctx, at, resource.Mark{Bot: h.env.Bot, Env: h.env.Name})
		if at != h.cloud && kind != resource.KindProject && cloud.Is(err, cloud.Denied) {
			// We are no member of the environment's own project: the making of it broke off before, and so nothing is in it. Where there is something all the
			// same, the project does not go.
			return spotted{kind: kind}
		}
		return spotted{kind, things, err}
	})
	var all []resource.Thing
	for _, one := range found {
		if one.err != nil {
			return nil, one.err
		}
		all = append(all, one.things...)
	}
	return all, nil
}

// adopt puts what was found into the inventory: what was intended has its id then, and what there is twice gets a place of
// its own, the younger one behind. What was seen to be gone and is there again was not gone. It gives the items that changed.
func (h *hand) adopt(things []resource.Thing) []*environment.Item {
	known := make(map[string]*environment.Item)
	for _, item := range h.env.Items {
		if item.ID != "" {
			known[item.Kind+" "+item.ID] = item
		}
	}
	var changed []*environment.Item
	for _, thing := range things {
		key := thing.Kind + " " + thing.ID
		item := known[key]
		switch {
		case item == nil:
			item = h.settle(thing)
		case item.State == environment.Gone && thing.State != resource.Going:
			item = h.revive(item)
		default:
			continue
		}
		known[key] = item
		changed = append(changed, item)
	}
	return changed
}

// revive takes back that a thing is gone: a cloud may answer from a copy that is behind the times, or say what is not true.
func (h *hand) revive(item *environment.Item) *environment.Item {
	fresh := *item
	fresh.State, fresh.At, fresh.Back, fresh.Why = environment.Made, h.now, true, "it was seen to be gone, and is there again"
	h.env.Items[fresh.Key] = &fresh
	return &fresh
}

// settle gives a thing its place. The oldest of an item comes first.
func (h *hand) settle(thing resource.Thing) *environment.Item {
	item := h.env.Items[thing.Mark.Item]
	if item != nil && item.ID == "" && item.Kind == thing.Kind {
		fresh := *item
		fresh.ID, fresh.State, fresh.At, fresh.Why, fresh.Addresses = thing.ID, environment.Made, h.now, "", thing.Addresses
		h.env.Items[fresh.Key] = &fresh
		return &fresh
	}
	extra := &environment.Item{
		Key: thing.Mark.Item + twin + thing.ID, Kind: thing.Kind, Name: thing.Name, ID: thing.ID, State: environment.Made,
		Job: thing.Mark.Job, At: h.now, Why: "it was made twice",
	}
	h.env.Items[extra.Key] = extra
	return extra
}

// twin stands between an item's key and the id of a thing that was made besides it.
const twin = "~"

// isTwin reports whether an item stands in no plan: it was made twice.
func isTwin(key string) bool { return strings.Contains(key, twin) }

// kinds are the kinds of things that the plan or the inventory has, in the order in which they are made.
func (h *hand) kinds() []string {
	kinds := h.env.Plan.Kinds()
	for _, item := range h.env.Items {
		if !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	order := resource.Kinds()
	slices.SortFunc(kinds, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return kinds
}

// look tells how things are, one question a kind.
func (h *hand) look(ctx context.Context, items []*environment.Item) (map[string]resource.Thing, error) {
	byKind := make(map[string][]string)
	for _, item := range items {
		byKind[item.Kind] = append(byKind[item.Kind], item.ID)
	}
	kinds := make([]string, 0, len(byKind))
	for kind := range byKind {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	type seen struct {
		things map[string]resource.Thing
		err    error
	}
	all := make(map[string]resource.Thing, len(items))
	answers := together(kinds, func(kind string) seen {
		k, ok := h.kind(kind)
		if !ok {
			return seen{}
		}
		at, err := h.scope(ctx, kind)
		if err != nil {
			return seen{err: err}
		}
		things, err := k.Look(ctx, at, byKind[kind])
		return seen{h.quiet(things), err}
	})
	for i, one := range answers {
		if one.err != nil {
			return nil, one.err
		}
		for id, thing := range one.things {
			all[kinds[i]+" "+id] = thing
		}
	}
	return all, nil
}
