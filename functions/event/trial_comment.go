package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/comment"
	"github.com/handsoff/handsoff/shared/rule"
)

// errNoCommand says that a payload is no command's.
var errNoCommand = errors.New("no line of its comment is a command: one stands on a line of its own, outside quotes and code, and begins with a slash, as /build")

// spoken is what a payload of GitHub's says in somebody's words.
type spoken struct {
	Body string `json:"body"`
	ID   int64  `json:"id"`
}

// topicOf is the event that a payload of GitHub's is of, where only one has this form; empty for any other.
func (s *sketch) topicOf() string {
	name := ""
	switch {
	case s.Comment != nil && s.Issue != nil:
		name = "issue_comment"
	case s.Comment != nil && s.PullRequest != nil:
		name = "pull_request_review_comment"
	case s.Review != nil && s.PullRequest != nil:
		name = "pull_request_review"
	}
	if name == "" || s.Action == "" {
		return ""
	}
	return "github." + name + "." + s.Action
}

// comments are the topics under which GitHub tells of what may hold a command.
var comments = []string{"github.issue_comment.created", "github.pull_request_review_comment.created", "github.pull_request_review.submitted"}

// asCommand makes of a comment's payload the event of a command in it, as the function github does when it hears of one: the
// first that the rule would hear, else the first. What the author may do is asked of GitHub now.
func (d *desk) asCommand(ctx context.Context, r *rule.Rule, e *event.Event) error {
	var (
		s       sketch
		payload map[string]json.RawMessage
	)
	if err := errors.Join(json.Unmarshal(e.Payload, &s), json.Unmarshal(e.Payload, &payload)); err != nil {
		return fmt.Errorf("it is no comment of GitHub's: %w", err)
	}
	words := s.Comment
	if words == nil {
		words = s.Review
	}
	if words == nil {
		return errors.New("it is the payload of no comment: one has comment.body, or review.body")
	}
	found, _ := comment.Read(words.Body)
	if len(found) == 0 {
		return errNoCommand
	}
	head := event.Head{}
	if p := s.PullRequest; p != nil {
		head = event.Head{SHA: p.Head.SHA, Ref: p.Head.Ref, Repo: p.Head.Repo.FullName, Base: p.Base.Ref}
	}
	e.Topic, e.Asked, e.Revision = event.Comment, true, head.SHA
	if place, ok := github.ParsePlace(e.Subject); ok {
		head.Number, place.SHA, place.Comment = place.Number, head.SHA, words.ID
		e.Answer = place.Address()
		if may, err := d.permission(ctx, place.Owner+"/"+place.Repo, e.Author.Name, s.Sender.ID); err == nil {
			e.Author.Groups = may.Groups(place.Owner, place.Repo)
		}
	}
	at := slices.IndexFunc(found, func(asked event.Asked) bool {
		if e.Payload = beside(payload, asked, head); e.Payload == nil {
			return false
		}
		env, err := rule.ForEvent(e, nil)
		if err != nil {
			return false
		}
		matches, err := r.Matches(ctx, env)
		return err == nil && matches
	})
	e.Payload = beside(payload, found[max(at, 0)], head)
	return nil
}

// beside is a comment's payload with a command of it and the head.
func beside(payload map[string]json.RawMessage, asked event.Asked, head event.Head) json.RawMessage {
	for name, value := range map[string]any{"asked": asked, "head": head} {
		text, err := json.Marshal(value)
		if err != nil {
			return nil
		}
		payload[name] = text
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return nil
	}
	return text
}

// headless reports whether an event is a trial's command whose commit is not known.
func headless(e *event.Event) bool {
	return e.Topic == event.Comment && e.Revision == "" && strings.HasPrefix(e.ID, trialID)
}
