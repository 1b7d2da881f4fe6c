package slack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/health"
)

// Door is what Slack is called where it is said how the doors do.
const Door = "slack"

// glance is how much of an answer is looked at for what is wrong, in bytes: what is wrong is said in a short one.
const glance = 512

// refusal finds Slack's error code in an answer.
var refusal = regexp.MustCompile(`"error"\s*:\s*"([a-z_]{1,64})"`)

// failing finds what tells an answer that is an error.
var failing = regexp.MustCompile(`"ok"\s*:\s*false`)

// watched notes how our calls of the API go.
type watched struct {
	next   http.RoundTripper
	api    string // the API's host: a response address, or a file, says nothing of our account
	caller *health.Caller
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// RoundTrip sends a request.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	if r.URL.Host != w.api || errors.Is(err, context.Canceled) {
		return answer, err
	}
	if why, lasts := wrong(answer, err); why != "" {
		w.caller.Bad(r.Context(), why, lasts)
	} else {
		w.caller.Good(r.Context(), nil)
	}
	return answer, err
}

// refusals are those of our app as a whole. Any other is of a method, a feature or a place: to be seen where that is used.
var refusals = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type",
	"two_factor_setup_required", "app_access_restricted", "team_access_not_granted", "accesslimited",
}

// wrong says why a call is none that went well, and how long that is held against Slack; nothing when it is. That Slack does not
// have something, or not for us, is an answer like another.
func wrong(answer *http.Response, err error) (why string, lasts time.Duration) {
	switch {
	case err != nil:
		return "it does not answer", health.Passing
	case answer.StatusCode == http.StatusTooManyRequests:
		return "it asks us to call no more for a while", health.Passing
	case answer.StatusCode != http.StatusOK:
		return fmt.Sprintf("it answers with an error of its own (%d)", answer.StatusCode), health.Passing
	}
	code := codeOf(answer)
	switch kind := kindOfCode(code); {
	case slices.Contains(refusals, code):
		return "it refuses our app (" + code + "): are its token and its scopes still good?", health.ToMend
	case kind == RateLimited:
		return "it asks us to call no more for a while", health.Passing
	case kind == Down:
		return "it answers with an error of its own (" + code + ")", health.Passing
	}
	return "", 0
}

// codeOf is the error that an answer begins with; empty for none. The body stays whole.
func codeOf(answer *http.Response) string {
	body := bufio.NewReaderSize(answer.Body, glance)
	head, _ := body.Peek(glance) // what cannot be read its reader is told
	answer.Body = &glanced{body, answer.Body}
	if found := refusal.FindSubmatch(head); found != nil && failing.Match(head) {
		return string(found[1])
	}
	return ""
}

// glanced is a body whose beginning was looked at.
type glanced struct {
	io.Reader
	io.Closer
}
