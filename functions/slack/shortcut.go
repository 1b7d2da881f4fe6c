package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/functions/slack/form"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
)

// The action_id of a button that opens the form of commands.
const actionOpen = "run:open"

// gesture is what somebody did with a shortcut, a menu or a form, as far as the form needs it.
//
// Source: https://docs.slack.dev/reference/interaction-payloads/
type gesture struct {
	Callback string `json:"callback_id"`
	Trigger  string `json:"trigger_id"` // opens one modal, within three seconds
	Action   string `json:"action_id"`  // of a menu that asks what to offer
	Value    string `json:"value"`      // what was typed into it
	User     struct {
		ID string `json:"id"`
	} `json:"user"`
	View struct {
		ID   string `json:"id"`
		Hash string `json:"hash"`
	} `json:"view"`
	Actions []struct {
		ID       string `json:"action_id"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
}

func readGesture(body []byte) (*gesture, error) {
	g := new(gesture)
	if err := json.Unmarshal(body, g); err != nil {
		return nil, fmt.Errorf("%w: shortcut or menu: %w", errMalformed, err)
	}
	return g, nil
}

// shortcut opens the form of commands from the menu of shortcuts.
func (d *door) shortcut(ctx context.Context, c *inbox.Claim) error {
	g, err := readGesture(c.Body)
	if err != nil || g.Callback != form.CallbackID {
		return err
	}
	who, err := d.people.of(ctx, g.User.ID)
	if err != nil {
		return err
	}
	return d.openForm(ctx, who, g)
}

// runClicked deals with what is clicked for the form: the button that opens it, and its menu of commands.
func (d *door) runClicked(ctx context.Context, c *inbox.Claim, by person, _ *click) error {
	g, err := readGesture(c.Body)
	if err != nil {
		return err
	}
	if g.Actions[0].ID == form.ActionChoose {
		return d.chosen(ctx, by, g)
	}
	return d.openForm(ctx, by, g)
}

// openForm opens the form. Slack takes that for three seconds only: there is no second try, but a word about it.
func (d *door) openForm(ctx context.Context, who person, g *gesture) error {
	_, err := d.app.Client.OpenViewContext(ctx, g.Trigger, form.Choose(""))
	if err == nil {
		return nil
	}
	d.Log.WarnContext(ctx, "a form could not be opened", "user", who.ID, "error", slack.Classify("", err))
	to := reply{place: slack.Place{Channel: who.ID}, user: who.ID}
	return d.whisper(ctx, "I could not open the form in time; try again, or type the command: "+d.section.Command+" help", to)
}

// chosen shows the fields of the command that was chosen.
func (d *door) chosen(ctx context.Context, by person, g *gesture) error {
	words := g.Actions[0].Selected.Value
	view := form.Choose("The commands cannot be read now; choose again in a moment.")
	list, err := d.catalogue(ctx, by)
	if err != nil {
		d.Log.WarnContext(ctx, "a command's fields cannot be shown", "command", words, "error", err)
	} else if at := slices.IndexFunc(list, func(c command.Declared) bool { return c.Words == words }); at >= 0 {
		view = form.Fields(&list[at])
	} else {
		view = form.Choose(words + " is no command that you may use now.")
	}
	_, err = d.app.Client.UpdateViewContext(ctx, view, "", g.View.Hash, g.View.ID)
	if slack.CodeOf(err) == "hash_conflict" {
		return nil // something else was chosen meanwhile
	}
	return d.unlessPassing(ctx, slack.Classify("show the fields of "+words, err))
}

// offer answers a menu that asks what to offer for what was typed into it.
func (d *door) offer(ctx context.Context, body []byte) (any, error) {
	g, err := readGesture(body)
	if err != nil || g.Action != form.ActionChoose {
		return nil, err
	}
	who, err := d.people.of(ctx, g.User.ID)
	if err != nil {
		return nil, err
	}
	list, err := d.catalogue(ctx, who)
	if err != nil {
		return nil, err
	}
	return form.Options(list, g.Value), nil
}
