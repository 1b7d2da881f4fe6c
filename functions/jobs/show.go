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

// toldLines is how many of a job's last story lines are shown.
const toldLines = 5

// show tells all there is to know about a job.
func (d *desk) show(ctx context.Context, _ command.Call, j *job.Job) (command.Answer, error) {
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	children, err := d.children(ctx, j.ID)
	if err != nil {
		return command.Answer{}, err
	}
	told, err := d.told(ctx, j.ID)
	if err != nil {
		return command.Answer{}, err
	}
	var s chat.Sheet
	addRequest(&s, j, now)
	s.Add("arguments", strings.Join(d.arguments(ctx, j), "\n"))
	addProgress(&s, j, now)
	addTies(&s, j)
	s.Add("steps", strings.Join(jobtext.Parts(j, now), "\n"))
	s.Add("children", strings.Join(children, "\n"))
	addSignoff(&s, j, now)
	addTimes(&s, j, now)
	addCancel(&s, j, now)
	addEnd(&s, j, now)
	s.Add("told so far", strings.Join(told, "\n"))
	head := j.ID + ": " + jobtext.Command(j) + "\n" + j.ID + " " + jobtext.Standing(j, now)
	return command.Answer{Text: head + "\n" + s.String(), Job: j.ID, State: j.State}, nil
}

func addRequest(s *chat.Sheet, j *job.Job, now time.Time) {
	from := chat.OneLine(j.Principal)
	if j.Origin.Door != "" {
		from += " from " + chat.OneLine(j.Origin.Door)
	}
	s.Add("asked by", from+", "+chat.Age(now.Sub(j.Created)))
	s.Add("works on it", "the function "+j.Function)
}

func addProgress(s *chat.Sheet, j *job.Job, now time.Time) {
	s.Add("state", string(j.State))
	if !j.State.Final() {
		s.Add("progress", strings.ReplaceAll(jobtext.Progress(j, now), "; ", "\n"))
	}
	s.Add("links", strings.Join(jobtext.Links(j), "\n"))
}

// addTies shows what a job has to do with other jobs.
func addTies(s *chat.Sheet, j *job.Job) {
	switch {
	case j.Lock == "":
	case j.Behind != "":
		s.Add("lock", chat.OneLine(j.Lock)+", in line behind "+j.Behind)
	case j.State.Final():
		s.Add("lock", chat.OneLine(j.Lock)+", given back")
	case j.State == job.Confirming:
		s.Add("lock", chat.OneLine(j.Lock)+", not in line yet")
	default:
		s.Add("lock", chat.OneLine(j.Lock)+", held by this job")
	}
	s.Add("part of", j.Parent)
	s.Add("retry of", j.RetryOf)
}

func addSignoff(s *chat.Sheet, j *job.Job, now time.Time) {
	if j.Signoff == nil {
		return
	}
	text := fmt.Sprintf("%d of %d approvals, by the role %s", len(j.Signoff.Approved), j.Signoff.Need, role(j.Signoff))
	if role(j.Signoff) == job.SignoffRequester {
		text = "confirmation by who asked for it"
	}
	if j.State == job.Confirming && !j.Signoff.Until.IsZero() {
		text += ", until " + chat.Clock(j.Signoff.Until, now)
	}
	s.Add("sign-off", text)
	for _, word := range j.Signoff.Approved {
		name := "approved"
		if word.Forced {
			name = "forced"
		}
		s.Add(name, "by "+chat.OneLine(word.Principal)+" at "+chat.Clock(word.At, now))
	}
}

func addTimes(s *chat.Sheet, j *job.Job, now time.Time) {
	for _, t := range []struct {
		name string
		at   time.Time
	}{
		{"created", j.Created}, {"started", j.Started}, {"changed", j.Changed}, {"finished", j.Finished},
	} {
		if !t.at.IsZero() {
			s.Add(t.name, chat.Clock(t.at, now))
		}
	}
	if !j.Deadline.IsZero() && !j.State.Final() {
		s.Add("time limit", chat.Duration(j.Limit)+", until "+chat.Clock(j.Deadline, now))
	}
	if j.State == job.Waiting && !j.Wake.IsZero() {
		s.Add("looks again", chat.Clock(j.Wake, now))
	}
	if j.Attempt > 0 {
		s.Add("workers lost", fmt.Sprintf("%d; another one took over each time", j.Attempt))
	}
	if j.Retried > 0 {
		s.Add("faults", fmt.Sprintf("%d in a row are being waited out", j.Retried))
	}
}

func addCancel(s *chat.Sheet, j *job.Job, now time.Time) {
	if j.Cancel == nil || j.Receipt != nil {
		return
	}
	text := "asked by " + jobtext.Who(j.Cancel.By) + " at " + chat.Clock(j.Cancel.At, now)
	if j.Cancel.Reason != "" {
		text += ": " + chat.OneLine(j.Cancel.Reason)
	}
	if !j.Cancel.Signal.IsZero() {
		text += "\nsignalled at " + chat.Clock(j.Cancel.Signal, now)
	}
	s.Add("cancel", text)
}

func addEnd(s *chat.Sheet, j *job.Job, now time.Time) {
	s.Add("receipt", strings.Join(jobtext.Receipt(j, now), "\n"))
	s.Add("reason", jobtext.Reason(j))
	if len(j.Parts) == 0 {
		s.Add("result", strings.Join(jobtext.Result(j), "\n"))
	}
	s.Add("next", jobtext.Next(j))
	s.Add("offers", strings.Join(jobtext.Offers(j), "\n"))
}

// children shows the jobs that a job started, a line each.
func (d *desk) children(ctx context.Context, id string) ([]string, error) {
	ids, err := d.jobs.Children(ctx, id)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var lines []string
	for i, child := range ids {
		if i == listed {
			return append(lines, fmt.Sprintf("… and %d more", len(ids)-i)), nil
		}
		j, err := d.jobs.Get(ctx, child)
		if err != nil {
			continue // retired already
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", j.ID, j.State, jobtext.Command(j)))
	}
	return lines, nil
}

// told are the last lines of a job's story.
func (d *desk) told(ctx context.Context, id string) ([]string, error) {
	const page = 500
	var last []string
	for after := ""; ; {
		lines, err := d.jobs.Story(ctx, id, after, page)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			last = append(last, chat.Brief(line.Text, lineCells))
			after = line.ID
		}
		last = last[max(0, len(last)-toldLines):]
		if len(lines) < page {
			return last, nil
		}
	}
}

// role is the role that a sign-off needs.
func role(s *job.Signoff) string {
	if s.Role == "" {
		return "approver"
	}
	return s.Role
}
