package main

import (
	"context"
	"fmt"

	"github.com/bndr/gojenkins"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// info answers "jenkins info".
func (c *capability) info(ctx context.Context, call command.Call) ([]string, error) {
	root, err := c.api.Root(ctx)
	if err != nil {
		return nil, err
	}
	who, err := c.api.WhoAmI(ctx)
	if err != nil {
		return nil, err
	}
	lines := []string{
		"Address: " + c.api.Link("/", ""),
		"Version: " + chat.Brief(root.Version, 60),
		"Session: " + chat.Brief(root.Session, 60),
		"Connected as: " + chat.Brief(who, 60),
	}
	if root.QuietingDown {
		lines = append(lines, "It is quieting down: it starts no builds.")
	}
	arguments := command.Values(call.Args)
	for _, part := range []struct {
		wanted string
		lines  func(context.Context) ([]string, error)
	}{{"show_nodes", c.nodes}, {"show_plugins", c.plugins}, {"show_jobs", c.jobCounts}} {
		if !arguments.Bool(part.wanted) {
			continue
		}
		more, err := part.lines(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

func (c *capability) nodes(ctx context.Context) ([]string, error) {
	nodes, err := c.api.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("Nodes (%d):", len(nodes))}
	for _, node := range nodes {
		lines = append(lines, "    "+nodeLine(node))
	}
	return capped(lines, "nodes"), nil
}

func nodeLine(node *gojenkins.NodeResponse) string {
	line := fmt.Sprintf("%s: %s, ", chat.Brief(node.DisplayName, 80), chat.Count(int(node.NumExecutors), "executor"))
	switch {
	case node.Offline && node.OfflineCauseReason != "":
		return line + "offline: " + chat.Brief(node.OfflineCauseReason, 120)
	case node.Offline:
		return line + "offline"
	case node.Idle:
		return line + "idle"
	}
	return line + "busy"
}

func (c *capability) plugins(ctx context.Context) ([]string, error) {
	plugins, err := c.api.Plugins(ctx)
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("Plug-ins (%d):", len(plugins))}
	for _, plugin := range plugins {
		line := fmt.Sprintf("    %s %s", chat.Brief(plugin.ShortName, 80), chat.Brief(plugin.Version, 40))
		if !plugin.Enabled || !plugin.Active {
			line += " (not active)"
		}
		if plugin.HasUpdate {
			line += " (there is a newer one)"
		}
		lines = append(lines, line)
	}
	return capped(lines, "plug-ins"), nil
}

func (c *capability) jobCounts(ctx context.Context) ([]string, error) {
	all, err := c.api.Items(ctx)
	if err != nil {
		return nil, err
	}
	top, err := c.api.Overview(ctx)
	if err != nil {
		return nil, err
	}
	jobs := remote.Buildables(top)
	lines := []string{fmt.Sprintf("Found %s and %s.", chat.Count(len(remote.Buildables(all)), "job"), chat.Count(folders(all), "folder"))}
	for i := range jobs {
		lines = append(lines, "    "+healthLine(&jobs[i]))
	}
	return capped(lines, "jobs"), nil
}

func folders(items []remote.Item) int {
	n := 0
	for i := range items {
		if items[i].Folder() {
			n += 1 + folders(items[i].Jobs)
		}
	}
	return n
}
