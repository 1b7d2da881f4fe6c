package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
)

// event is what the Events API sends, as far as we read it. slack-go's own type decodes every block of every message;
// what a message looks like must not decide whether its words are heard.
//
// Source: https://docs.slack.dev/apis/events-api/#event-object
type event struct {
	Type      string  `json:"type"` // "event_callback", "url_verification", "app_rate_limited"
	Challenge string  `json:"challenge"`
	ID        string  `json:"event_id"`
	App       string  `json:"api_app_id"` // ours
	Team      string  `json:"team_id"`    // in whose name it is sent, not whose the author is
	Event     message `json:"event"`

	Time json.RawMessage `json:"event_time"` // seconds
}

// message is an event about a message. Other events have a type and fields of their own.
type message struct {
	Type        string            `json:"type"`
	Subtype     string            `json:"subtype"`
	Channel     slackID           `json:"channel"`
	ChannelType string            `json:"channel_type"` // "im" for direct messages; app_mention has none
	User        slackID           `json:"user"`
	BotID       string            `json:"bot_id"`
	App         string            `json:"app_id"` // of the app that wrote it; people have none
	Text        string            `json:"text"`   // as Slack writes it, see mrkdwn.Undo
	TS          string            `json:"ts"`
	Thread      string            `json:"thread_ts"` // the root's ts
	Edited      *struct{}         `json:"edited"`
	Files       []json.RawMessage `json:"files"`
	Now         *message          `json:"message"`          // of an edit: what it says now
	Before      *message          `json:"previous_message"` // of an edit or deletion: what it said
}

// slackID is an id. Some events, such as user_change, have the whole person or channel in its place.
type slackID string

// UnmarshalJSON reads a text, or an object's id.
func (id *slackID) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '{' {
		var whole struct {
			ID string `json:"id"`
		}
		err := json.Unmarshal(text, &whole)
		*id = slackID(whole.ID)
		return err // of the JSON package, to the JSON package
	}
	var plain string
	err := json.Unmarshal(text, &plain)
	*id = slackID(plain)
	return err
}

func decodeEvent(body []byte) (*event, error) {
	e := new(event)
	if err := json.Unmarshal(body, e); err != nil {
		return nil, fmt.Errorf("%w: event: %w", errMalformed, err)
	}
	return e, nil
}

// Subtypes of messages that matter here. Of the others, people say nothing with them.
const (
	subtypeFile      = "file_share"
	subtypeBroadcast = "thread_broadcast" // a reply that is shown in the channel too
	subtypeChanged   = "message_changed"
	subtypeDeleted   = "message_deleted"
)

// spoken reports whether somebody says something with it, for the first time.
func (m *message) spoken() bool {
	if m.Type != "message" && m.Type != "app_mention" || m.Edited != nil {
		return false
	}
	return m.Subtype == "" || m.Subtype == subtypeFile || m.Subtype == subtypeBroadcast
}

// revised reports an edit or a deletion of what somebody said.
func (m *message) revised() bool {
	return m.Type == "message" && (m.Subtype == subtypeChanged && m.Now != nil || m.Subtype == subtypeDeleted) && m.Before != nil
}

// direct reports whether it is a direct message to the bot.
func (m *message) direct() bool {
	return m.ChannelType == "im" || strings.HasPrefix(string(m.Channel), "D")
}

// reply reports whether it was said in a thread.
func (m *message) reply() bool { return m.Thread != "" && m.Thread != m.TS }

// key names a message, whichever event tells of it.
func (m *message) key() string { return "message " + string(m.Channel) + " " + m.TS }

// idle reports a message that for certain asks for nothing, so that it need not be kept: what is said among people in a
// channel, names nobody and begins with no mark, what joins and leaves, the edits that our own messages and previews of links cause.
func (m *message) idle() bool {
	switch {
	case m.Type != "message":
		return m.Type == "app_mention" && !m.spoken()
	case m.revised():
		same := m.Now != nil && m.Now.Text == m.Before.Text
		return same || m.Before.BotID != "" || m.Now != nil && m.Now.BotID != ""
	case !m.spoken():
		return true
	case len(m.Files) > 0 && m.BotID == "":
		return !m.direct() && (!m.reply() || m.Text == "") && !strings.Contains(m.Text, "<@") && !m.marked()
	case m.BotID != "":
		return !strings.Contains(m.Text, "<@")
	}
	return !m.direct() && !m.reply() && !strings.Contains(m.Text, "<@") && !m.marked()
}

// marked reports whether it begins with one of the marks that make a line a command's.
func (m *message) marked() bool {
	const marks = command.PrefixMarks + "<`" // the first character as Slack writes it: a link to a channel, code
	first := strings.TrimLeft(m.Text, " \t\n\u00a0")
	return first != "" && strings.IndexByte(marks, first[0]) >= 0 && command.PrefixedAmongPeople(said(m.Text))
}

// check refuses what is no message in a place of Slack, and so fits no key and no address.
func (m *message) check() error {
	if !slack.IsID(string(m.Channel), slack.Channels) || !slack.IsTimestamp(m.TS) {
		return fmt.Errorf("%w: a message without a channel or a time", errMalformed)
	}
	if m.Thread != "" && !slack.IsTimestamp(m.Thread) {
		return fmt.Errorf("%w: a message in a thread that is none", errMalformed)
	}
	return nil
}
