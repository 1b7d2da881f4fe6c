package github

import (
	"errors"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// Kind is what an error of GitHub means for whoever met it.
type Kind int

// The kinds of errors. RateLimited and Down pass by themselves; the others do not.
const (
	OK          Kind = iota // no error
	RateLimited             // too much, too fast: try again after RetryAfter
	Down                    // GitHub cannot be reached or is at fault: try again after RetryAfter
	Gone                    // it is not there (any more), takes nothing any more, or is not for us to see
	Refused                 // GitHub refuses the account: its key, its token, its permissions; an operator must act
	Invalid                 // what we sent is wrong, or does not fit how things stand
)

// String names a kind, for logs and counters.
func (k Kind) String() string {
	return [...]string{"ok", "rate limited", "down", "gone", "refused", "invalid"}[k]
}

// Error is a call of GitHub that failed. Its text names what was being done and GitHub's words, never a token or an address.
type Error struct {
	Kind   Kind
	Doing  string        // "comment on acme/app#12"; may be empty
	Status int           // of HTTP; 0 when there was no answer
	Code   string        // what happened, for people: "404 Not Found", "timeout"
	Detail string        // GitHub's words; may be empty
	After  time.Duration // how long to wait; 0 when nobody said
	Unsent bool          // it surely never left: its turn had not come
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
		return "GitHub is to be called again in " + chat.Duration(e.RetryAfter())
	case Down:
		return "GitHub cannot be reached or is out of order"
	case Gone:
		return "GitHub does not have it, or not for us"
	case Refused:
		return "GitHub refuses our account"
	case Invalid, OK:
	}
	return "GitHub does not take what we sent"
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// usualWait is how long to wait when nobody said. GitHub asks for a minute at least:
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
const (
	usualWait = time.Minute
	downWait  = 5 * time.Second
)

// RetryAfter is how long to wait before it is tried again; 0 for what does not pass by itself.
func (e *Error) RetryAfter() time.Duration {
	switch {
	case e.After > 0:
		return e.After
	case e.Kind == RateLimited:
		return usualWait
	case e.Kind == Down:
		return downWait
	}
	return 0
}

// Passing reports whether trying again later makes sense.
func (e *Error) Passing() bool { return e.Kind == RateLimited || e.Kind == Down }

// KindOf is the kind of an error, classified or not: OK for nil.
func KindOf(err error) Kind {
	if err == nil {
		return OK
	}
	e, _ := errors.AsType[*Error](Classify("", err))
	return e.Kind
}

// RetryAfter is how long to wait before a failed call is tried again, classified or not; 0 for what does not pass by itself.
func RetryAfter(err error) time.Duration {
	if err == nil {
		return 0
	}
	e, _ := errors.AsType[*Error](Classify("", err))
	return e.RetryAfter()
}
