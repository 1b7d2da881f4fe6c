package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/comment"
	"github.com/handsoff/handsoff/shared/inbox"
)

// visit is one delivery by which somebody asks for something.
type visit struct {
	*door

	claim   *inbox.Claim
	payload *webhook.Payload
	done    *progress
	self    github.Identity

	place  github.Place
	groups []string // what GitHub lets the sender do, as roles know it
	may    github.Permission

	pr   *gogithub.PullRequest // once it was asked for
	seen time.Time             // when that was, by GitHub's clock

	oversize error // what could not be given to the rules
}

// client speaks to GitHub for the repository.
func (v *visit) client(ctx context.Context) (*gogithub.Client, error) {
	return v.app.ClientFor(ctx, v.place.Owner, v.place.Repo)
}

// principal is who asks.
func (v *visit) principal() string { return webhook.Principal(v.payload.Sender.ID) }

// commented does what the commands of a comment ask for. What is nobody's here is let alone: other bots have commands too.
func (v *visit) commented(ctx context.Context) error {
	s := saidIn(v.payload)
	if s == nil || !s.byPerson(v.payload.Sender, v.self) {
		return nil
	}
	commands, more := comment.Read(s.body)
	if len(commands) == 0 {
		return nil
	}
	v.place = v.payload.Place()
	ours, err := v.ours(ctx, commands)
	if err != nil || len(ours) == 0 {
		return err
	}
	if s.edited {
		return v.editedOnly(ctx, s, ours)
	}
	if v.done.Done == 0 {
		there, err := v.confirmed(ctx, s)
		if err != nil {
			return err
		}
		if !there || v.now().Sub(s.at) > keepDone { // how long it is known that it was heard
			return v.withdrawn(ctx, s)
		}
	}
	if err := v.identify(ctx); err != nil {
		return err
	}
	if err := v.doAll(ctx, s, ours); err != nil {
		return err
	}
	if more && len(v.done.Answers) > 0 {
		v.done.Answers = append(v.done.Answers, answer{Text: fmt.Sprintf("Only the first %d commands of a comment count.", comment.Most)})
	}
	return v.reply(ctx, s.name())
}

// identify asks GitHub what the sender may do there at this moment. Who may anything is who the delivery says: their login
// stands where people read who asked.
func (v *visit) identify(ctx context.Context) error {
	sender := v.payload.Sender
	may, err := v.app.Permission(ctx, v.place.Owner, v.place.Repo, sender.Login, sender.ID)
	v.may, v.groups = may, may.Groups(v.place.Owner, v.place.Repo)
	if err != nil || may == github.MayNothing {
		return err
	}
	return github.KeepLogin(ctx, v.Redis, sender.ID, sender.Login)
}

// wish is a command of a comment, with its place among them.
type wish struct {
	event.Asked

	number int // from 0
	own    builtin
}

// ours are the commands that are for us: our own, where we are known, and those that rules open to comments there.
func (v *visit) ours(ctx context.Context, commands []event.Asked) ([]wish, error) {
	known, err := v.known(ctx)
	if err != nil {
		return nil, err
	}
	var list []wish
	for i, asked := range commands {
		own, is := builtins[asked.Word]
		switch {
		case is && known:
			list = append(list, wish{asked, i, own})
		case !is && v.opened(asked.Word):
			list = append(list, wish{asked, i, nil})
		}
	}
	return list, nil
}

// known reports whether people expect us there: a rule opens commands to comments, or jobs were made for it.
func (v *visit) known(ctx context.Context) (bool, error) {
	if v.opened("") {
		return true, nil
	}
	jobs, err := event.JobsOf(ctx, v.Redis, v.place.Subject())
	return len(jobs) > 0, err
}

// doAll does what is not done yet, one after the other. Each is done once, but for one that a crash caught in the middle.
func (v *visit) doAll(ctx context.Context, s *said, list []wish) error {
	for _, w := range list {
		if w.number < v.done.Done {
			continue
		}
		said, err := v.do(ctx, s, w)
		if err != nil {
			return err
		}
		if said != "" {
			v.done.Answers = append(v.done.Answers, answer{Line: w.Line, Text: said})
		}
		v.done.Done = w.number + 1
		if err := v.claim.Note(ctx, v.done); err != nil {
			return err
		}
	}
	return nil
}

// do does what one command asks for, and gives what is to be said about it.
func (v *visit) do(ctx context.Context, s *said, w wish) (string, error) {
	if w.own != nil {
		return w.own(v, ctx, s, w)
	}
	head := event.Head{}
	if v.payload.OnPull() {
		var err error
		head, err = v.pin(ctx, s)
		if errors.Is(err, errMoved) {
			return moved, nil
		}
		if err != nil {
			return "", err
		}
	}
	e, err := v.askedEvent(s, w, head)
	if err != nil {
		return "", err
	}
	if err := v.hand(ctx, e); errors.Is(err, errOversize) {
		v.oversize = err
		return tooLarge, nil
	} else if err != nil {
		return "", err
	}
	return "", nil
}

// tooLarge is said when a command with all that belongs to it is more than the rules take.
const tooLarge = "What GitHub says about this pull request is too large for my rules, so nothing was started. Those who run me are told."

// moved is said when it is not certain against which commit a comment was made.
const moved = "The branch has moved since your comment, or I cannot tell that it has not. Look at what is there now and comment again; " +
	"nothing was started."

// askedEvent is the event of a command, for the rules.
func (v *visit) askedEvent(s *said, w wish, head event.Head) (*event.Event, error) {
	place := v.place
	place.SHA = head.SHA
	if s.kind != "review" { // a review takes no reaction
		place.Comment, place.Review = s.id, s.kind == "line"
	}
	payload, err := v.withAsked(w.Asked, head)
	if err != nil {
		return nil, err
	}
	return &event.Event{
		ID: fmt.Sprintf("github.%s.%d", s.name(), w.number), Topic: event.Comment, Source: webhook.Source, At: s.at.UTC(),
		Author: event.Author{Principal: v.principal(), Name: v.payload.Sender.Login, Groups: slices.Clone(v.groups)}, Asked: true,
		Subject: place.Subject(), Revision: head.SHA, Answer: place.Address(), Payload: payload,
	}, nil
}

// withAsked is the delivery's payload with the command, the head and the pull request beside.
func (v *visit) withAsked(asked event.Asked, head event.Head) (json.RawMessage, error) {
	var payload map[string]json.RawMessage
	if err := json.Unmarshal(v.claim.Body, &payload); err != nil {
		return nil, fmt.Errorf("%w: %w", webhook.ErrMalformed, err)
	}
	beside := map[string]any{"asked": asked, "head": head}
	if v.pr != nil {
		beside["pull_request"] = v.pr
	}
	for key, value := range beside {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("github: %s: %w", key, err)
		}
		maps.Copy(payload, map[string]json.RawMessage{key: text})
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("github: payload of a command: %w", err)
	}
	return text, nil
}
