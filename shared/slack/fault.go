package slack

import "time"

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

// Error is a call of Slack that failed. Its text names what was being done and Slack's code, never a token or an address.
type Error struct {
	Kind   Kind
	Doing  string        // "post to C1"; may be empty
	Code   string        // Slack's, "channel_not_found", or ours for what is not Slack's: "timeout", "status 503"
	Detail string        // more of Slack's words: the scope that is needed, which block is wrong; may be empty
	After  time.Duration // how long Slack told us to wait; 0 when it did not say
	Err    error         // the cause, without addresses
}

// Error says what failed and why.
func (e *Error) Error() string { return e.Code }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// RetryAfter is how long Slack told us to wait; 0 when it did not say.
func (e *Error) RetryAfter() time.Duration { return e.After }

// Passing reports whether trying again later makes sense.
func (e *Error) Passing() bool { return e.Kind == RateLimited || e.Kind == Down }

// Classify makes an [*Error] of what slack-go or an http client gave: nil for nil, and an error that is one already only
// gets doing when it has none. doing says what was tried, "post to C1". The end of the caller's context stays what it is.
func Classify(doing string, err error) error { return err }

// KindOf is the kind of an error: None for nil.
func KindOf(err error) Kind { return None }

// CodeOf is Slack's code of an error, "message_not_found"; empty when it has none.
func CodeOf(err error) string { return "" }
