package calendar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// Run runs a schedule now, as the person who asks: they need the role that its command needs. Its next time stays as it is.
func (c *Calendar) Run(ctx context.Context, call command.Call) (command.Answer, error) {
	s, st, mistake, err := c.find(ctx, call)
	if err != nil || mistake != nil {
		return mistaken(mistake), err
	}
	return c.outOfTurn(ctx, s, st, asker{
		principal: call.Principal, groups: call.Groups, origin: call.Origin, watch: call.Watch, id: "by " + digest(call.ID), cause: call.Cause,
		anyway: command.Values(call.Args).Bool("anyway"),
	})
}

// asker is who wants a run out of turn.
type asker struct {
	principal string
	groups    []string
	origin    job.Origin
	watch     []string
	id        string   // tells this wish from others
	cause     []string // what led to it, the nearest first
	anyway    bool     // also when nothing is new
}

// mostWatch is how many addresses an envelope may name.
const mostWatch = 16

// outOfTurn runs a schedule for somebody. Asking again with the same id gives the same job.
func (c *Calendar) outOfTurn(ctx context.Context, s *schedule.Schedule, st *schedule.State, who asker) (command.Answer, error) {
	if why := amiss(s, st, who.cause); why != "" {
		return command.Answer{Text: why, Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	now, err := c.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	known, news, err := remembered(ctx, c.Redis, s, st)
	if err != nil {
		return command.Answer{}, err
	}
	args, err := s.Fill(known)
	if err != nil {
		text := fmt.Sprintf("%s cannot run: %s.", s.Name, err)
		return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	run := schedule.Run{At: now, By: who.principal, Looked: now, Values: make(map[string]string)}
	for name, change := range known {
		run.Values[name] = change.Value
	}
	if why := s.Stale(st, run.Values); why != "" && !who.anyway {
		text := fmt.Sprintf("%s is not run: %s. `schedules run %s anyway=true` runs it all the same.", s.Name, why, s.Name)
		return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	watch := append(append([]string{}, s.Announce...), who.watch...)
	answer, err := c.ask(ctx, fill(command.Envelope{
		ID: "schedule " + s.Name + " " + who.id, Principal: who.principal, Groups: who.groups,
		Origin: who.origin, Watch: watch[:min(len(watch), mostWatch)], Opening: opening(news),
		Cause: append([]string{s.Principal()}, who.cause...), Notes: []string{note("it was run out of turn, for " + who.principal)},
	}, s.Run, s.Line, args))
	if err != nil || answer.Problem != nil {
		return answer, err
	}
	return answer, c.record(ctx, s, run, answer)
}

// amiss says why a schedule cannot be run out of turn, whoever asks; "" when it can.
func amiss(s *schedule.Schedule, st *schedule.State, cause []string) string {
	switch open := len(st.Unfinished()); {
	case slices.Contains(cause, s.Principal()):
		return fmt.Sprintf("%s is what led to this: a schedule that has itself run would never end.", s.Name)
	case len(cause) >= command.MaxCauses:
		return fmt.Sprintf("%s is not run: %s.", s.Name, circle(cause))
	case open >= schedule.MostUnfinished:
		return fmt.Sprintf("%d runs of %s are unfinished, which is as many as there may be; schedules show %s lists them, cancel stops one.",
			open, s.Name, s.Name)
	}
	return ""
}

// circle says that a chain of causes is too long.
func circle(cause []string) string {
	return fmt.Sprintf("%d things led to this, each to the next, and the nearest is %s; they seem to start one another in a circle",
		len(cause), chat.OneLine(cause[0]))
}

// digest is an id of any length as one that fits into another.
func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// record makes a run out of turn one of its schedule's runs.
func (c *Calendar) record(ctx context.Context, s *schedule.Schedule, run schedule.Run, answer command.Answer) error {
	id, said := became(answer)
	if id != "" {
		j, err := c.Jobs.Get(ctx, id)
		if err == nil && j.Created.Before(run.At) {
			run.Values, run.Looked = nil, time.Time{} // it was made by an earlier try, with what was remembered then
		}
	}
	return c.alter(ctx, s, func(st *schedule.State) error {
		st.Ran(run.Became(id, said), true)
		return nil
	})
}

// became is the job that an answer tells of or, when there is none, what was said.
func became(answer command.Answer) (id, said string) {
	if answer.Accepted {
		return answer.Job, ""
	}
	return "", chat.Brief(answer.Text, saidCells)
}
