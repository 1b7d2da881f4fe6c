package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack"
)

func says(code string) error { return goslack.SlackErrorResponse{Err: code} }

func post(err error) error {
	return &url.Error{Op: "Post", URL: "https://hooks.slack.com/commands/T1/2/secret", Err: err}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		kind slack.Kind
		text string
	}{
		{&goslack.RateLimitedError{RetryAfter: 30 * time.Second}, slack.RateLimited, "Slack asks us to wait 30 s (ratelimited)"},
		{says("ratelimited"), slack.RateLimited, "Slack asks us to wait (ratelimited)"},
		{goslack.StatusCodeError{Code: 429}, slack.RateLimited, "Slack asks us to wait (status 429)"},
		{goslack.StatusCodeError{Code: 503}, slack.Down, "Slack cannot be reached or is out of order (status 503)"},
		{goslack.StatusCodeError{Code: 404}, slack.Gone, "Slack does not have it, or not for us (status 404)"},
		{goslack.StatusCodeError{Code: 302}, slack.Refused, "Slack refuses the app (status 302: sent elsewhere, perhaps to a log-in page)"},
		{goslack.StatusCodeError{Code: 403}, slack.Refused, "Slack refuses the app (status 403)"},
		{goslack.StatusCodeError{Code: 400}, slack.Invalid, "Slack does not take what we sent (status 400)"},
		{says("internal_error"), slack.Down, "Slack cannot be reached or is out of order (internal_error)"},
		{says("fatal_error"), slack.Down, "Slack cannot be reached or is out of order (fatal_error)"},
		{says("channel_not_found"), slack.Gone, "Slack does not have it, or not for us (channel_not_found)"},
		{says("is_archived"), slack.Gone, "Slack does not have it, or not for us (is_archived)"},
		{says("some_new_thing_not_found"), slack.Gone, "Slack does not have it, or not for us (some_new_thing_not_found)"},
		{says("restricted_action_thread_locked"), slack.Gone, "Slack does not have it, or not for us (restricted_action_thread_locked)"},
		{
			goslack.SlackErrorResponse{Err: "missing_scope", Needed: "channels:read", Provided: "chat:write"},
			slack.Refused, "Slack refuses the app (missing_scope: needs channels:read)",
		},
		{says("invalid_auth"), slack.Refused, "Slack refuses the app (invalid_auth)"},
		{
			goslack.SlackErrorResponse{Err: "invalid_blocks", ResponseMetadata: goslack.ResponseMetadata{Messages: []string{"[ERROR] too long"}}},
			slack.Invalid, "Slack does not take what we sent (invalid_blocks: [ERROR] too long)",
		},
		{says("msg_blocks_too_long"), slack.Invalid, "Slack does not take what we sent (msg_blocks_too_long)"},
		{says("a_code_of_next_year"), slack.Invalid, "Slack does not take what we sent (a_code_of_next_year)"},
		{post(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), slack.Down, "Slack cannot be reached or is out of order (connection refused)"},
		{post(&net.DNSError{Name: "slack.com", IsNotFound: true}), slack.Down, "Slack cannot be reached or is out of order (its name is not known)"},
		{
			post(errors.New("x509: certificate signed by unknown authority")), slack.Down,
			"Slack cannot be reached or is out of order (x509: certificate signed by unknown authority)",
		},
		{errors.New("http2: client connection lost"), slack.Down, "Slack cannot be reached or is out of order (http2: client connection lost)"},
		{post(io.EOF), slack.Down, "Slack cannot be reached or is out of order (not an answer of Slack's API)"},
		{post(context.DeadlineExceeded), slack.Down, "Slack cannot be reached or is out of order (timeout)"},
		{json.Unmarshal([]byte("<html>"), new(int)), slack.Down, "Slack cannot be reached or is out of order (not an answer of Slack's API)"},
		{json.Unmarshal([]byte(`"x"`), new(int)), slack.Down, "Slack cannot be reached or is out of order (not an answer of Slack's API)"},
		{errors.New("failed: xoxb-1-2-secret at https://hooks.slack.com/x"), slack.Invalid, "Slack does not take what we sent (failed: *** at ***)"},
	} {
		wrapped := fmt.Errorf("failed to post webhook: %w", test.err)
		for i, err := range []error{test.err, wrapped} {
			got := slack.Classify("post to C1", err)
			if slack.KindOf(err) != test.kind || slack.KindOf(got) != test.kind {
				t.Errorf("%v: have kinds %s and %s, want %s", err, slack.KindOf(err), slack.KindOf(got), test.kind)
			}
			if i == 1 && (strings.Contains(test.text, "***") || strings.Contains(test.text, "http2")) {
				continue // its words are part of the text then
			}
			if got.Error() != "post to C1: "+test.text {
				t.Errorf("have %q, want %q", got, test.text)
			}
		}
	}
}

func TestClassified(t *testing.T) {
	t.Parallel()
	if slack.Classify("x", nil) != nil || slack.KindOf(nil) != slack.None || slack.CodeOf(nil) != "" {
		t.Error("no error became one")
	}
	first := slack.Classify("", &goslack.RateLimitedError{RetryAfter: time.Minute})
	second := slack.Classify("open a view", first)
	third := slack.Classify("something else", second)
	if second.Error() != "open a view: "+first.Error() || third.Error() != second.Error() {
		t.Errorf("have %q, %q, %q", first, second, third)
	}
	e, ok := errors.AsType[*slack.Error](third)
	if !ok || e.RetryAfter() != time.Minute || !e.Passing() || slack.CodeOf(third) != "ratelimited" {
		t.Errorf("have %+v", e)
	}
	ended := slack.Classify("post", post(context.Canceled))
	if !errors.Is(ended, context.Canceled) || slack.KindOf(ended) != slack.Down {
		t.Errorf("have %v", ended)
	}
	if !errors.Is(slack.Classify("post", post(context.DeadlineExceeded)), context.DeadlineExceeded) {
		t.Error("the end of a deadline is not found")
	}
	if slack.KindOf(goslack.StatusCodeError{Code: http.StatusTeapot}).String() != "invalid" {
		t.Error("a kind has no name")
	}
}
