package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"
)

// Respond posts to a response_url. Slack accepts five posts within 30 minutes of what the person did
// (https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses); later it is [Gone]. Errors are
// classified and do not show the address.
func (a *App) Respond(ctx context.Context, responseURL string, message *goslack.WebhookMessage) error {
	const doing = "answer by response_url"
	if !a.ofSlack(responseURL) {
		return &Error{Kind: Invalid, Doing: doing, Code: "not an address of Slack"}
	}
	body, err := json.Marshal(message)
	if err != nil {
		return Classify(doing, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(body))
	if err != nil {
		return &Error{Kind: Invalid, Doing: doing, Code: "not an address"}
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer, err := a.HTTP.Do(request)
	if err != nil {
		return Classify(doing, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil {
		return Classify(doing, err)
	}
	if e := ofResponse(answer, text); e != nil {
		e.Doing = doing
		return e
	}
	return nil
}

// ofSlack reports whether an address is Slack's: https there, or where the configured Web API is, such as a sandbox.
func (a *App) ofSlack(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	api, err := url.Parse(a.section.URL)
	if err == nil && u.Scheme == api.Scheme && u.Host == api.Host && u.Host != "" {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && (strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-gov.com"))
}

// bareCode is an answer that is only a code, "used_url".
var bareCode = regexp.MustCompile(`^[a-z_]{3,60}$`)

// ofResponse says what is wrong according to an answer: Slack writes "ok", {"ok":true}, a bare code or {"ok":false,"error":…}.
func ofResponse(answer *http.Response, text []byte) *Error {
	var said goslack.SlackResponse
	code := strings.TrimSpace(string(text))
	if json.Unmarshal(text, &said) == nil && said.Error != "" {
		code = said.Error
	}
	named := bareCode.MatchString(code) && code != "ok" && !said.Ok
	switch {
	case answer.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return &Error{Kind: RateLimited, Code: "ratelimited", After: time.Duration(max(0, seconds)) * time.Second}
	case answer.StatusCode >= http.StatusInternalServerError:
		return ofStatus(answer.StatusCode)
	case named:
		return &Error{Kind: kindOfCode(code), Code: code}
	case answer.StatusCode != http.StatusOK:
		return ofStatus(answer.StatusCode)
	case code != "" && code != "ok" && !said.Ok:
		return &Error{Kind: Down, Code: "not an answer of Slack"} // but of a proxy: nobody has seen the message
	}
	return nil
}
