package life

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// rebuiltBy is the metadata by which a server tells which job made it anew last.
const rebuiltBy = "handsoff:rebuild"

// rebuildable says why a server of an environment cannot be made anew; empty when it can.
func rebuildable(env *environment.Environment, name string) string {
	if env.State != environment.Ready && env.State != environment.Stopped && env.State != environment.Kept {
		return fmt.Sprintf("%s is %s.", env.Name, env.State)
	}
	if serverNamed(env, name) == nil {
		names := make([]string, 0)
		for _, item := range env.Inventory() {
			if item.Kind == resource.KindServer && item.ID != "" && item.State != environment.Gone {
				names = append(names, item.Name)
			}
		}
		if len(names) == 0 {
			return fmt.Sprintf("%s has no server %.60q, and none that could be made anew by itself.", env.Name, name)
		}
		return fmt.Sprintf("%s has no server %.60q; it has %s.", env.Name, name, strings.Join(names, ", "))
	}
	return ""
}

// serverNamed finds a server of an environment by its name, with or without the environment's in front, or its id.
func serverNamed(env *environment.Environment, name string) *environment.Item {
	for _, item := range env.Inventory() {
		if item.Kind == resource.KindServer && item.ID != "" && item.State != environment.Gone &&
			(item.Name == name || item.ID == name || item.Name == env.Name+"-"+name) {
			return item
		}
	}
	return nil
}

// reimage makes one server anew from its image. It keeps its id, ports and addresses; what was on its disk is gone.
func (h *hand) reimage(ctx context.Context, name string) (job.Outcome, error) {
	item := serverNamed(h.env, name)
	if item == nil {
		return job.Fail(rebuildable(h.env, name), nil), nil
	}
	at, err := h.scope(ctx, item.Kind)
	if err != nil {
		return job.Outcome{}, err
	}
	id := h.run.Job().ID
	look := func(ctx context.Context) (string, job.Sighting, error) {
		metadata, err := h.machinery.Metadata(ctx, at, item.ID)
		if err != nil {
			return "", job.Hidden, err
		}
		if metadata[rebuiltBy] == id {
			return id, job.Present, nil
		}
		return "", job.Absent, nil
	}
	if _, err := job.Once(ctx, h.run, "rebuild "+item.Name, look, func(ctx context.Context) (string, error) { return id, h.tellRebuild(ctx, at, item) }); err != nil {
		if f := cloud.Judge(err); f != nil && f.Undone() && !f.Passing() {
			return job.Fail(sentence(said(f.Error())), nil), nil
		}
		return job.Outcome{}, err
	}
	things, err := h.look(ctx, []*environment.Item{item})
	if err != nil {
		return job.Outcome{}, err
	}
	switch thing := things[item.Kind+" "+item.ID]; thing.State {
	case resource.Ready, resource.Stopped:
		return job.Done(h.result()), h.run.Save(ctx, job.Change{
			Progress: &job.Progress{Percent: 100}, Say: []string{fmt.Sprintf("✓ %s was made anew from its image; it keeps %s.", item.Name, strings.Join(item.Addresses, ", "))},
		})
	case resource.Failed, resource.Absent, resource.Going:
		return job.Fail(fmt.Sprintf("%s is %s%s.", item.Name, thing.State, because(said(thing.Why))), nil), nil
	case resource.Building:
	}
	return job.Wait(h.pace(item.Kind)), h.save(ctx, item.Name+" is made anew")
}

// tellRebuild asks Nova. The metadata that a rebuild is given takes the place of what there was, our mark included, so all of it
// is given again.
func (h *hand) tellRebuild(ctx context.Context, at *cloud.Cloud, item *environment.Item) error {
	plan := h.env.Plan.Item(item.Key)
	if plan == nil {
		return job.NotDone(fmt.Errorf("nothing is known of the image of %s", item.Name))
	}
	var spec resource.ServerSpec
	if err := json.Unmarshal(plan.Spec, &spec); err != nil {
		return job.NotDone(fmt.Errorf("the spec of %s: %w", item.Name, err))
	}
	metadata, err := h.machinery.Metadata(ctx, at, item.ID)
	if err != nil {
		return notDone(err)
	}
	if metadata = maps.Clone(metadata); metadata == nil {
		metadata = map[string]string{}
	}
	metadata[rebuiltBy] = h.run.Job().ID
	return notDone(h.machinery.Rebuild(ctx, at, item.ID, spec.Image.ID, item.Name, metadata))
}

// notDone marks a fault after which surely nothing happened.
func notDone(err error) error {
	if err == nil {
		return nil
	}
	if f := cloud.Judge(err); f.Undone() {
		return job.NotDone(f)
	}
	return err
}
