package life

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// serversOf are the servers of an environment that are there, those of its stack, which is asked for them, among them.
func (h *hand) serversOf(ctx context.Context) ([]*environment.Item, error) {
	var list []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.ID == "" || item.State == environment.Gone {
			continue
		}
		switch item.Kind {
		case resource.KindServer:
			list = append(list, item)
		case resource.KindStack:
			within, err := h.within(ctx, item)
			if err != nil {
				return nil, err
			}
			for _, thing := range within {
				list = append(list, &environment.Item{Key: item.Key + "/" + thing.ID, Kind: resource.KindServer, Name: thing.Name, ID: thing.ID, State: item.State})
			}
		}
	}
	return list, nil
}

// within are the servers that a stack is made of.
func (h *hand) within(ctx context.Context, item *environment.Item) ([]resource.Thing, error) {
	at, err := h.scope(ctx, item.Kind)
	if err != nil {
		return nil, err
	}
	return h.machinery.Within(ctx, at, resource.Thing{Kind: item.Kind, ID: item.ID, Name: item.Name})
}

// power tells the servers that are not in the state wanted to get there; all is how many there are, waiting names those that are not there yet, and missing
// those that cannot be asked.
func (h *hand) power(ctx context.Context, want resource.State) (all int, waiting []*environment.Item, missing []string, err error) {
	list, err := h.serversOf(ctx)
	if err != nil || len(list) == 0 {
		return 0, nil, nil, err
	}
	things, err := h.look(ctx, list)
	if err != nil {
		return 0, nil, nil, err
	}
	var other []*environment.Item
	for _, item := range list {
		switch thing := things[item.Kind+" "+item.ID]; thing.State {
		case want:
		case resource.Absent, resource.Going, resource.Failed:
			missing = append(missing, fmt.Sprintf("%s is %s%s", item.Name, thing.State, because(said(thing.Why))))
		default:
			other = append(other, item)
		}
	}
	told := together(other, func(item *environment.Item) error { return h.press(ctx, item, want) })
	for i, err := range told {
		if err != nil && !cloud.Is(err, cloud.Conflict) { // a conflict: it is on its way already
			if f := cloud.Judge(err); !f.Passing() {
				missing = append(missing, fmt.Sprintf("%s: %s", other[i].Name, said(f.Error())))
				continue
			}
		}
		waiting = append(waiting, other[i])
	}
	return len(list), waiting, missing, nil
}

// press tells one server to stop or to start.
func (h *hand) press(ctx context.Context, item *environment.Item, want resource.State) error {
	at, err := h.scope(ctx, item.Kind)
	if err != nil {
		return err
	}
	return h.machinery.Press(ctx, at, item.ID, want)
}
