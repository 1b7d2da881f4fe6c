package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/slack/form"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
)

// submitted does what a form asks for. The request that brought it still waits: a mistake is shown in the form, at its
// field; else the form closes.
func (d *door) submitted(ctx context.Context, c *inbox.Claim) error {
	var p struct {
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		View goslack.View `json:"view"`
	}
	if err := json.Unmarshal(c.Body, &p); err != nil {
		return fmt.Errorf("%w: view_submission: %w", errMalformed, err)
	}
	if p.View.CallbackID != form.CallbackID || p.View.PrivateMetadata == "" {
		return nil
	}
	sent, mistakes := form.Read(&p.View)
	if len(mistakes) > 0 {
		if shown, err := d.showMistakes(c, mistakes); shown || err != nil {
			return err
		}
	}
	who, err := d.people.of(ctx, p.User.ID)
	if err != nil {
		return err
	}
	if len(mistakes) > 0 {
		return d.tellMistakes(ctx, who, sent.Words, mistakes)
	}
	place := slack.Place{Channel: sent.Conversation}
	if place.Channel == "" {
		place.Channel = who.ID
	}
	if !slack.IsID(place.Channel, slack.Channels+slack.Users) || !isToken(p.View.ID) {
		return fmt.Errorf("%w: a form for nowhere", errMalformed)
	}
	return d.runForm(ctx, c, &p.View, &asking{
		by: who, at: place, id: "view " + p.View.ID, // the same form makes one job, however often its button is pressed
		Command: sent.Words, Args: sent.Args,
		to: reply{place: place, user: who.ID, quiet: true},
	})
}

// runForm has the command of a form done. What its answer says is told where the person chose.
func (d *door) runForm(ctx context.Context, c *inbox.Claim, view *goslack.View, a *asking) error {
	var p progress
	if _, err := c.Noted(&p); err != nil {
		return err
	}
	if p.Answer == nil {
		answer, err := d.submit(ctx, c, &p, a)
		if err != nil {
			return err
		}
		if answer.Problem != nil {
			if shown, err := d.showMistakes(c, form.Errors(view, answer)); shown || err != nil {
				return err
			}
		}
		d.waiting.answer(c.ID, nil)
		if !a.to.wants(answer) {
			return nil
		}
		p.Answer = shortened(answer)
		if err := c.Note(ctx, p); err != nil {
			return err
		}
	}
	return d.tell(ctx, c, &p, a.to)
}

// tellMistakes tells somebody of mistakes in a form that has closed meanwhile.
func (d *door) tellMistakes(ctx context.Context, who person, words string, mistakes map[string]string) error {
	sentences := slices.Sorted(maps.Values(mistakes))
	text := fmt.Sprintf("I could not run %s: %s Nothing was started.", chat.Brief(words, longestEcho), strings.Join(sentences, " "))
	return d.whisper(ctx, text, reply{place: slack.Place{Channel: who.ID}, user: who.ID})
}

// showMistakes shows mistakes in the form, if it is still open.
func (d *door) showMistakes(c *inbox.Claim, mistakes map[string]string) (bool, error) {
	body, err := json.Marshal(goslack.NewErrorsViewSubmissionResponse(mistakes))
	if err != nil {
		return false, fmt.Errorf("slack: mistakes of a form: %w", err)
	}
	return d.waiting.answer(c.ID, body), nil
}
