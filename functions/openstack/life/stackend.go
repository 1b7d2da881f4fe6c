package life

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
)

const (
	// mostOutputs bounds what is kept of a stack's outputs.
	mostOutputs = 50
	// outputCells bounds one of them, in cells.
	outputCells = 400
	// hiddenOutput stands for an output that is called like a secret.
	hiddenOutput = "(not shown: it is called like a secret)"
)

// furnish notes of each stack what a person needs of it: its outputs, and the servers in it with their addresses. Only a cloud that cannot be asked just now is an
// error; what a cloud does not tell is not there.
func (h *hand) furnish(ctx context.Context) ([]*environment.Item, error) {
	var changed []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.Kind != resource.KindStack || item.ID == "" || item.State == environment.Gone {
			continue
		}
		fresh := *item
		err := h.furnished(ctx, &fresh)
		if f, passing := away(err); f != nil && !passing {
			h.log.InfoContext(ctx, "a stack does not tell what is in it", "job", h.run.Job().ID, "environment", h.env.Name, "item", item.Key, "error", err)
			err = nil
		}
		if err != nil {
			return nil, err
		}
		changed = append(changed, &fresh)
	}
	return changed, nil
}

func (h *hand) furnished(ctx context.Context, item *environment.Item) error {
	at, err := h.scope(ctx, item.Kind)
	if err != nil {
		return err
	}
	outputs, err := h.machinery.Outputs(ctx, at, resource.Thing{Kind: item.Kind, ID: item.ID, Name: item.Name})
	if err != nil {
		return err
	}
	for name, value := range outputs {
		outputs[name] = h.mask(value)
	}
	item.Outputs = shownOutputs(outputs)
	within, err := h.within(ctx, item)
	if err != nil || len(within) == 0 {
		return err
	}
	items := make([]*environment.Item, len(within))
	for i, thing := range within {
		items[i] = &environment.Item{Kind: thing.Kind, ID: thing.ID, Name: thing.Name}
	}
	things, err := h.look(ctx, items)
	if err != nil {
		return err
	}
	item.Within = nil
	for _, one := range items {
		thing := things[one.Kind+" "+one.ID]
		item.Within = append(item.Within, environment.Inner{Name: one.Name, ID: one.ID, Addresses: thing.Addresses})
	}
	return nil
}

// shownOutputs are a stack's outputs as all who follow the job may see them.
func shownOutputs(outputs map[string]string) map[string]string {
	shown := make(map[string]string, len(outputs))
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if len(shown) == mostOutputs {
			break
		}
		shown[name] = chat.Brief(outputs[name], outputCells)
		if config.SecretName(name) {
			shown[name] = hiddenOutput
		}
	}
	return shown
}

// outputLines are the outputs of an environment's stacks, a line each.
func outputLines(env *environment.Environment) []string {
	var lines []string
	for _, item := range env.Inventory() {
		for _, name := range slices.Sorted(maps.Keys(item.Outputs)) {
			lines = append(lines, fmt.Sprintf("%s = %s", chat.OneLine(name), strings.TrimSpace(item.Outputs[name])))
		}
	}
	return lines
}
