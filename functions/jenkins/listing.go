package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// maxListed is how many lines a list has at most.
const maxListed = 100

func capped(lines []string, what string) []string {
	if len(lines) <= maxListed {
		return lines
	}
	rest := len(lines) - maxListed
	return append(lines[:maxListed], fmt.Sprintf("… and %d more %s; a pattern such as demo/** shows fewer.", rest, what))
}

// listJobs answers "jenkins jobs": what the one who asks may build.
func (c *capability) listJobs(ctx context.Context, call command.Call) ([]string, error) {
	pattern, err := parseGlob(orAll(command.Values(call.Args).String("glob")))
	if err != nil {
		return nil, refused(err.Error())
	}
	items, err := c.api.Items(ctx)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, item := range remote.Buildables(items) {
		if pattern.match(item.FullName) && c.set.mayTouch(item.FullName, call.Roles) == nil {
			lines = append(lines, fmt.Sprintf("%s (%s)%s", item.FullName, colour(item.Color), c.shortcutNote(item.FullName)))
		}
	}
	if len(lines) == 0 {
		return []string{fmt.Sprintf("There is no job like %s that you may build: %s.", pattern.text, c.set.coverage())}, nil
	}
	return capped(lines, "jobs"), nil
}

func orAll(pattern string) string {
	if pattern == "" {
		return "**"
	}
	return pattern
}

func (c *capability) shortcutNote(name string) string {
	if cut, ok := c.set.Jobs[name]; ok {
		return "; also: " + cut.words
	}
	return ""
}

// listQueue answers "jenkins queue".
func (c *capability) listQueue(ctx context.Context, _ command.Call) ([]string, error) {
	items, now, err := c.api.Queue(ctx)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return []string{"Jenkins' queue is empty."}, nil
	}
	var lines []string
	for i := len(items) - 1; i >= 0; i-- { // what comes next stands last
		item := &items[i]
		name := item.Job()
		if name == "" {
			name = chat.Brief(item.Task.Name, 80)
		}
		lines = append(lines, fmt.Sprintf("%d. %s, item %d, for %s: %s",
			len(items)-i, name, item.ID, chat.Duration(item.Waited(now)), chat.Brief(item.Why, 160)))
	}
	return capped(lines, "items"), nil
}

// checkBranches answers "jenkins check": how the main branch of each top-level folder does.
func (c *capability) checkBranches(ctx context.Context, _ command.Call) ([]string, error) {
	items, err := c.api.Overview(ctx)
	if err != nil {
		return nil, err
	}
	var lines []string
	for i := range items {
		if branch := mainBranch(&items[i]); branch != nil {
			lines = append(lines, fmt.Sprintf("%s: %s%s", branch.FullName, colour(branch.Color), c.lastBuild(branch)))
		}
	}
	if len(lines) == 0 {
		return []string{"No jobs to check found: a top-level folder with a job named master or main is needed."}, nil
	}
	return append(capped(lines, "jobs"), chat.Count(len(lines), "job")+" scanned. Have a nice day!"), nil
}

func mainBranch(folder *remote.Item) *remote.Item {
	if !folder.Folder() {
		return nil
	}
	for _, name := range []string{"master", "main"} {
		for i := range folder.Jobs {
			if folder.Jobs[i].Name == name && !folder.Jobs[i].Folder() {
				return &folder.Jobs[i]
			}
		}
	}
	return nil
}

func (c *capability) lastBuild(item *remote.Item) string {
	if item.LastBuild == nil || item.LastBuild.Number == 0 {
		return ""
	}
	return fmt.Sprintf(" (#%d, %s)", item.LastBuild.Number, ago(c.now(), item.LastBuild.Timestamp))
}

// colour puts one of Jenkins' colours into words.
func colour(name string) string {
	base, running := strings.CutSuffix(name, "_anime")
	text, known := map[string]string{
		"blue": "passing", "green": "passing", "yellow": "unstable", "red": "failing", "aborted": "aborted",
		"disabled": "disabled", "notbuilt": "never built", "grey": "never built", "nobuilt": "never built",
	}[base]
	if !known {
		text = chat.Brief(base, 20)
	}
	if running {
		text += ", building now"
	}
	return text
}
