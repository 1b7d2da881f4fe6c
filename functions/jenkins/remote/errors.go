package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/webapi"
)

// Fault is what kind of thing went wrong.
type Fault int

// The faults. Unreachable to Strange may pass by themselves; the others will not.
const (
	Unreachable Fault = iota // no connection, or it broke
	Slow                     // no answer within the time limit
	Down                     // 503: starting, stopping, or a proxy without a Jenkins behind it
	Broken                   // another 5xx
	Strange                  // an answer that is not Jenkins' API: a web page, broken JSON
	Denied                   // 401, 403, or sent to the login page
	NotFound                 // 404: not there, or not to be seen by this account
	Conflict                 // 409: the job is disabled
	Rejected                 // another 4xx
	TooLarge                 // more than we are willing to read
)

// Error is a request that did not bring what was asked for. Its text is a clause for people, without addresses,
// tokens or values of parameters.
type Error struct {
	Doing  string // "reading demo/slow #12"
	Fault  Fault
	Status int    // of the answer; 0 when none came
	Detail string // in Jenkins' or our words; may be empty
	Unsent bool   // the request surely did not reach Jenkins
	Err    error
}

// Passing reports whether the fault may pass by itself, so that trying again makes sense.
func (e *Error) Passing() bool { return e.Fault <= Strange }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Error says what Jenkins did while we were doing what.
func (e *Error) Error() string {
	text := e.what() + " while " + e.Doing
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	return text
}

func (e *Error) what() string {
	switch e.Fault {
	case Unreachable:
		return "Jenkins cannot be reached"
	case Slow:
		return "Jenkins did not answer in time"
	case Down:
		return "Jenkins is starting, stopping or away (503)"
	case Broken:
		return fmt.Sprintf("Jenkins had an internal error (%d)", e.Status)
	case Strange:
		return fmt.Sprintf("Jenkins gave an answer that is not from its API (%d)", e.Status)
	case Denied:
		return fmt.Sprintf("Jenkins refused our account (%d)", e.Status)
	case NotFound:
		return "Jenkins found nothing"
	case Conflict:
		return "Jenkins says that this cannot be done now (409)"
	case Rejected:
		return fmt.Sprintf("Jenkins did not accept the request (%d)", e.Status)
	case TooLarge:
		return "Jenkins' answer was larger than we read"
	}
	return "Jenkins failed"
}

// Is reports whether err is an Error of that fault.
func Is(err error, fault Fault) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Fault == fault
}

// refusal makes an Error of an answer whose status is not the wanted one.
func refusal(doing string, got *reply) *Error {
	return &Error{Doing: doing, Fault: faultOf(got), Status: got.status, Detail: complaint(got)}
}

func faultOf(got *reply) Fault {
	switch {
	case got.status == http.StatusUnauthorized, got.status == http.StatusForbidden, toLogin(got):
		return Denied
	case got.status == http.StatusNotFound, got.status == http.StatusGone:
		return NotFound
	case got.status == http.StatusConflict:
		return Conflict
	case got.status == http.StatusServiceUnavailable, got.status == http.StatusTooManyRequests:
		return Down
	case got.status >= http.StatusInternalServerError:
		return Broken
	case got.status >= http.StatusBadRequest:
		return Rejected
	}
	return Strange
}

// toLogin notices the redirect with which many log-in plug-ins answer an account they do not know.
func toLogin(got *reply) bool {
	if got.status < 300 || got.status > 399 {
		return false
	}
	u, err := url.Parse(got.header.Get("Location"))
	return err == nil && (strings.HasSuffix(u.Path, "/login") || strings.Contains(u.Path, "/securityRealm/"))
}

// complaint is what Jenkins says in its X-Error header; its error pages are too wordy to repeat.
func complaint(got *reply) string { return chat.Brief(got.header.Get(errorHeader), 200) }

func networkError(ctx context.Context, doing string, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return fmt.Errorf("stopped while %s: %w", doing, cause)
	}
	if address, ok := errors.AsType[*url.Error](err); ok {
		err = address.Err // without the address, which people need not see
	}
	if ctx.Err() != nil || webapi.IsTimeout(err) {
		return &Error{Doing: doing, Fault: Slow, Unsent: webapi.IsUnsent(err), Err: err}
	}
	return &Error{Doing: doing, Fault: Unreachable, Unsent: webapi.IsUnsent(err), Detail: cmp.Or(webapi.Reason(err), "the connection broke: "+chat.Brief(err.Error(), 120)), Err: err}
}
