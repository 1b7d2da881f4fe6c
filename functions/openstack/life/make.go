package life

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// answer is what the cloud said to one request.
type answer struct {
	item  *environment.Item
	thing resource.Thing
	err   error
}

// makeAll asks for things, side by side. They are in the inventory before the first of them is asked for.
func (h *hand) makeAll(ctx context.Context, list []*template.Item) (turn, error) {
	intended := make([]*environment.Item, len(list))
	for i, plan := range list {
		tries, lost := 1, time.Time{}
		if before := h.env.Items[plan.Key]; before != nil {
			tries, lost = before.Tries+1, before.Lost
		}
		intended[i] = &environment.Item{
			Key: plan.Key, Kind: plan.Kind, Name: plan.Name, State: environment.Intended, Job: h.run.Job().ID, At: h.now, Tries: tries, Lost: lost,
		}
	}
	if err := h.write(ctx, environment.Change{Items: intended}); err != nil {
		return turn{}, err
	}
	if cause := context.Cause(ctx); cause != nil { // asked to stop before anything was asked for
		return turn{}, cause
	}
	made := together(list, func(plan *template.Item) answer { return h.makeOne(ctx, plan) })
	now, err := h.jobs.Now(context.WithoutCancel(ctx))
	if err != nil {
		now = h.now
	}
	h.now = now
	return h.note(ctx, made)
}

func (h *hand) makeOne(ctx context.Context, plan *template.Item) answer {
	item := *h.env.Items[plan.Key]
	kind, ok := h.kind(plan.Kind)
	if !ok {
		return answer{item: &item, err: &cloud.Fault{Kind: cloud.Invalid, Message: "nothing is known of " + plan.Kind}}
	}
	at, err := h.scope(ctx, plan.Kind)
	if err != nil {
		return answer{item: &item, err: err}
	}
	wish, err := h.wish(plan)
	if err != nil {
		return answer{item: &item, err: err}
	}
	thing, err := kind.Make(ctx, at, wish)
	return answer{&item, thing, h.discreet(err)}
}

// wish is what the cloud is asked for, once all that it needs is there.
func (h *hand) wish(plan *template.Item) (resource.Wish, error) {
	spec, err := h.unveil(plan.Spec)
	if err != nil {
		return resource.Wish{}, err
	}
	uses := make(map[string]string, len(plan.Needs))
	for _, key := range plan.Needs {
		uses[key] = h.env.Items[key].ID
	}
	return resource.Wish{Kind: plan.Kind, Item: plan.Key, Name: plan.Name, Spec: spec, Uses: uses, Mark: h.mark(plan.Key)}, nil
}

// finish does the rest of a thing that takes several requests, and of which a worker that died sent but the first. It is looked at again like any other.
func (h *hand) finish(ctx context.Context, item *environment.Item) (*environment.Item, string) {
	fresh, plan := *item, h.env.Plan.Item(item.Key)
	kind, _ := h.kind(item.Kind)
	finisher, can := kind.(resource.Finisher)
	if plan == nil || !can {
		fresh.Why = "it was not finished"
		return &fresh, fmt.Sprintf("%s %s was not finished", label(item.Kind), item.Name)
	}
	at, err := h.scope(ctx, item.Kind)
	if err == nil {
		var wish resource.Wish
		if wish, err = h.wish(plan); err == nil {
			_, err = finisher.Finish(ctx, at, wish, item.ID)
			err = h.discreet(err)
		}
	}
	if err == nil {
		return nil, ""
	}
	fresh.Why = said(cloud.Judge(err).Error())
	h.log.InfoContext(ctx, "a thing was not finished", "job", h.run.Job().ID, "environment", h.env.Name, "item", item.Key, "error", err)
	if f := cloud.Judge(err); f.Passing() && h.now.Sub(item.At) < h.times.Patient {
		return &fresh, ""
	}
	return &fresh, fmt.Sprintf("%s %s could not be finished: %s", label(item.Kind), item.Name, fresh.Why)
}

// note records what the cloud said.
func (h *hand) note(ctx context.Context, made []answer) (turn, error) {
	t := turn{}
	var changed []*environment.Item
	for _, one := range made {
		if one.err != nil {
			h.refused(one, &t)
			changed = append(changed, one.item)
			continue
		}
		h.at.Away, h.at.Moved = time.Time{}, h.now
		item := one.item
		item.ID, item.State, item.At, item.Why, item.Addresses = one.thing.ID, environment.Made, h.now, "", one.thing.Addresses
		plan := h.env.Plan.Item(item.Key)
		if one.thing.State == resource.Ready && (plan == nil || plan.Ready == nil) {
			item.State = environment.Whole
		}
		changed = append(changed, item)
	}
	return t, h.write(ctx, environment.Change{Items: changed})
}

// selfMade reports whether what stands in a thing's way may be itself: it was asked for before, the answer was lost, no trace of it was found then, and a slow cloud has
// made it all the same.
func (h *hand) selfMade(item *environment.Item, f *cloud.Fault) bool {
	return f.Kind == cloud.Conflict && !item.Lost.IsZero() && h.now.Sub(item.Lost) < h.times.Patient
}

// refused notes that a thing was not made, or that nobody knows whether it was.
func (h *hand) refused(one answer, t *turn) {
	item, f := one.item, cloud.Judge(one.err)
	item.At, item.Why = h.now, said(f.Error())
	h.log.Info("a thing was not made", "job", h.run.Job().ID, "environment", h.env.Name, "item", item.Key, "error", one.err)
	if !f.Undone() || h.selfMade(item, f) { // it stays intended, and is looked for
		t.wait = max(t.wait, h.pace(item.Kind))
		return
	}
	item.State = environment.Gone
	if !f.Passing() {
		if t.problem == "" {
			t.problem = fmt.Sprintf("%s %s was not made: %s", label(item.Kind), item.Name, said(f.Error()))
		}
		return
	}
	if h.at.Away.IsZero() {
		h.at.Away = h.now
	}
	if h.now.Sub(h.at.Away) > h.times.Patient && t.problem == "" {
		t.problem = fmt.Sprintf("%s %s was not made in %s: %s", label(item.Kind), item.Name, h.times.Patient, said(f.Error()))
	}
	t.wait, t.line = max(t.wait, f.After, h.pace(item.Kind)), "waiting: "+said(f.Error())
}
