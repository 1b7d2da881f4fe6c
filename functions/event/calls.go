package main

import (
	"maps"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// calls are the commands that answer at once, by their words; stack.yml declares them.
func (d *desk) calls() map[string]function.CallFunc {
	calls := map[string]function.CallFunc{
		"rules list":    d.rulesList,
		"rules show":    d.about(d.ruleShow),
		"rules pause":   d.about(d.rulePause),
		"rules resume":  d.about(d.ruleResume),
		"rules test":    d.about(d.ruleTest),
		"events list":   d.eventsList,
		"events replay": d.eventsReplay,
		"events show":   d.eventShow,
		"events dead":   d.eventsDead,
		"events revive": d.eventsRevive,
		"gaps":          d.gaps,
		"remembered":    d.remembered,

		"events deliveries": d.eventsDeliveries,
		"remembered forget": d.forget,
	}
	maps.Copy(calls, d.moreCalls)
	return calls
}

// steps are the commands that make jobs; nil when there are none.
func (d *desk) steps() map[string]job.Stepper { return d.moreSteps }

// problem is an answer that says why nothing was done.
func problem(code, text string, suggestions ...string) command.Answer {
	return command.Answer{Text: text, Problem: &command.Problem{Code: code, Suggestions: suggestions}}
}

// most is how many a call asks for, from 1 to a bound.
func most(call command.Call, bound int64) int {
	return int(min(max(command.Values(call.Args).Int("limit"), 1), bound))
}
