package calendar

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// How much a list shows of a command and of an answer, in cells.
const (
	listed     = 40
	saidListed = 70
)

// List shows all schedules, when each comes due, and what became of it last.
func (c *Calendar) List(ctx context.Context, _ command.Call) (command.Answer, error) {
	list := c.Set.All()
	states, err := schedule.Load(ctx, c.Redis, list...)
	if err != nil {
		return command.Answer{}, err
	}
	now, err := c.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	catalogue := command.Known(ctx, c.Redis, c.Log)
	rows := [][]string{{"NAME", "WHEN", "NEXT", "LAST", "COMMAND"}}
	for i, s := range list {
		rows = append(rows, []string{
			s.Name, s.Times.String(), next(s, &states[i], now), c.last(ctx, &states[i], now), chat.Brief(s.Shown(catalogue), listed),
		})
	}
	var lines []string
	if len(list) > 0 {
		lines = append(lines, chat.Table(rows))
	}
	for _, fault := range c.Set.Faults() {
		lines = append(lines, "Left out, "+fault.String()+".")
	}
	if len(lines) == 0 {
		lines = []string{"There are no schedules; the configuration's list schedules makes them."}
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// next says when a schedule comes due.
func next(s *schedule.Schedule, st *schedule.State, now time.Time) string {
	switch {
	case st.Paused != nil:
		return "paused by " + chat.OneLine(st.Paused.By)
	case st.Due != nil && st.Due.Waits:
		return "waits for " + waited(st)
	case st.Due != nil:
		return "now"
	case st.Next.IsZero():
		return moment(s, s.Times.Next(now), now)
	}
	return moment(s, st.Next, now)
}

// moment is a time on the schedule's wall, and in how long that is.
func moment(s *schedule.Schedule, at, now time.Time) string {
	in := at.Sub(now)
	if in > time.Minute {
		in = in.Round(time.Minute)
	}
	return dated(s, at, now) + ", in " + chat.Duration(in)
}

// dated is a time on the schedule's wall, with its year when that is another one.
func dated(s *schedule.Schedule, at, now time.Time) string {
	there := at.In(s.Times.Zone())
	if there.Year() != now.In(s.Times.Zone()).Year() {
		return there.Format("Mon 2 Jan 2006 15:04 MST")
	}
	return s.Clock(at)
}

// last says what became of the last run.
func (c *Calendar) last(ctx context.Context, st *schedule.State, now time.Time) string {
	r, idle := st.Newest(), st.Idle
	switch {
	case r == nil && idle == nil:
		return "-"
	case r == nil, idle != nil && r.Ended != "" && !idle.At.Before(r.At):
		return chat.Brief(idle.Said, saidListed)
	}
	return fmt.Sprintf("%s %s, %s", r.Job, c.ended(ctx, *r), chat.Age(now.Sub(r.At)))
}

// ended is how a run's job ended or, while that has not been seen, how it stands.
func (c *Calendar) ended(ctx context.Context, r schedule.Run) job.State {
	return cmp.Or(r.Ended, c.state(ctx, r.Job))
}

// waited names what a run waits for: "k3f7 and 2 more".
func waited(st *schedule.State) string {
	open := st.Unfinished()
	if len(open) == 0 {
		return "its turn"
	}
	if more := len(open) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", open[0].Job, more)
	}
	return open[0].Job
}

// runs tells of the runs that are known, the newest first.
func (c *Calendar) runs(ctx context.Context, s *schedule.Schedule, st *schedule.State) string {
	var lines []string
	for _, r := range slices.Backward(st.Runs) {
		line := fmt.Sprintf("%s %s, of %s", r.Job, c.ended(ctx, r), s.Clock(r.At))
		switch {
		case r.Repeats != "":
			line += ", a retry of " + r.Repeats
		case r.By != "":
			line += ", run by " + chat.OneLine(r.By)
		case r.Missed > 0:
			line += fmt.Sprintf(", for %d that were missed", r.Missed)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// state is how a job stands now, as well as can be told.
func (c *Calendar) state(ctx context.Context, id string) job.State {
	j, err := c.Jobs.Get(ctx, id)
	if err != nil {
		return "accepted"
	}
	return j.State
}

// Show tells all about one schedule.
func (c *Calendar) Show(ctx context.Context, call command.Call) (command.Answer, error) {
	s, st, mistake, err := c.find(ctx, call)
	if err != nil || mistake != nil {
		return mistaken(mistake), err
	}
	now, err := c.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	var sheet chat.Sheet
	sheet.Add("schedule", s.Name)
	catalogue := command.Known(ctx, c.Redis, c.Log)
	sheet.Add("runs", chat.OneLine(s.Shown(catalogue)))
	for _, line := range catalogue.Arguments(s.Run, s.Args) {
		sheet.Add("", line)
	}
	sheet.Add("when", s.Times.String())
	sheet.Add("next", next(s, st, now))
	if st.Paused == nil {
		sheet.Add("then", upcoming(s, st.Next, now))
	}
	sheet.Add("last", c.last(ctx, st, now))
	if !st.Good.IsZero() {
		sheet.Add("last success", "of "+dated(s, st.Good, now)+", "+chat.Age(now.Sub(st.Good)))
	}
	sheet.Add("runs of late", c.runs(ctx, s, st))
	sheet.Add("only if changed", strings.Join(s.Changed, ", "))
	sheet.Add("missed runs", string(s.Missed))
	sheet.Add("overlap", string(s.Overlap))
	sheet.Add("announced", strings.Join(s.Announce, ", "))
	if p := st.Paused; p != nil {
		by := fmt.Sprintf("by %s, %s", chat.OneLine(p.By), chat.Age(now.Sub(p.At)))
		if p.Reason != "" {
			by += ": " + chat.OneLine(p.Reason)
		}
		sheet.Add("paused", by)
	}
	sheet.Add("acts as", s.Principal()+", which the roles in the configuration must list")
	return command.Answer{Text: sheet.String()}, nil
}

// upcoming lists the times after the next one.
func upcoming(s *schedule.Schedule, at, now time.Time) string {
	var list []string
	for range 3 {
		if at = s.Times.Next(at); at.IsZero() {
			break
		}
		list = append(list, dated(s, at, now))
	}
	return strings.Join(list, "; ")
}

// find gives the schedule that a call names, and how it stands.
func (c *Calendar) find(ctx context.Context, call command.Call) (*schedule.Schedule, *schedule.State, *command.Mistake, error) {
	name := command.Values(call.Args).String("name")
	s := c.Set.Find(name)
	if s == nil {
		return nil, nil, c.unknown(name), nil
	}
	states, err := schedule.Load(ctx, c.Redis, s)
	if err != nil {
		return nil, nil, nil, err
	}
	return s, &states[0], nil, nil
}

// unknown says that there is no such schedule, and why.
func (c *Calendar) unknown(name string) *command.Mistake {
	for _, fault := range c.Set.Faults() {
		if fault.Name == name {
			return &command.Mistake{Text: "It is left out, " + fault.String() + ".", Problem: command.Problem{Code: command.CodeNotFound}}
		}
	}
	var known []string
	for _, s := range c.Set.All() {
		known = append(known, s.Name)
	}
	problem := command.Problem{Code: command.CodeNotFound, Suggestions: command.Nearest(name, known)}
	return &command.Mistake{Text: fmt.Sprintf("There is no schedule %s; schedules list shows those that there are.", chat.Quote(name, saidCells)), Problem: problem}
}

func mistaken(m *command.Mistake) command.Answer {
	if m == nil {
		return command.Answer{}
	}
	return m.Answer()
}
