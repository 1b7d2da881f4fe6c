package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

// matter is an event in hand, with what is known about it.
type matter struct {
	claim    *inbox.Claim
	event    *event.Event
	progress progress
	dry      bool           // nothing is to be done: somebody asks what would be
	more     map[string]any // what conditions and templates see besides the payload
	asker    *asking
	author   *identity
	pauses   map[string]ruling.Pause
	causes   []string // what of ours led to it
}

// match is a rule that is to act.
type match struct {
	*rule.Rule

	env *rule.Env
}

// work deals with one event. Most match nothing and are over after one look at the rules.
func (d *desk) work(ctx context.Context, c *inbox.Claim) error {
	e, err := decode(c.Body)
	if err != nil {
		d.Log.ErrorContext(ctx, "an event cannot be understood", "event", c.ID, "error", err)
		return d.malformed(ctx, err)
	}
	if e.Replay == nil { // what it said of its subject then may not be true any more
		if err := d.supersede(ctx, e); err != nil {
			return err
		}
	}
	m := &matter{claim: c, event: e, author: &identity{desk: d, e: e}, asker: &asking{desk: d}}
	if _, err := c.Noted(&m.progress); err != nil {
		return err
	}
	list, err := d.decide(ctx, m)
	if err != nil || len(list) == 0 {
		c.Led("no rule matches")
		return d.unreadable(ctx, e, d.delayed(ctx, e, err))
	}
	err = d.follow(ctx, m, list)
	c.Led(m.progress.led())
	return d.delayed(ctx, e, err)
}

// malformed counts an event that no later try will read better, and lays it among the dead.
func (d *desk) malformed(ctx context.Context, err error) error {
	if failed := d.Jobs.Count(ctx, "events_malformed", 1); failed != nil {
		return failed
	}
	return inbox.Never(err)
}

// unreadable knows an event whose payload cannot be read.
func (d *desk) unreadable(ctx context.Context, e *event.Event, err error) error {
	if !errors.Is(err, rule.ErrPayload) {
		return err
	}
	d.Log.ErrorContext(ctx, "an event's payload cannot be read", "event", e.ID, "topic", e.Topic, "error", err)
	return d.malformed(ctx, err)
}

// decide finds the rules that an event matches. What was decided once stays, also when a rule's own act changes what its
// condition looks at.
func (d *desk) decide(ctx context.Context, m *matter) ([]match, error) {
	if err := d.remind(ctx, m); err != nil {
		return nil, err
	}
	if m.progress.Matched != nil {
		return d.decided(m)
	}
	decisions, err := d.rules.Decide(ctx, m.event, m.asker, m.more)
	if err != nil || len(decisions) == 0 {
		return nil, err
	}
	list := make([]match, len(decisions))
	for i, found := range decisions {
		list[i] = match{found.Rule, found.Env}
		m.progress.matched(found)
	}
	return list, m.claim.Note(ctx, m.progress)
}

// decided is what an earlier try decided. A rule that is no longer there does nothing.
func (d *desk) decided(m *matter) ([]match, error) {
	env, err := rule.ForEvent(m.event, m.more)
	if err != nil {
		return nil, err
	}
	var list []match
	for _, name := range m.progress.Matched {
		if r := d.rules.Rule(name); r != nil {
			list = append(list, match{r, env})
		}
	}
	return list, nil
}

// remind reads what is remembered under the names that an event's rules know.
func (d *desk) remind(ctx context.Context, m *matter) error {
	var names []string
	for _, r := range d.recall {
		if r.Hears(m.event.Topic) {
			names = append(names, r.Recalls()...)
		}
	}
	if len(names) == 0 {
		return nil
	}
	known, err := memory.Recall(ctx, d.Redis, names...)
	if err != nil {
		return err
	}
	values := make(map[string]any, len(known))
	for name, c := range known {
		values[name] = map[string]any{"value": c.Value, "subject": c.Subject, "url": c.URL, "at": c.At}
	}
	m.more = map[string]any{"remembered": values}
	return nil
}

// follow has each rule act, then writes down what was decided. One that fails for now holds no other one up.
func (d *desk) follow(ctx context.Context, m *matter, list []match) error {
	if err := d.acting.Acquire(ctx, 1); err != nil {
		return err
	}
	defer d.acting.Release(1)
	pauses, err := ruling.Pauses(ctx, d.Redis)
	if err == nil {
		m.causes, err = d.caused(ctx, m.event)
	}
	if err != nil {
		return err
	}
	m.pauses = pauses
	var faults []error
	list = slices.DeleteFunc(list, func(r match) bool {
		let, err := d.let(ctx, m, &r)
		if err != nil {
			faults = append(faults, fmt.Errorf("rule %s: %w", r.Name, err))
		}
		return !let
	})
	for _, act := range acts {
		for i := range list {
			if err := d.do(ctx, m, &list[i], act); err != nil {
				faults = append(faults, fmt.Errorf("rule %s: %w", list[i].Name, err))
			}
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	return d.record(ctx, m)
}

// caused is what of ours led to an event.
func (d *desk) caused(ctx context.Context, e *event.Event) ([]string, error) {
	own, err := event.CausedBy(ctx, d.Redis, d.Jobs, e)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(e.Cause)
	for _, cause := range own {
		if !slices.Contains(list, cause) { // the door may have known it too
			list = append(list, cause)
		}
	}
	return list, nil
}
