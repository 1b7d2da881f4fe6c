package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// again is a job that may be done again, and what made it.
type again struct {
	event.SubjectJob

	job *job.Job
}

// newest are the newest jobs of each rule and words, of those that there still are.
func (v *visit) newest(ctx context.Context) ([]again, error) {
	made, err := event.JobsOf(ctx, v.Redis, v.place.Subject())
	if err != nil {
		return nil, err
	}
	var list []again
	seen := make(map[string]bool)
	for _, m := range made {
		what := m.Rule
		if m.Asked != nil {
			what += " /" + m.Asked.Line
		}
		if seen[what] {
			continue
		}
		j, err := v.Jobs.Get(ctx, m.Job)
		if errors.Is(err, job.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[what] = true
		list = append(list, again{m, j})
	}
	return list, nil
}

// retest does again what ended badly, or the job that is named.
func (v *visit) retest(ctx context.Context, s *said, w wish) (string, error) {
	list, err := v.newest(ctx)
	if err != nil {
		return "", err
	}
	if id, _, is := named(w); is {
		at := slices.IndexFunc(list, func(a again) bool { return a.Job == id })
		if at < 0 {
			return id + " is not among the jobs that can be done again here; /status lists them.", nil
		}
		list = list[at : at+1]
	} else {
		list = slices.DeleteFunc(list, func(a again) bool { return a.job.State.Final() && a.job.State == job.Succeeded })
	}
	if len(list) == 0 {
		return "Nothing here ended badly, so there is nothing to do again.", nil
	}
	return v.repeat(ctx, fmt.Sprintf("%s.%d", s.name(), w.number), s, list)
}

// repeat has the rules that made these jobs run again, for the commit that is there now. name names who asked for it, once.
// s is nil for a click.
func (v *visit) repeat(ctx context.Context, name string, s *said, list []again) (string, error) {
	head := event.Head{}
	if v.payload.OnPull() || s == nil {
		pr, err := v.pull(ctx)
		if err != nil {
			return "", err
		}
		head = headOf(pr)
		if s != nil {
			if _, err := v.pin(ctx, s); errors.Is(err, errMoved) {
				return moved, nil
			} else if err != nil {
				return "", err
			}
		}
	}
	var lines []string
	for _, a := range list {
		said := v.mayRepeat(a)
		if said == "" {
			e, err := v.repetition(name, s, a, head)
			if err != nil {
				return "", err
			}
			if err := v.hand(ctx, e); err != nil {
				return "", err
			}
			said = fmt.Sprintf("%s is asked for again, as the rule %s has it: %s", a.Job, a.Rule, jobtext.Command(a.job))
		}
		lines = append(lines, said)
	}
	return strings.Join(lines, "\n"), nil
}

// repeatable reports whether the rule that made a job can be asked to act again.
func (v *visit) repeatable(a again) bool {
	return v.rules.Rule(a.Rule) != nil && (a.Asked != nil || v.actionOf(a.Rule) != "")
}

// mayRepeat says why a job is not done again for the sender; empty when it is. What somebody asked for in a comment is
// checked by its rule. What a rule did by itself may be done again by who may write, and by the pull request's author where
// they could set the rule off themselves: what follows a label or a review was let through by somebody else, who has not
// seen what there is now.
func (v *visit) mayRepeat(a again) string {
	author := v.pr.GetUser().GetID() != 0 && v.pr.GetUser().GetID() == v.payload.Sender.ID && slices.Contains(authorsActions, v.actionOf(a.Rule))
	switch {
	case !v.repeatable(a):
		return fmt.Sprintf("%s cannot be done again here: the rule %s is gone, or hears nothing of a pull request. `retry %s` in chat does it as it was.", a.Job, a.Rule, a.Job)
	case !a.job.State.Final():
		return fmt.Sprintf("%s is not over: it %s.", a.Job, jobtext.Standing(a.job, a.job.Changed))
	case a.Asked == nil && v.may < github.MayWrite && !author:
		return fmt.Sprintf("%s may be done again by those who may write to %s/%s, and by the author of the pull request where a push sets it off.",
			a.Job, v.place.Owner, v.place.Repo)
	}
	return ""
}

// repetition is the event that has one rule act again: a comment's for what was asked for in one, else one of the pull
// request's that the rule hears.
func (v *visit) repetition(name string, s *said, a again, head event.Head) (*event.Event, error) {
	place := v.place
	place.SHA = head.SHA
	if s != nil && s.kind != "review" {
		place.Comment, place.Review = s.id, s.kind == "line"
	}
	e := &event.Event{
		ID: "github.again." + name + "." + a.Job, Source: webhook.Source, At: v.claim.Received.UTC(), Only: []string{a.Rule},
		Author:  event.Author{Principal: v.principal(), Name: v.payload.Sender.Login, Groups: slices.Clone(v.groups)},
		Subject: place.Subject(), Revision: head.SHA, Answer: place.Address(),
	}
	if s != nil {
		e.At = s.at.UTC() // by GitHub's clock, as a push's
	}
	var err error
	if a.Asked != nil {
		e.Topic, e.Asked = event.Comment, true
		e.Payload, err = v.withAsked(*a.Asked, head)
		return e, err
	}
	action := v.actionOf(a.Rule)
	e.Topic = "github.pull_request." + action
	e.Payload, err = v.asPull(action)
	return e, err
}

// authorsActions are those of a pull request that its author can bring about, the likeliest first; actions are all that stand
// for "there is something to build".
var (
	authorsActions = []string{"synchronize", "opened", "reopened", "ready_for_review", "edited"}
	actions        = append(slices.Clone(authorsActions), "labeled", "review_requested")
)

// actionOf is an action that a rule hears; empty for none.
func (v *visit) actionOf(name string) string {
	if r := v.rules.Rule(name); r != nil {
		for _, action := range actions {
			if r.Hears("github.pull_request." + action) {
				return action
			}
		}
	}
	return ""
}

// asPull is the payload of such an event, as GitHub would send it.
func (v *visit) asPull(action string) (json.RawMessage, error) {
	var from map[string]json.RawMessage
	if err := json.Unmarshal(v.claim.Body, &from); err != nil {
		return nil, fmt.Errorf("%w: %w", webhook.ErrMalformed, err)
	}
	payload := map[string]any{"action": action, "number": v.place.Number, "pull_request": v.pr}
	for _, key := range []string{"repository", "organization", "sender", "installation"} {
		if raw, ok := from[key]; ok {
			payload[key] = raw
		}
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("github: payload of a repetition: %w", err)
	}
	return text, nil
}
