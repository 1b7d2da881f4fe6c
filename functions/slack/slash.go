package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// slashCommand is what is kept of a slash command. Slack's token of old, which it still sends, is not.
//
// Source: https://docs.slack.dev/interactivity/implementing-slash-commands
type slashCommand struct {
	Channel string `json:"channel"`
	User    string `json:"user"`
	Text    string `json:"text"` // as Slack writes it, see mrkdwn.Undo
	Hook    string `json:"hook"` // the response_url: five posts within thirty minutes
}

// readSlash reads the form of a slash command.
func readSlash(form url.Values) (*arrival, error) {
	s := slashCommand{
		Channel: form.Get("channel_id"), User: form.Get("user_id"), Text: form.Get("text"), Hook: form.Get("response_url"),
	}
	if !slack.IsID(s.Channel, slack.Channels) || !slack.IsID(s.User, slack.Users) {
		return nil, fmt.Errorf("%w: a slash command without a channel or a person", errMalformed)
	}
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return &arrival{kind: kindSlash, id: identify(form.Get("trigger_id"), []byte(form.Encode())), body: body}, nil
}

// slash does what a slash command asks for. Only who asked sees the answer; a job is shown to the channel.
func (d *door) slash(ctx context.Context, c *inbox.Claim) error {
	var s slashCommand
	if err := json.Unmarshal(c.Body, &s); err != nil {
		return fmt.Errorf("%w: slash command: %w", errMalformed, err)
	}
	who, err := d.people.of(ctx, s.User)
	if err != nil {
		return err
	}
	place := slack.Place{Channel: s.Channel}
	text, err := d.channels.named(ctx, said(s.Text))
	if err != nil {
		return err
	}
	return d.ask(ctx, c, &asking{
		by: who, at: place, id: c.ID, Text: orHelp(text),
		to: reply{hook: s.Hook, place: place, user: s.User, quiet: true},
	})
}

// asking is what somebody asks for in Slack, and where the answer belongs. Exactly one of Text and Command is set.
type asking struct {
	by      person
	at      slack.Place // where it was asked, and where a job of it is shown
	id      string      // the same for the same request, however often it comes
	Text    string
	Command string
	Args    map[string]any

	Job       string // the job that the thread is about
	Overheard bool   // perhaps not meant for the bot
	Check     bool   // only ask whether it could be done

	to reply
}

// envelope is what the function command is handed.
func (a *asking) envelope() command.Envelope {
	address := a.at.Address()
	return command.Envelope{
		ID: "slack " + a.id, Principal: a.by.Principal, Name: a.by.Name, Groups: a.by.Groups,
		Origin: job.Origin{Door: "slack", Address: address}, Watch: []string{address},
		Text: a.Text, Command: a.Command, Args: a.Args, Job: a.Job, Overheard: a.Overheard, Check: a.Check,
	}
}

// longestEcho is how much of what somebody asked for is said back to them, in cells.
const longestEcho = 300

// String is what was asked, on one line, for the person who did.
func (a *asking) String() string {
	if a.Command == "" {
		return chat.Brief(a.Text, longestEcho)
	}
	about := command.Values(a.Args).String("id")
	if a.Command == "batch" {
		about = command.Values(a.Args).String("name")
	}
	return strings.TrimSpace(a.Command + " " + chat.Brief(about, longestEcho))
}

// marked reports what was overheard and is a command's by the mark it begins with, perhaps.
func (a *asking) marked() bool { return a.Overheard && command.PrefixedAmongPeople(a.Text) }

// chatter reports what was overheard and is no word for the job of its thread: most likely, people talk to one another.
func (a *asking) chatter() bool {
	_, word := command.Alone(a.Job, a.Text)
	return a.Overheard && !word
}
