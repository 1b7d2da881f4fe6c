package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// jobHealth answers "jenkins job-health": one job, or all at the top and the main branch of every folder there.
func (c *capability) jobHealth(ctx context.Context, call command.Call) ([]string, error) {
	if asked := command.Values(call.Args).String("job"); asked != "" {
		return c.oneHealth(ctx, asked)
	}
	items, err := c.api.Overview(ctx)
	if err != nil {
		return nil, err
	}
	var chosen []*remote.Item
	for i := range items {
		item := &items[i]
		if item.Folder() {
			item = mainBranch(item)
		}
		if item != nil && !idle(item.Color) {
			chosen = append(chosen, item)
		}
	}
	if len(chosen) == 0 {
		return []string{"There is no job at the top of Jenkins, nor one named master or main in a folder there. Name one: jenkins job-health demo/slow"}, nil
	}
	lines := make([]string, 0, len(chosen)+1)
	for _, item := range chosen {
		lines = append(lines, healthLine(item))
	}
	return append(capped(lines, "jobs"), "All in all: "+overall(chosen)+"."), nil
}

func (c *capability) oneHealth(ctx context.Context, asked string) ([]string, error) {
	name, err := remote.Clean(asked)
	if err != nil {
		return nil, refused(err.Error())
	}
	item, err := c.api.Health(ctx, name)
	switch {
	case remote.Is(err, remote.NotFound):
		return nil, c.noSuchJob(ctx, name)
	case err != nil:
		return nil, err
	case item.Folder():
		return nil, refused(name + " is a folder, not a job")
	}
	lines := []string{healthLine(item) + c.lastBuild(item)}
	for _, health := range item.Health {
		lines = append(lines, fmt.Sprintf("    %d %%: %s", health.Score, chat.Brief(health.Description, 200)))
	}
	return lines, nil
}

func healthLine(item *remote.Item) string {
	line := item.FullName + ": " + colour(item.Color)
	if len(item.Health) == 0 {
		return line
	}
	worst := item.Health[0].Score
	for _, health := range item.Health {
		worst = min(worst, health.Score)
	}
	return fmt.Sprintf("%s, health %d %%", line, worst)
}

// idle jobs say nothing about health.
func idle(color string) bool {
	return strings.HasPrefix(color, "disabled") || strings.HasPrefix(color, "notbuilt") || strings.HasPrefix(color, "nobuilt")
}

// overall is the worst there is: failing before unstable before passing.
func overall(items []*remote.Item) string {
	verdict := "passing"
	for _, item := range items {
		switch strings.TrimSuffix(item.Color, "_anime") {
		case "red":
			return "failing"
		case "yellow":
			verdict = "unstable"
		}
	}
	return verdict
}
