package card

import (
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Options of a card.
type Options struct {
	Now          time.Time // by the clock that jobs are kept by
	DashboardURL string    // without a slash at its end; empty for no Open button
	Buttonless   bool      // no buttons at all, for where a click could not be answered
}

// Message is a message to post: Text is shown where blocks are not (notifications, screen readers).
type Message struct {
	Text   string
	Blocks []goslack.Block
}

// Job shows a job, whatever its state.
func Job(j *job.Job, o Options) (blocks []goslack.Block, text string) { return nil, "" }

// Short shows a job in two lines with the buttons that fit, for lists and unfurls: one section and at most one actions
// block.
func Short(j *job.Job, o Options) (blocks []goslack.Block, text string) { return nil, "" }

// Buttons are those that fit a job's state; none that would be refused by it.
func Buttons(j *job.Job, o Options) []goslack.BlockElement { return nil }

// Answer shows an answer: one line as text, more as a code block, over several messages when it is long, with the
// suggestions of a problem as buttons that run them. It is empty for an answer that says nothing.
func Answer(a command.Answer) []Message { return nil }

// Action is what a click does: a command with its arguments, or a line of text. Exactly one of Command and Text is set.
type Action struct {
	Command string         `json:"command,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
	Text    string         `json:"text,omitempty"`
}

// ReadAction reads what a click in a block asks for. Errors wrap [ErrAction].
func ReadAction(actionID, value string) (Action, error) { return Action{}, nil }

// IsCommand reports whether an action_id is that of a button that runs a command. Others, such as a button that only opens
// an address, need no more than an acknowledgement.
func IsCommand(actionID string) bool { return false }

// Button is a button that does something; nil when what it does is too long for a button (2,000 characters).
// number tells the buttons of one message apart.
func Button(number int, label string, a Action) *goslack.ButtonBlockElement { return nil }

// ErrAction says that a value is not an action of ours.
var ErrAction error
