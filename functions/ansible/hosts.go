package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// hostLister steps "ansible inventory": it asks Ansible for the hosts of an inventory, and shows them as a graph of groups.
type hostLister struct{ *capability }

var _ job.Stepper = (*hostLister)(nil)

const (
	maxInventory = 32 << 20 // bytes of what ansible-inventory prints
	graphInStory = 40       // lines; all of it is in the log
	maxGraph     = 5000
)

// group is a group of an inventory, as ansible-inventory prints it.
type group struct {
	Hosts    []string `json:"hosts,omitempty"`
	Children []string `json:"children,omitempty"`
}

// listing is the job's result.
type listing struct {
	Inventory string           `json:"inventory"`
	Hosts     []string         `json:"hosts"` // the first thousand
	Count     int              `json:"count"`
	Groups    map[string]group `json:"groups"`
}

// Step implements job.Stepper.
func (h *hostLister) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	name := command.Values(run.Job().Args).String("name")
	from, known := h.set.Inventories[name]
	if !known {
		names := sorted(h.set.Inventories)
		return job.Fail(fmt.Sprintf("there is no inventory %s%s; there is %s", plain(name), perhaps(name, names), strings.Join(names, ", ")), nil), nil
	}
	groups, err := h.ask(ctx, run, name, &from)
	if left := h.set.clearFolders(run.Job().ID); left != nil {
		h.log.WarnContext(ctx, "remove the folder of a run", "job", run.Job().ID, "error", left)
	}
	if failed, ok := errors.AsType[*toolError](err); ok {
		return job.Fail(failed.Error(), nil), nil
	}
	if err != nil {
		return verdict(err)
	}
	return h.report(ctx, run, name, groups)
}

// ask lays the inventory out and lets ansible-inventory read it.
func (h *hostLister) ask(ctx context.Context, run *job.Run, name string, from *inventory) (map[string]group, error) {
	made, err := h.set.makeFolder(run.Job().ID, 0)
	if err != nil {
		return nil, err
	}
	p := &playbook{}
	if from.inPlaybook() {
		if p = h.besides(name); p == nil {
			return nil, refused("its hosts are kept in the repository of a playbook, and no playbook uses it")
		}
	}
	l := &layout{folder: made, id: run.Job().ID, dir: made.dir, wish: &wish{playbook: p, inventory: name, from: from}}
	parts := []func(context.Context, *job.Run, *layout) error{h.layInventory, h.layKeys}
	if p.Repo != "" {
		parts = slices.Insert(parts, 0, h.layPlaybook)
	}
	for _, part := range parts {
		if err := part(ctx, run, l); err != nil {
			return nil, err
		}
	}
	args := []string{"--list", "--inventory=" + l.hosts}
	for _, path := range l.vaults {
		args = append(args, "--vault-password-file="+path)
	}
	var printed bytes.Buffer
	output := &limited{to: &printed, room: maxInventory}
	err = h.aside(ctx, attend.Spec{Path: h.sibling("ansible-inventory"), Args: args, Env: h.environment(l), Dir: l.dir, Output: output}, l.hidden)
	if err != nil {
		return nil, err
	}
	if output.more {
		return nil, refused(fmt.Sprintf("the inventory is larger than %d MB", maxInventory>>20))
	}
	return parseInventory(printed.Bytes())
}

// besides is a playbook in whose repository the inventory is.
func (h *hostLister) besides(name string) *playbook {
	for _, other := range sorted(h.set.Playbooks) {
		if p := h.set.Playbooks[other]; p.Repo != "" && slices.Contains(p.Inventories, name) {
			return &p
		}
	}
	return nil
}

func parseInventory(text []byte) (map[string]group, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, refused("what ansible-inventory printed is not JSON")
	}
	groups := map[string]group{}
	for name, part := range raw {
		var g group
		if name != "_meta" && json.Unmarshal(part, &g) == nil {
			groups[name] = g
		}
	}
	return groups, nil
}

func (h *hostLister) report(ctx context.Context, run *job.Run, name string, groups map[string]group) (job.Outcome, error) {
	all := map[string]bool{}
	for _, g := range groups {
		for _, host := range g.Hosts {
			all[host] = true
		}
	}
	lines := graph(groups, "all", "", map[string]bool{}, nil)
	say := []string{fmt.Sprintf("%s has %s:", name, chat.Count(len(all), "host"))}
	say = append(say, lines[:min(len(lines), graphInStory)]...)
	if more := len(lines) - graphInStory; more > 0 {
		say = append(say, fmt.Sprintf("… and %d more lines; `log %s` has them.", more, run.Job().ID))
	}
	for i := 0; i < len(lines); i += batch {
		if err := run.Save(ctx, job.Change{Log: lines[i:min(len(lines), i+batch)]}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
	}
	progress := job.Progress{Percent: 100, Line: chat.Count(len(all), "host")}
	if err := run.Save(ctx, job.Change{Say: say, Progress: &progress}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	hosts := sorted(all)
	result := listing{Inventory: name, Hosts: hosts[:min(len(hosts), maxResultHosts)], Count: len(hosts), Groups: groups}
	if len(hosts) > maxResultHosts {
		result.Groups = nil
	}
	return job.Done(result), nil
}

// graph draws a group with what is in it. A group that contains itself is drawn once on each way to it.
func graph(groups map[string]group, name, indent string, above map[string]bool, lines []string) []string {
	lines = append(lines, indent+"@"+plain(name)+":")
	if above[name] || len(lines) >= maxGraph {
		return lines
	}
	above[name] = true
	defer delete(above, name)
	g := groups[name]
	for _, child := range g.Children {
		lines = graph(groups, child, indent+"  ", above, lines)
	}
	for _, host := range g.Hosts {
		if len(lines) < maxGraph {
			lines = append(lines, indent+"  "+plain(host))
		}
	}
	return lines
}
