package github

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/webapi"
)

// Classify makes an [*Error] of what go-github, ghinstallation or an http client gave. It is nil for nil, and an error that
// is an [*Error] already only gets doing when it has none. doing says what was tried, "comment on acme/app#12". errors.Is
// still finds the end of the caller's context in it.
func Classify(doing string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Doing != "" || doing == "" {
			return e // without what wraps it: net/http wraps addresses around an error
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
	if e := ofAnswer(err); e != nil {
		return e
	}
	words, passing, cause := webapi.Broke("GitHub", err)
	e := &Error{Kind: Invalid, Code: plain(words), Err: cause}
	if passing {
		e.Kind = Down
	}
	return e
}

// ofAnswer reads an answer of GitHub's that go-github or ghinstallation made an error of; nil when it is none. go-github
// knows a limit by the status 403 alone, and GitHub uses 429 too.
func ofAnswer(err error) *Error {
	if limited, ok := errors.AsType[*github.RateLimitError](err); ok {
		e := &Error{Kind: RateLimited, Code: "the limit of requests is used up", Status: http.StatusForbidden}
		if wait, limit := limitOf(limited.Response, limited.Message, time.Now()); limit {
			e.After = wait
		} else if until := time.Until(limited.Rate.Reset.Time); until > 0 {
			e.After = min(until, longestWait)
		}
		return e
	}
	if limited, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		e := &Error{Kind: RateLimited, Code: "too many requests in a short time", Status: http.StatusForbidden}
		e.After, _ = limitOf(limited.Response, limited.Message, time.Now())
		return e
	}
	if _, ok := errors.AsType[*github.AcceptedError](err); ok {
		return &Error{Kind: Down, Code: "202 Accepted", Detail: "GitHub is still at it", Status: http.StatusAccepted}
	}
	if answer, ok := errors.AsType[*github.ErrorResponse](err); ok && answer.Response != nil {
		return ofStatus(answer.Response, answer.Message, said(answer))
	}
	if second, ok := errors.AsType[*github.TwoFactorAuthError](err); ok {
		return &Error{Kind: Refused, Status: http.StatusUnauthorized, Code: "401 Unauthorized", Detail: plain(second.Message)}
	}
	if token, ok := errors.AsType[*ghinstallation.HTTPError](err); ok && token.Response != nil {
		e := ofStatus(token.Response, "", "")
		e.Detail = "no token for the App's installation"
		return e
	}
	return nil
}

// said is all that GitHub said about an error.
func said(answer *github.ErrorResponse) string {
	words := []string{answer.Message}
	for _, e := range answer.Errors {
		switch {
		case e.Message != "":
			words = append(words, e.Message)
		case e.Field != "":
			words = append(words, e.Field+" "+e.Code)
		}
	}
	return plain(strings.Trim(strings.Join(words, "; "), "; "))
}

// closed are GitHub's words for a place that takes nothing any more, whatever the status: nobody can change that from here.
var closed = regexp.MustCompile(`(?i)is locked|commenting is disabled|archived so is read-only|no commit found for sha|access blocked`)

// ofStatus says what an answer means.
func ofStatus(answer *http.Response, message, detail string) *Error {
	status := answer.StatusCode
	e := &Error{Kind: Invalid, Status: status, Code: strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status))), Detail: detail}
	if wait, limited := limitOf(answer, message, time.Now()); limited {
		e.Kind, e.After = RateLimited, wait
		return e
	}
	switch {
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout:
		e.Kind, e.After = Down, retryAfter(answer)
	case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnavailableForLegalReasons:
		e.Kind = Gone
	case closed.MatchString(detail):
		e.Kind = Gone
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		e.Kind = Refused
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		e.Kind, e.Detail = Refused, "sent elsewhere, perhaps to a log-in page"
	}
	return e
}

// secrets are what no error may show: tokens, keys, and addresses, of which some hold one.
var secrets = regexp.MustCompile(`gh[a-z]_[A-Za-z0-9_]+|github_pat_[A-Za-z0-9_]+|eyJ[A-Za-z0-9_.-]{20,}|v1\.[0-9a-f]{40}|https?://[^\s"']*|(?i:bearer|token) [A-Za-z0-9._-]{16,}`)

// plain is text from outside, on a line, cut, without secrets.
func plain(text string) string {
	return chat.Clip(secrets.ReplaceAllString(chat.OneLine(text), "***"), 300)
}
