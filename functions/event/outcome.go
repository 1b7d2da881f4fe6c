package main

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

// What became of a rule that matched.
const (
	ran        = ruling.Ran
	told       = ruling.Told
	remembered = ruling.Remembered
	paused     = ruling.Paused
	looped     = ruling.Looped
	letBe      = ruling.LetBe
	lacking    = ruling.Lacking
	before     = ruling.Before
	blown      = ruling.Blown
	refused    = ruling.Refused
	failed     = ruling.Failed
)

// What a rule may do, in the order in which it is done. What is remembered comes last, so that conditions and templates
// see what was remembered before the event.
const (
	actRun      = "run"
	actNotify   = "notify"
	actRemember = "remember"
)

// outcome is what became of one thing that a rule does, or why it did nothing.
type outcome struct {
	Rule string `json:"rule"`
	Act  string `json:"act,omitempty"` // one of the above; empty when the rule was stopped before any
	What string `json:"what"`          // ran, told, …
	Job  string `json:"job,omitempty"` // that was made
	Text string `json:"text,omitempty"`
}

func (o *outcome) acted() bool { return ruling.Acted(o.What) }

// progress is what has been done about an event; it is kept with the delivery.
type progress struct {
	Matched []string          `json:"matched,omitempty"` // the rules that match, in their order, as it was decided once
	Broken  map[string]string `json:"broken,omitempty"`  // those of them whose condition could not be told, and why
	Done    []outcome         `json:"done,omitempty"`
}

// did reports whether a rule has come to an end with an act.
func (p *progress) did(rule, act string) bool {
	return slices.ContainsFunc(p.Done, func(o outcome) bool { return o.Rule == rule && o.Act == act })
}

// stopped reports whether a rule was stopped before it did anything.
func (p *progress) stopped(rule string) bool {
	return slices.ContainsFunc(p.Done, func(o outcome) bool { return o.Rule == rule && o.Act == "" })
}

// began reports whether a rule has done anything, and so was let through.
func (p *progress) began(rule string) bool {
	return slices.ContainsFunc(p.Done, func(o outcome) bool { return o.Rule == rule && o.Act != "" })
}

// led is what became of each rule, for a list of deliveries.
func (p *progress) led() string {
	words := make([]string, len(p.Done))
	for i, o := range p.Done {
		words[i] = o.Rule + ": " + ruling.Meaning(o.What)
		if o.Job != "" {
			words[i] = o.Rule + ": job " + o.Job
		}
	}
	return strings.Join(words, ", ")
}

// matched adds a rule to those that match.
func (p *progress) matched(found rule.Decision) {
	p.Matched = append(p.Matched, found.Rule.Name)
	if found.Err == nil {
		return
	}
	if p.Broken == nil {
		p.Broken = make(map[string]string)
	}
	p.Broken[found.Rule.Name] = chat.Bound(found.Err.Error(), recordText, 1)
}
