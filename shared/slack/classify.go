package slack

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/webapi"
)

// Classify makes an [*Error] of what slack-go or an http client gave. It is nil for nil, and an error that is an [*Error]
// already only gets doing when it has none. doing says what was tried, "post to C1". errors.Is still finds the end of the
// caller's context in it.
func Classify(doing string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Doing != "" || doing == "" {
			return err
		}
		named := *e
		named.Doing = doing
		return &named
	}
	e := diagnose(err)
	e.Doing = doing
	return e
}

func diagnose(err error) *Error {
	if limited, ok := errors.AsType[*goslack.RateLimitedError](err); ok {
		return &Error{Kind: RateLimited, Code: "ratelimited", After: max(0, limited.RetryAfter)}
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // slack-go reads one number: a Retry-After, which was none
		return &Error{Kind: RateLimited, Code: "ratelimited"}
	}
	if answer, ok := errors.AsType[goslack.SlackErrorResponse](err); ok {
		return &Error{Kind: kindOfCode(answer.Err), Code: plain(answer.Err), Detail: detail(answer)}
	}
	if status, ok := errors.AsType[goslack.StatusCodeError](err); ok {
		return ofStatus(status.Code)
	}
	words, passing, cause := webapi.Broke("Slack", err)
	e := &Error{Kind: Invalid, Code: plain(words), Err: cause}
	if passing {
		e.Kind = Down
	}
	return e
}

// ofStatus says what an HTTP status means that came without Slack's words.
func ofStatus(status int) *Error {
	e := &Error{Kind: Invalid, Code: fmt.Sprintf("status %d", status)}
	switch {
	case status == http.StatusTooManyRequests:
		e.Kind = RateLimited
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout:
		e.Kind = Down
	case status == http.StatusNotFound, status == http.StatusGone:
		e.Kind = Gone
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		e.Kind = Refused
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		e.Kind, e.Detail = Refused, "sent elsewhere, perhaps to a log-in page"
	}
	return e
}

// detail is what else Slack said: which scope is needed, which field is wrong.
func detail(answer goslack.SlackErrorResponse) string {
	var parts []string
	if answer.Needed != "" {
		parts = append(parts, "needs "+answer.Needed)
	}
	parts = append(parts, answer.ResponseMetadata.Messages...)
	for _, e := range answer.Errors {
		if e.Message != nil {
			parts = append(parts, *e.Message)
		}
	}
	return plain(strings.Join(parts, "; "))
}

// secrets are what no error may show: tokens, and addresses, of which some are as good as a token.
var secrets = regexp.MustCompile(`xox[a-z]?[-.][^\s"']*|https?://[^\s"']*`)

// plain is text from outside, on a line, cut, without secrets.
func plain(text string) string {
	return chat.Clip(secrets.ReplaceAllString(chat.OneLine(text), "***"), 300)
}
