package card

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// commandID begins the action_id of everything that runs a command; a number follows, because the ids of one block differ.
const commandID = "command:"

// ErrAction says that what a click brought is not an action of ours.
var ErrAction = errors.New("card: not an action")

// Action is what a click does: a command with its arguments, or a line of text. Exactly one of Command and Text is set.
type Action struct {
	Command string         `json:"command,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
	Text    string         `json:"text,omitempty"`
}

// Button is a button that does something; nil when what it does is none, or too long for a button (2,000 characters).
// number tells the buttons of one message apart.
func Button(number int, text string, a Action) *goslack.ButtonBlockElement {
	value, err := a.value()
	if err != nil {
		return nil
	}
	return goslack.NewButtonBlockElement(commandID+strconv.Itoa(number), value, label(text, slack.MaxLabel))
}

// value is the action as a button carries it.
func (a Action) value() (string, error) {
	if err := a.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil {
		return "", fmt.Errorf("%w: %w", ErrAction, err)
	}
	value := strings.TrimSuffix(b.String(), "\n")
	if mrkdwn.Length(value) > slack.MaxValue {
		return "", fmt.Errorf("%w: longer than %d characters", ErrAction, slack.MaxValue)
	}
	return value, nil
}

func (a Action) check() error {
	switch {
	case (a.Command == "") == (a.Text == ""):
		return fmt.Errorf("%w: exactly one of command and text must be set", ErrAction)
	case a.Text != "" && len(a.Args) > 0:
		return fmt.Errorf("%w: args belong to command", ErrAction)
	case !utf8.ValidString(a.Command) || !utf8.ValidString(a.Text):
		return fmt.Errorf("%w: bytes that are not UTF-8", ErrAction)
	}
	return nil
}

// IsCommand reports whether an action_id is that of something that runs a command. Others, such as a button that only
// opens an address, need no more than an acknowledgement.
func IsCommand(actionID string) bool {
	number, ok := strings.CutPrefix(actionID, commandID)
	return ok && number != "" && len(number) <= 4 && strings.Trim(number, "0123456789") == ""
}

// ReadAction reads what a click asks for: its action_id and the value of the button or the chosen option. Errors wrap
// [ErrAction].
func ReadAction(actionID, value string) (Action, error) {
	if !IsCommand(actionID) {
		return Action{}, fmt.Errorf("%w: an action_id that is not ours", ErrAction)
	}
	if mrkdwn.Length(value) > slack.MaxValue || !utf8.ValidString(value) {
		return Action{}, fmt.Errorf("%w: too long, or not UTF-8", ErrAction)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(value)))
	decoder.DisallowUnknownFields()
	var a Action
	if err := decoder.Decode(&a); err != nil {
		return Action{}, fmt.Errorf("%w: %w", ErrAction, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Action{}, fmt.Errorf("%w: more than one value", ErrAction)
	}
	return a, a.check()
}
