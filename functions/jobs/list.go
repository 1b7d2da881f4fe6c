package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// listed bounds a list, in jobs.
	listed = 200
	// recent is how long a finished job is listed without all=true.
	recent = 24 * time.Hour
	// textCells is how much of a command's text a list shows, lineCellsInList how much of what happens now.
	textCells       = 60
	lineCellsInList = 30
)

// list shows unfinished jobs, then finished ones, the newest first.
func (d *desk) list(ctx context.Context, call command.Call) (command.Answer, error) {
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	args := command.Values(call.Args)
	limit := int(min(max(args.Int("limit"), 1), listed))
	wanted := d.selection(call)
	open, err := d.find(ctx, wanted, true, limit+1)
	if err != nil {
		return command.Answer{}, err
	}
	finished, err := d.find(ctx, wanted, false, limit+1)
	if err != nil {
		return command.Answer{}, err
	}
	if !args.Bool("all") {
		finished = slices.DeleteFunc(finished, func(j *job.Job) bool { return now.Sub(j.Finished) > recent })
	}
	all := slices.Concat(open, finished)
	if len(all) == 0 {
		return command.Answer{Text: nothing(args)}, nil
	}
	shown := all[:min(len(all), limit)]
	lines := []string{table(shown, now)}
	for _, j := range shown {
		if j.State == job.Confirming {
			lines = append(lines, j.ID+" "+jobtext.Needs(j, now))
		}
	}
	if len(all) > len(shown) {
		lines = append(lines, fmt.Sprintf("There are more; say `jobs limit=%d`.", min(listed, 2*limit)))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// wish is which jobs to list.
type wish struct {
	job.Query
	name string // a person, or a principal without its door: telnet:ann and slack:ann are both ann
}

func (d *desk) selection(call command.Call) wish {
	args := command.Values(call.Args)
	w := wish{Query: job.Query{Function: args.String("function")}}
	switch who := args.String("who"); {
	case args.Bool("mine"):
		w.Principals = d.config.Known(call.Principal)
	case strings.Contains(who, ":"):
		w.Principal = who
	default:
		w.name = who
	}
	return w
}

func (d *desk) find(ctx context.Context, w wish, open bool, limit int) ([]*job.Job, error) {
	q := w.Query
	q.Open, q.Limit = open, limit
	if w.name != "" {
		q.Limit = 10 * listed // a name is compared here, not in the store
	}
	found, err := d.jobs.List(ctx, q)
	if err != nil {
		return nil, err
	}
	if w.name != "" {
		found = slices.DeleteFunc(found, func(j *job.Job) bool {
			_, name, _ := strings.Cut(j.Principal, ":")
			return !strings.EqualFold(name, w.name) && !strings.EqualFold(d.config.Person(j.Principal), w.name)
		})
	}
	return found[:min(len(found), limit)], nil
}

func nothing(args command.Values) string {
	if args.Bool("all") {
		return "There are no such jobs."
	}
	return "Nothing runs, and nothing ended in the last day; say `jobs all=true` for what ended before."
}

// table shows jobs, a line each: id, state, how far it is or how long ago it ended, who asked, and last the command, which
// may be long.
func table(jobs []*job.Job, now time.Time) string {
	rows := make([][]string, len(jobs))
	for i, j := range jobs {
		rows[i] = []string{
			j.ID, stateWord(j.State), far(j, now), chat.OneLine(j.Principal), chat.Clip(jobtext.Command(j), textCells),
		}
	}
	return chat.Table(rows)
}

// stateWord is a state in a list. That a job sleeps between two looks at a build is nothing to people: it runs.
func stateWord(s job.State) string {
	if s == job.Waiting {
		return string(job.Running)
	}
	return string(s)
}

// far is the third column of a list.
func far(j *job.Job, now time.Time) string {
	switch {
	case j.State.Final():
		return jobtext.Lasted("in", j, now) + ", " + chat.Age(now.Sub(j.Finished))
	case j.State == job.Confirming && j.Signoff != nil && role(j.Signoff) == job.SignoffRequester:
		return "to be confirmed"
	case j.State == job.Confirming && j.Signoff != nil:
		return fmt.Sprintf("%d of %d approvals", len(j.Signoff.Approved), j.Signoff.Need)
	case j.Behind != "":
		return "behind " + j.Behind
	}
	parts := make([]string, 0, 2)
	if j.Progress.Percent > 0 {
		parts = append(parts, fmt.Sprintf("%d %%", j.Progress.Percent))
	}
	if left := jobtext.Left(j, now); left != "" {
		parts = append(parts, left)
	} else {
		parts = append(parts, "for "+chat.Duration(jobtext.Took(j, now)))
	}
	if line := chat.Clip(chat.OneLine(j.Progress.Line), lineCellsInList); len(parts) == 1 && line != "" {
		parts = append(parts, line)
	}
	return strings.Join(parts, ", ")
}
