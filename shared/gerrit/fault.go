package gerrit

import (
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// Kind is what an error of Gerrit means for whoever met it.
type Kind int

// The kinds of errors. Down passes by itself; the others do not.
const (
	None    Kind = iota // no error
	Down                // Gerrit cannot be reached, is at fault or asks us to wait: try again
	Gone                // the change, project or branch is not there, or not for this account
	Refused             // Gerrit refuses the account or lacks a permission for it: an operator must act
	Invalid             // what we asked for cannot be done: a label that does not exist, a change that is closed
)

// String names a kind, for logs and counters.
func (k Kind) String() string {
	return [...]string{"none", "down", "gone", "refused", "invalid"}[k]
}

// ErrTooLarge says that an answer is larger than we read; the cause of an [Error].
var ErrTooLarge = errors.New("gerrit: the answer is too large")

// Error is a request of Gerrit that failed. Its text is for people and holds no address, password or header.
type Error struct {
	Kind   Kind
	Server string        // its name here, "review"
	Doing  string        // "read change 4711"
	Status int           // of the answer; 0 when none came
	Detail string        // in Gerrit's or our words, one line; may be empty
	After  time.Duration // how long Gerrit told us to wait; 0 when it did not say
	Unsent bool          // the request surely did not reach Gerrit
	Err    error         // the cause where it may matter, such as the end of a context
}

// Error says what failed and why.
func (e *Error) Error() string {
	text := e.Doing + ": " + e.what()
	switch {
	case e.Status > 0 && e.Detail != "":
		text += fmt.Sprintf(" (%d: %s)", e.Status, e.Detail)
	case e.Status > 0:
		text += fmt.Sprintf(" (%d)", e.Status)
	case e.Detail != "":
		text += " (" + e.Detail + ")"
	}
	return text
}

func (e *Error) what() string {
	switch e.Kind {
	case Down:
		if e.After > 0 {
			return "Gerrit " + e.Server + " asks us to wait " + chat.Duration(e.After)
		}
		return "Gerrit " + e.Server + " cannot be reached or is out of order"
	case Gone:
		return "Gerrit " + e.Server + " has no such thing, or not for us"
	case Refused:
		return "Gerrit " + e.Server + " refuses the bot's account"
	case Invalid, None:
	}
	return "Gerrit " + e.Server + " does not take it"
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter is how long Gerrit told us to wait; 0 when it did not say.
func (e *Error) RetryAfter() time.Duration { return e.After }

// Passing reports whether trying again later makes sense.
func (e *Error) Passing() bool { return e.Kind == Down }

// KindOf is the kind of an error: None for nil and for what is no error of Gerrit's.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return None
}

// SurelyNot reports whether a request that failed has certainly changed nothing: it was never sent, or was turned down.
func SurelyNot(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Unsent || e.Kind != Down && e.Kind != None)
}
