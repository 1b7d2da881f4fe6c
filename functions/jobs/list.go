package main

import (
	"cmp"
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
	// lookedThrough bounds how many jobs are looked through for those that are asked for.
	lookedThrough = 5000
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
	b := job.Browse{Wants: d.wants(call), Limit: limit + 1, Look: lookedThrough}
	finished := b
	b.Open = true
	if !args.Bool("all") {
		finished.Since = now.Add(-recent)
	}
	open, short, err := d.find(ctx, b, args.Bool("all"))
	if err != nil {
		return command.Answer{}, err
	}
	ended, shorter, err := d.find(ctx, finished, args.Bool("all"))
	if err != nil {
		return command.Answer{}, err
	}
	short = append(short, shorter...)
	all := slices.Concat(open, ended)
	if len(all) == 0 {
		return command.Answer{Text: strings.Join(append([]string{nothing(args)}, short...), "\n")}, nil
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
	lines = append(lines, short...)
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// wants is which jobs are asked for. A name without its door is a person, or a principal: telnet:ann and slack:ann are both ann.
func (d *desk) wants(call command.Call) func(*job.Job) bool {
	args := command.Values(call.Args)
	function, who, known := args.String("function"), args.String("who"), d.config.Known(call.Principal)
	return func(j *job.Job) bool {
		if function != "" && j.Function != function {
			return false
		}
		_, name, _ := strings.Cut(j.Principal, ":")
		switch {
		case args.Bool("mine"):
			return slices.Contains(known, j.Principal)
		case who == "" || strings.Contains(who, ":"):
			return who == "" || j.Principal == who
		}
		return strings.EqualFold(name, who) || strings.EqualFold(d.config.Person(j.Principal), who)
	}
}

// find browses jobs, with all for notices too. Where not all were looked through, short says so.
func (d *desk) find(ctx context.Context, b job.Browse, all bool) (jobs []*job.Job, short []string, err error) {
	found, err := d.jobs.Browse(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	if found.Next != "" && len(found.Jobs) < b.Limit {
		short = []string{fmt.Sprintf("%d jobs were looked through, back to %s.", found.Looked, found.Back.Format("2006-01-02 15:04 UTC"))}
	}
	if !all {
		return found.Jobs, short, nil
	}
	b.Notices = true
	notices, err := d.jobs.Browse(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	jobs = slices.Concat(found.Jobs, notices.Jobs)
	slices.SortStableFunc(jobs, func(a, b *job.Job) int {
		return cmp.Or(b.Finished.Compare(a.Finished), b.Created.Compare(a.Created))
	})
	return jobs[:min(len(jobs), b.Limit)], short, nil
}

func nothing(args command.Values) string {
	if args.Bool("all") {
		return "There are no such jobs."
	}
	if args.String("who") != "" || args.String("function") != "" || args.Bool("mine") {
		return "No such job runs, and none ended in the last day; with `all=true` those before are looked through, too."
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
	if line := chat.Brief(j.Progress.Line, lineCellsInList); len(parts) == 1 && line != "" {
		parts = append(parts, line)
	}
	return strings.Join(parts, ", ")
}
