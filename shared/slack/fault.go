package slack

import (
	"errors"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// Kind is what an error of Slack means for whoever met it.
type Kind int

// The kinds of errors. RateLimited and Down pass by themselves; the others do not.
const (
	None        Kind = iota // no error
	RateLimited             // too much, too fast: try again after RetryAfter
	Down                    // Slack cannot be reached or is at fault: try again
	Gone                    // the channel, message, person, view or address is not there (any more), or not for us
	Refused                 // Slack refuses the app: its token, its scopes; an operator must act
	Invalid                 // what we sent is wrong: our defect
)

// String names a kind, for logs and counters.
func (k Kind) String() string {
	return [...]string{"none", "rate limited", "down", "gone", "refused", "invalid"}[k]
}

// Error is a call of Slack that failed. Its text names what was being done and Slack's code, never a token or an address.
type Error struct {
	Kind   Kind
	Doing  string        // "post to C1"; may be empty
	Code   string        // Slack's, "channel_not_found", or ours for what is not Slack's: "timeout", "status 503"
	Detail string        // more of Slack's words: the scope that is needed, which block is wrong; may be empty
	After  time.Duration // how long Slack told us to wait; 0 when it did not say
	Err    error         // the cause where it may matter, such as the end of a context; without addresses
}

// Error says what failed and why.
func (e *Error) Error() string {
	text := e.what() + " (" + e.Code
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	text += ")"
	if e.Doing != "" {
		text = e.Doing + ": " + text
	}
	return text
}

func (e *Error) what() string {
	switch e.Kind {
	case RateLimited:
		if e.After > 0 {
			return "Slack asks us to wait " + chat.Duration(e.After)
		}
		return "Slack asks us to wait"
	case Down:
		return "Slack cannot be reached or is out of order"
	case Gone:
		return "Slack does not have it, or not for us"
	case Refused:
		return "Slack refuses the app"
	case Invalid, None:
	}
	return "Slack does not take what we sent"
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter is how long Slack told us to wait; 0 when it did not say.
func (e *Error) RetryAfter() time.Duration { return e.After }

// Passing reports whether trying again later makes sense.
func (e *Error) Passing() bool { return e.Kind == RateLimited || e.Kind == Down }

// KindOf is the kind of an error, classified or not: None for nil.
func KindOf(err error) Kind {
	if e := classified(err); e != nil {
		return e.Kind
	}
	return None
}

// CodeOf is the code of an error, "message_not_found"; empty for nil.
func CodeOf(err error) string {
	if e := classified(err); e != nil {
		return e.Code
	}
	return ""
}

func classified(err error) *Error {
	e, _ := errors.AsType[*Error](Classify("", err))
	return e
}
