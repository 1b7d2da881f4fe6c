package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/github/pulls"
	"github.com/handsoff/handsoff/functions/github/repair"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	// answerTime bounds a command that answers at once: the function command waits for 15 s.
	answerTime = 12 * time.Second
	// deliveriesShown is how many of a hook's last deliveries are looked at.
	deliveriesShown = 30
	// eventsShown is how many of a hook's events are named.
	eventsShown = 12
)

// hooks answers "github hooks": which webhooks lead here, how they are set up, and how their last deliveries went.
func (d *door) hooks(ctx context.Context, _ command.Call) (command.Answer, error) {
	if len(d.section.Hooks) == 0 {
		return command.Answer{Text: "The configuration names no webhook to look after; list them under github.hooks, such as {org: acme}."}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	seer := &repair.Hooks{App: d.app, Webhook: d.section.Webhook}
	var parts []string
	for _, of := range d.section.Hooks {
		list, err := seer.List(ctx, of)
		switch {
		case err != nil:
			parts = append(parts, of.String()+"\n  "+pulls.Apology(err).Text)
		case len(list) == 0:
			parts = append(parts, of.String()+"\n  No webhook of it leads here.")
		}
		for i := range list {
			parts = append(parts, d.described(ctx, seer, &list[i], now))
		}
	}
	return command.Answer{Text: strings.Join(parts, "\n")}, nil
}

// described is all that is shown of one hook.
func (d *door) described(ctx context.Context, seer *repair.Hooks, hook *repair.Hook, now time.Time) string {
	var s chat.Sheet
	s.Add("leads to", chat.OneLine(hook.Place()))
	if !hook.Active {
		s.Add("active", "no: GitHub sends nothing")
	}
	events := slices.Clone(hook.Events)
	if more := len(events) - eventsShown; more > 0 {
		events = append(events[:eventsShown], fmt.Sprintf("… and %d more", more))
	}
	s.Add("events", chat.OneLine(strings.Join(events, ", ")))
	s.Add("wrong", strings.Join(hook.Faults, "\n"))
	list, _, err := seer.Deliveries(ctx, hook, "", time.Time{}, deliveriesShown)
	if err != nil {
		s.Add("deliveries", pulls.Apology(err).Text)
	} else {
		s.Add("deliveries", delivered(list, now))
	}
	return hook.Name() + "\n" + s.String()
}

// delivered says how the last deliveries went, and which of them failed.
func delivered(list []repair.Delivery, now time.Time) string {
	if len(list) == 0 {
		return "none in the last three days"
	}
	last := list[0]
	lines := []string{fmt.Sprintf("the last %s: %s, %s", chat.Age(now.Sub(last.At)), last.Name(), last.Outcome())}
	reached := make(map[string]bool)
	for _, one := range list {
		reached[one.GUID] = reached[one.GUID] || !one.Failed()
	}
	failing := 0
	for _, one := range list {
		if reached[one.GUID] || one.Event == "ping" { // a ping is nothing to be missed
			continue
		}
		reached[one.GUID] = true // named once
		if failing++; failing <= 3 {
			lines = append(lines, fmt.Sprintf("failing: %s %s, %s", one.Name(), chat.Age(now.Sub(one.At)), one.Outcome()))
		}
	}
	switch {
	case failing == 0:
		lines = append(lines, fmt.Sprintf("none of the last %d is failing", len(list)))
	case failing > 3:
		lines = append(lines, fmt.Sprintf("… and %d more", failing-3))
	}
	return strings.Join(lines, "\n")
}
