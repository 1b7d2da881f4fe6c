package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"time"
)

// What a verified request can be, by the word under which it is kept. An event that is none of the first ones has its own
// type behind "event ".
const (
	kindMessage    = "event message"     // somebody wrote, or an edit or deletion of it
	kindMention    = "event app_mention" // the same message, told a second time where the bot is a member
	kindUpload     = "upload"            // a message with files
	kindSlash      = "slash"
	kindClick      = "block_actions"
	kindShortcut   = "shortcut"       // from the menu of shortcuts
	kindOnMessage  = "message_action" // a shortcut of a message's menu
	kindSubmission = "view_submission"
	kindChallenge  = "url_verification" // whose address this is: answered, not kept
	kindOptions    = "block_suggestion" // what a menu is to offer: answered, not kept
	kindNothing    = ""                 // needs nothing but an answer
)

// longestID is the longest id of a delivery, in bytes; with "slack " before it, it fits an envelope.
const longestID = 100

// errMalformed says that a request is signed and yet not of a form that Slack documents.
var errMalformed = errors.New("slack: not a request as Slack sends them")

// arrival is a verified request, as far as the edge must understand it.
type arrival struct {
	kind      string
	id        string   // Slack's own: an event id, a trigger id
	means     []string // further names of what it tells
	body      []byte   // JSON: the event with its surroundings, the slash command, or the payload of an interaction
	challenge string   // of kindChallenge

	happened time.Time // when, of an event; zero when Slack does not say
	try      int       // which try of Slack's it is; 0 for the first
	reason   string    // why Slack tries again
}

// read finds out what a request is.
func read(contentType string, body []byte) (*arrival, error) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("%w: content type: %w", errMalformed, err)
	}
	switch media {
	case "application/json":
		return readEvent(body)
	case "application/x-www-form-urlencoded":
		return readForm(body)
	}
	return nil, fmt.Errorf("%w: its content type is neither JSON nor a form", errMalformed)
}

// readEvent reads what the Events API sends.
func readEvent(body []byte) (*arrival, error) {
	e, err := decodeEvent(body)
	if err != nil {
		return nil, err
	}
	switch e.Type {
	case "url_verification":
		return &arrival{kind: kindChallenge, challenge: e.Challenge}, nil
	case "event_callback":
	case "app_rate_limited":
		return &arrival{kind: "event app_rate_limited", id: digest(body), body: body}, nil
	default:
		return &arrival{}, nil
	}
	if e.Event.idle() || e.App != "" && e.Event.App == e.App {
		return &arrival{}, nil
	}
	a := &arrival{kind: "event " + e.Event.Type, id: identify(e.ID, body), body: body, happened: eventTime(e.Time)}
	if m := &e.Event; m.spoken() {
		if err := m.check(); err != nil {
			return nil, err
		}
		a.means = []string{m.key()}
		if len(m.Files) > 0 {
			a.kind = kindUpload
		}
	}
	return a, nil
}

// readForm reads a slash command or an interaction.
func readForm(body []byte) (*arrival, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	switch {
	case form.Has("payload"):
		return readInteraction([]byte(form.Get("payload")))
	case form.Has("command"):
		return readSlash(form)
	case form.Get("ssl_check") == "1":
		return &arrival{}, nil
	}
	return nil, fmt.Errorf("%w: a form without a command or a payload", errMalformed)
}

// readInteraction reads a click, a shortcut or what is done in a modal.
func readInteraction(payload []byte) (*arrival, error) {
	var p struct {
		Type    string `json:"type"`
		Trigger string `json:"trigger_id"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, fmt.Errorf("%w: payload: %w", errMalformed, err)
	}
	switch p.Type {
	case kindClick, kindShortcut, kindOnMessage, kindSubmission, kindOptions:
		a := &arrival{kind: p.Type, id: identify(p.Trigger, payload), body: payload}
		if p.Type == kindClick {
			a.means = clickNames(payload)
		}
		return a, nil
	}
	return &arrival{}, nil
}

// identify is a delivery's id: Slack's own if it is one, else made of the body.
func identify(id string, body []byte) string {
	if id == "" || len(id) > longestID || !isToken(id) {
		return digest(body)
	}
	return id
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256." + hex.EncodeToString(sum[:])
}

// isToken reports whether text is one of Slack's ids or times: letters, digits, dots, dashes.
func isToken(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return text != "" && len(text) <= longestID
}
