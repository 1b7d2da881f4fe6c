package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// runWords begin the command of a run; the playbook's name follows.
const runWords = "ansible run "

// How many runs are listed.
const (
	usualRuns = 10
	maxRuns   = 50
)

// runs answers "ansible runs": those under way and the recent ones.
func (c *capability) runs(ctx context.Context, call command.Call) (command.Answer, error) {
	wanted := command.Values(call.Args)
	name, most := wanted.String("playbook"), int(wanted.Int("lines"))
	if most < 1 || most > maxRuns {
		most = usualRuns
	}
	if _, known := c.set.Playbooks[name]; name != "" && !known {
		return c.noSuchPlaybook(ctx, call)
	}
	b := job.Browse{Limit: most, Wants: func(j *job.Job) bool {
		ran, is := strings.CutPrefix(j.Command, runWords)
		return is && j.Function == "ansible" && (name == "" || name == ran)
	}}
	lines, short, err := c.found(ctx, b)
	if err != nil {
		return command.Answer{}, err
	}
	if len(lines) == 0 && short == "" {
		return command.Answer{Text: "No playbook has been run yet; ansible list shows which there are."}, nil
	}
	if short != "" {
		lines = append(lines, short)
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// found are the lines of runs, those under way first. Where not all jobs were looked through, short says so.
func (c *capability) found(ctx context.Context, b job.Browse) (lines []string, short string, err error) {
	most := b.Limit
	for _, b.Open = range []bool{true, false} {
		if b.Limit = most - len(lines); b.Limit == 0 {
			break
		}
		found, err := c.jobs.Browse(ctx, b)
		if err != nil {
			return nil, "", err
		}
		for _, outline := range found.Jobs {
			j, err := c.jobs.Get(ctx, outline.ID) // its hosts, links and result
			switch {
			case errors.Is(err, job.ErrNotFound):
			case err != nil:
				return nil, "", err
			default:
				lines = append(lines, c.runLine(j))
			}
		}
		if found.Next != "" && len(found.Jobs) < b.Limit {
			short = fmt.Sprintf("%d jobs were looked through, back to %s.", found.Looked, found.Back.Format("2006-01-02 15:04 UTC"))
		}
	}
	return lines, short, nil
}

// runLine is "k3f7 site on prod: succeeded 5m ago, 3 hosts ok; http://…".
func (c *capability) runLine(j *job.Job) string {
	line := fmt.Sprintf("%s %s", j.ID, strings.TrimPrefix(j.Command, runWords))
	if hosts := command.Values(j.Args).String("inventory"); hosts != "" {
		line += " on " + plain(hosts)
	}
	line += ": " + string(j.State)
	switch {
	case !j.State.Final():
		line += ", " + plain(j.Progress.Line)
	default:
		line += " " + chat.Duration(max(0, c.now().Sub(j.Finished)).Truncate(time.Second)) + " ago"
		if hosts := countHosts(j.Result); hosts != "" {
			line += ", " + hosts
		}
	}
	if n := len(j.Links); n > 0 {
		line += "; " + j.Links[n-1].URL
	}
	return line
}

// countHosts is "3 hosts ok, 1 failed" of a result.
func countHosts(text json.RawMessage) string {
	var res result
	if json.Unmarshal(text, &res) != nil || len(res.Hosts) == 0 {
		return ""
	}
	t := tracker{hosts: res.Hosts}
	return t.census()
}
