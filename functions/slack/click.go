package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
)

// click is a click on a button or a choice in a menu, as far as we read it.
//
// Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
type click struct {
	Trigger string `json:"trigger_id"`
	Hook    string `json:"response_url"`
	User    struct {
		ID string `json:"id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type      string `json:"type"` // "message", "view"
		Ephemeral bool   `json:"is_ephemeral"`
		TS        string `json:"message_ts"` // of an ephemeral message, which has nothing below message
		Thread    string `json:"thread_ts"`
	} `json:"container"`
	Message struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
	} `json:"message"`
	View struct {
		ID string `json:"id"`
	} `json:"view"`
	Actions []clickAction `json:"actions"`
}

// clickAction is what was clicked.
type clickAction struct {
	ID    string `json:"action_id"`
	Block string `json:"block_id"`
	At    string `json:"action_ts"`
	Value string `json:"value"` // of a button
}

// clickNames are further names of a click on a command's button: the button, the person and the second, and the next
// second. A double click, which Slack may send as two, is one delivery then; who waits for an answer and clicks again does
// so later. It is nil for any other click.
func clickNames(payload []byte) []string {
	k := new(click)
	if json.Unmarshal(payload, k) != nil || len(k.Actions) != 1 || !card.IsCommand(k.Actions[0].ID) || !slack.IsTimestamp(k.Actions[0].At) {
		return nil
	}
	on := k.Actions[0]
	text, err := json.Marshal([]string{
		k.User.ID, k.Channel.ID, k.Message.TS, k.Container.TS, k.View.ID, on.Block, on.ID, on.Value,
	})
	whole, _, _ := strings.Cut(on.At, ".")
	second, failed := strconv.ParseInt(whole, 10, 64)
	if err != nil || failed != nil {
		return nil
	}
	what := "click " + digest(text) + " "
	return []string{what + strconv.FormatInt(second, 10), what + strconv.FormatInt(second+1, 10)}
}

// seen are commands whose success is seen in the message that was clicked.
var seen = []string{"approve", "cancel", "reject", "retry"}

// click does what a button says, in the name of who clicked it.
func (d *door) click(ctx context.Context, c *inbox.Claim) error {
	k := new(click)
	if err := json.Unmarshal(c.Body, k); err != nil {
		return fmt.Errorf("%w: click: %w", errMalformed, err)
	}
	if len(k.Actions) == 0 {
		return fmt.Errorf("%w: a click on nothing", errMalformed)
	}
	prefix, _, _ := strings.Cut(k.Actions[0].ID, ":")
	special, known := d.clicks[prefix]
	if !known && !card.IsCommand(k.Actions[0].ID) {
		return nil // a button that only opens an address
	}
	who, err := d.people.of(ctx, k.User.ID)
	if err != nil {
		return err
	}
	if known {
		return special(ctx, c, who, k)
	}
	return d.run(ctx, c, who, k)
}

// run does the command of a button.
func (d *door) run(ctx context.Context, c *inbox.Claim, by person, k *click) error {
	place, err := k.place()
	if err != nil {
		return err
	}
	what, err := card.ReadAction(k.Actions[0].ID, k.Actions[0].Value)
	if err != nil {
		return fmt.Errorf("%w: button: %w", errMalformed, err)
	}
	err = d.ask(ctx, c, &asking{
		by: by, at: place, id: c.ID, Text: what.Text, Command: what.Command, Args: what.Args,
		to: k.reply(place, what.Command),
	})
	if err == nil && k.Container.Type == "view" {
		if failed := d.showHome(ctx, by); failed != nil { // the act is done, and must not be done again for that
			d.Log.WarnContext(ctx, "the Home tab is not shown anew", "user", by.ID, "error", failed)
		}
	}
	return err
}

// place is where a job that a click makes is shown: where the message is, or to the person who clicked in a view.
func (k *click) place() (slack.Place, error) {
	place := slack.Place{Channel: k.Channel.ID, Thread: cmp.Or(k.Message.Thread, k.Container.Thread)}
	if place.Thread == cmp.Or(k.Message.TS, k.Container.TS) { // a message with replies of its own stands in the channel
		place.Thread = ""
	}
	if place.Channel == "" {
		place = slack.Place{Channel: k.User.ID}
	}
	if !slack.IsID(place.Channel, slack.Channels+slack.Users) || place.Thread != "" && !slack.IsTimestamp(place.Thread) {
		return place, fmt.Errorf("%w: a click nowhere", errMalformed)
	}
	return place, nil
}

// reply is where a click is answered. A log belongs to the thread of its job; everything else only to who clicked.
func (k *click) reply(place slack.Place, command string) reply {
	to := reply{hook: k.Hook, place: place, user: k.User.ID, quiet: true, problems: slices.Contains(seen, command)}
	if command != "log" || place.Person() || k.Container.Ephemeral {
		return to
	}
	if to.place.Thread == "" && slack.IsTimestamp(k.Message.TS) {
		to.place.Thread = k.Message.TS
	}
	to.quiet = false
	return to
}
