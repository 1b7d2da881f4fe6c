package main

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// nearCauses is how many of an event's own are sent as they are: the job that led to it, and the rule that made that.
const nearCauses = 2

// acts are what a rule may do, in the order in which it is done, for all rules of an event.
var acts = []act{
	{actRun, func(r *rule.Rule) bool { return r.Run != "" }, (*desk).run},
	{actNotify, func(r *rule.Rule) bool { return r.Notify != nil }, (*desk).notify},
	{actRemember, func(r *rule.Rule) bool { return r.Remember != nil }, (*desk).remember},
}

// act is one of them. Whatever dies, it is done once: what it does outside has a name that a retry has too, and it is noted.
type act struct {
	name string
	of   func(r *rule.Rule) bool
	do   func(d *desk, ctx context.Context, m *matter, r *match) (outcome, error)
}

// do does one act of a rule, unless it was done, and notes it.
func (d *desk) do(ctx context.Context, m *matter, r *match, a act) error {
	if !a.of(r.Rule) || m.progress.did(r.Name, a.name) {
		return nil
	}
	o, err := a.do(d, ctx, m, r)
	if err != nil {
		return err
	}
	o.Rule, o.Act = r.Name, a.name
	d.Log.InfoContext(ctx, "a rule acted", "rule", r.Name, "event", m.event.ID, "outcome", o.What, "job", o.Job)
	m.progress.Done = append(m.progress.Done, o)
	return m.claim.Note(ctx, m.progress)
}

// stumble is the outcome of what cannot be done, after it was told. What a rule does once it may then do another time.
func (d *desk) stumble(ctx context.Context, m *matter, r *match, what, text string) (outcome, error) {
	if err := d.release(ctx, m, r); err != nil {
		return outcome{}, err
	}
	return outcome{What: what, Text: text}, d.complain(ctx, m, r, what, text)
}

// causes are what led to what a rule does, the nearest first. Of what is further away than one step only the rules are
// named, each once: by them a circle is noticed, and the more there is room for, the longer a one.
func causes(r *rule.Rule, e *event.Event, more ...string) []string {
	list := append([]string{"rule:" + r.Name, "event:" + e.ID}, more[:min(len(more), nearCauses)]...)
	for _, cause := range more[min(len(more), nearCauses):] {
		if strings.HasPrefix(cause, "rule:") && !slices.Contains(list, cause) {
			list = append(list, cause)
		}
	}
	return list[:min(len(list), command.MaxCauses)]
}
