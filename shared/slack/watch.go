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
	if why := wrong(answer, err); why != "" {
		w.caller.Bad(r.Context(), why)
	} else {
		w.caller.Good(r.Context(), nil)
	}
	return answer, err
}

// wrong says why a call is none that went well; empty when it is. That Slack does not have something is an answer like another.
func wrong(answer *http.Response, err error) string {
	switch {
	case err != nil:
		return "it does not answer"
	case answer.StatusCode == http.StatusTooManyRequests:
		return "it asks us to call no more for a while"
	case answer.StatusCode != http.StatusOK:
		return fmt.Sprintf("it answers with an error of its own (%d)", answer.StatusCode)
	}
	switch code := codeOf(answer); kindOfCode(code) {
	case Refused:
		return "it refuses our app (" + code + "): are its token and its scopes still good?"
	case RateLimited:
		return "it asks us to call no more for a while"
	case Down:
		return "it answers with an error of its own (" + code + ")"
	case None, Gone, Invalid:
	}
	return ""
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

// CloseIdleConnections is for http.Client, which asks its transport.
func (w watched) CloseIdleConnections() {
	if closer, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
