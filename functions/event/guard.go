package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// guards are what may stop a rule that matches, in the order in which they are asked. Who is to hear of a stop is told.
var guards = []guard{
	{"paused", (*desk).running, nil},
	{"if", (*desk).clear, (*desk).complain},
	{"loop", (*desk).straight, (*desk).alarm},
	{"unless", (*desk).meant, nil},
	{"needs", (*desk).permitted, (*desk).answer},
	{"once", (*desk).first, nil},
	{"most", (*desk).fused, (*desk).alarm},
}

// guard is one of them. ask gives nil when the rule may go on; an error says that it could not be told: the event is to be
// tried again, but for a [rule.ErrRefused], which stops the rule. tell tells of a stop.
type guard struct {
	name string
	ask  func(d *desk, ctx context.Context, m *matter, r *match) (*outcome, error)
	tell func(d *desk, ctx context.Context, m *matter, r *match, what, text string) error
}

// let reports whether a rule is to act.
func (d *desk) let(ctx context.Context, m *matter, r *match) (bool, error) {
	if m.progress.began(r.Name) || m.progress.stopped(r.Name) {
		return m.progress.began(r.Name), nil
	}
	for _, g := range guards {
		stop, err := g.ask(d, ctx, m, r)
		tell := g.tell
		if errors.Is(err, rule.ErrRefused) {
			stop, err, tell = &outcome{What: failed, Text: err.Error()}, nil, (*desk).complain
		}
		if err == nil && stop != nil && tell != nil {
			err = tell(d, ctx, m, r, stop.What, stop.Text)
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", g.name, err)
		}
		if stop != nil {
			stop.Rule = r.Name
			m.progress.Done = append(m.progress.Done, *stop)
			d.Log.InfoContext(ctx, "a rule does not act", "rule", r.Name, "event", m.event.ID, "outcome", stop.What, "why", stop.Text)
			return false, nil
		}
	}
	return true, nil
}

// running stops a rule that somebody paused.
func (d *desk) running(_ context.Context, m *matter, r *match) (*outcome, error) {
	if p, is := m.pauses[r.Name]; is {
		return &outcome{What: paused, Text: p.String()}, nil
	}
	return nil, nil
}

// clear stops a rule whose condition could not be worked out.
func (d *desk) clear(_ context.Context, m *matter, r *match) (*outcome, error) {
	if why, broken := m.progress.Broken[r.Name]; broken {
		return &outcome{What: failed, Text: "its condition could not be worked out: " + why}, nil
	}
	return nil, nil
}

// straight stops a rule that what it did before has set off again: rules run in a circle.
func (d *desk) straight(_ context.Context, m *matter, r *match) (*outcome, error) {
	if !slices.Contains(m.causes, "rule:"+r.Name) {
		return nil, nil
	}
	return &outcome{What: looped, Text: fmt.Sprintf(
		"what it did about %s led to this event, and it would go round in a circle (%s). It acts on what it did not set off itself; "+
			"an `if` or `unless` that tells the two apart ends the circle", m.subject(), m.chain())}, nil
}

// meant stops a rule for whose events are let alone.
func (d *desk) meant(ctx context.Context, m *matter, r *match) (*outcome, error) {
	p, err := m.author.isOne(ctx, r.Unless)
	if p == nil || err != nil {
		return nil, err
	}
	return &outcome{What: letBe, Text: fmt.Sprintf("%s is %s, whose events are let alone", m.authorName(), p)}, nil
}

// permitted stops a rule for who lacks what it needs.
func (d *desk) permitted(ctx context.Context, m *matter, r *match) (*outcome, error) {
	needs := r.NeedsFor(m.event)
	if len(needs) == 0 {
		return nil, nil
	}
	p, err := m.author.isOne(ctx, needs)
	if p != nil || err != nil {
		return nil, err
	}
	words := make([]string, len(needs))
	for i := range needs {
		words[i] = needs[i].String()
	}
	return &outcome{What: lacking, Text: fmt.Sprintf("it needs %s; %s has %s", strings.Join(words, " or "), m.authorName(), m.author.has())}, nil
}

// first stops a rule that acted for the value of its once before, unless somebody has just this rule act again.
func (d *desk) first(ctx context.Context, m *matter, r *match) (*outcome, error) {
	value, bound, err := r.OnceFor(r.env)
	if err != nil {
		return &outcome{What: failed, Text: err.Error()}, d.complain(ctx, m, r, failed, err.Error())
	}
	if !bound || len(m.event.Only) > 0 {
		return nil, nil
	}
	holder, err := d.once(ctx, m, r.Name, value)
	if err != nil || holder == origin(m.event) {
		return nil, err
	}
	return &outcome{What: before, Text: fmt.Sprintf("it acts once for %.100q, and did for the event %s", value, holder)}, nil
}

// fused stops a rule that acted too often for this subject of late.
func (d *desk) fused(ctx context.Context, m *matter, r *match) (*outcome, error) {
	holds, err := d.fuse(ctx, m, fuseKey(r.Name, m.event.Subject), r.Most)
	if err != nil || holds {
		return nil, err
	}
	if err := d.release(ctx, m, r); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("its fuse, most: %s, is blown: it acted %s about %s. It acts again as soon as that is no longer so; a larger most lets it act "+
		"more often, `rules pause %s` keeps it from acting at all", r.Most, often(r.Most), m.subject(), r.Name)
	if m.causes != nil {
		text += fmt.Sprintf(". What it does may lead to itself, over more rules than are followed back (%s)", m.chain())
	}
	return &outcome{What: blown, Text: text}, nil
}

// chain is what of ours led to an event, as a sentence says it.
func (m *matter) chain() string { return strings.Join(m.causes, ", by ") }

// often is how often a rule may act, as a sentence says it: "20 times in 1h".
func often(m rule.Most) string {
	count, span, _ := strings.Cut(m.String(), "/")
	return count + " times in " + span
}

// subject is what an event is about, as a sentence names it.
func (m *matter) subject() string { return subjectOf(m.event) }

func subjectOf(e *event.Event) string {
	if e.Subject == "" {
		return e.Source
	}
	return e.Subject
}

// authorName is who made an event happen, as a sentence names them.
func (m *matter) authorName() string {
	switch a := m.event.Author; {
	case a.Principal == "" && a.Name == "":
		return "nobody"
	case a.Name == "":
		return a.Principal
	default:
		return a.Name
	}
}
