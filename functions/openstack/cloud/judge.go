package cloud

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/shared/chat"
)

// Headers with which an answer says where it came from. They never leave this process.
const (
	cloudHeader   = "X-Handsoff-Cloud"
	serviceHeader = "X-Handsoff-Service"
)

// Judge makes a fault of whatever gophercloud returned; nil for nil.
func Judge(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := found(err); ok {
		return f
	}
	if failed, ok := errors.AsType[*gophercloud.ErrUnableToReauthenticate](err); ok {
		return Judge(failed.ErrReauth)
	}
	if answer, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err); ok {
		return refusal(answer)
	}
	if _, ok := errors.AsType[gophercloud.ErrResourceNotFound](err); ok {
		return &Fault{Kind: NotFound, Message: err.Error(), Err: err}
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &Fault{Kind: Odd, Message: "it is cut short or garbled", Err: err}
	}
	if _, ok := errors.AsType[gophercloud.ErrMissingInput](err); ok {
		return &Fault{Kind: Invalid, Message: err.Error(), Err: err}
	}
	return &Fault{Kind: Odd, Err: err}
}

// refusal makes a fault of an answer whose status is not the wanted one.
func refusal(answer gophercloud.ErrUnexpectedResponseCode) *Fault {
	f := &Fault{
		Cloud: answer.ResponseHeader.Get(cloudHeader), Service: Service(answer.ResponseHeader.Get(serviceHeader)), Status: answer.Actual,
		Message: complaint(answer.Body), After: retryAfter(answer.ResponseHeader, time.Now()),
	}
	f.Kind = kindOf(answer.Actual, f)
	if f.Kind == Broken { // its text is for whoever runs the cloud: a trace, a request's number
		f.Message = ""
	}
	// The answer itself may be large, and its text holds the address.
	f.Err = &StatusError{Status: answer.Actual, Request: answer.ResponseHeader.Get("X-Openstack-Request-Id")}
	return f
}

// StatusError is the status of a refusal, and the number under which the cloud's log has it.
type StatusError struct {
	Status  int
	Request string // req-…; may be empty
}

// Error implements error.
func (e *StatusError) Error() string {
	text := "status " + strconv.Itoa(e.Status)
	if e.Request != "" {
		text += ", " + chat.Brief(e.Request, 64)
	}
	return text
}

func kindOf(status int, f *Fault) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return Denied
	case overQuota(status, f):
		return Quota
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusConflict:
		return Conflict
	case status == http.StatusTooManyRequests, status == http.StatusRequestEntityTooLarge, status == http.StatusServiceUnavailable && f.After > 0:
		return Busy
	case status >= http.StatusInternalServerError:
		return Broken
	case status >= http.StatusBadRequest:
		return Invalid
	}
	return Odd
}

// overQuota tells a full quota by its words: Nova refuses with 403, Neutron with 409, Cinder with 413, Heat with 400 or 403.
func overQuota(status int, f *Fault) bool {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusRequestEntityTooLarge:
	default:
		return false
	}
	words := strings.ToLower(f.Message)
	if strings.Contains(words, "policy doesn't allow") || strings.Contains(words, "disallowed by policy") { // looking at a quota, for example
		return false
	}
	for _, sign := range []string{"quota", "limitexceeded", "limit exceeded", "maximum number of", "maximum stacks"} {
		if strings.Contains(words, sign) {
			return true
		}
	}
	return false
}

// retryAfter is for how long an answer asks to be left alone: seconds or a date. 0 when it does not say.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(seconds)*time.Second), time.Hour)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), time.Hour)
}
