package endtoend

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// mail is a request as Slack sends it.
type mail struct {
	kind string // of its content
	body []byte
}

// slashMail is a slash command of somebody. A trigger id is Slack's name for one.
func slashMail(user, channel, text string) mail {
	return mail{"application/x-www-form-urlencoded", []byte(url.Values{
		"team_id": {"T0HOME"}, "channel_id": {channel}, "user_id": {user}, "command": {"/handsoff"}, "text": {text},
		"api_app_id": {"A0HANDSOFF"}, "trigger_id": {"1." + rand.Text()},
	}.Encode())}
}

// mentionMail tells that somebody wrote a message that begins with the bot's name.
func (w *workspace) mentionMail(user, channel, text string) mail {
	w.Helper()
	now := time.Now()
	body, err := json.Marshal(map[string]any{
		"type": "event_callback", "team_id": "T0HOME", "api_app_id": "A0HANDSOFF", "event_id": "Ev" + rand.Text()[:10],
		"event_time": now.Unix(),
		"event": map[string]any{
			"type": "app_mention", "user": user, "channel": channel, "text": "<@U0HANDSOFF> " + text, "team": "T0HOME",
			"ts": fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000),
		},
	})
	w.must(err)
	return mail{"application/json", body}
}

// signingSecret is what Slack signs with.
func (w *workspace) signingSecret() string {
	w.Helper()
	secret, err := w.home.ReadSecret(home.SecretSlackSigns)
	w.must(err)
	first, _, _ := strings.Cut(secret, "\n")
	return first
}

// send posts a request once, signed with a secret. The status is 0 when nobody answers. retry is how often it was sent before.
func (w *workspace) send(m mail, secret string, retry int) (status int, answer string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.ports.GatewayURL()+"/function/slack", bytes.NewReader(m.body))
	w.must(err)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, m.body)
	request.Header.Set("Content-Type", m.kind)
	request.Header.Set("X-Slack-Request-Timestamp", stamp)
	request.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	if retry > 0 {
		request.Header.Set("X-Slack-Retry-Num", strconv.Itoa(retry))
		request.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	code, text := fetch(request)
	return code, string(text)
}

// insist sends a request until it is taken, as Slack does with events.
func (w *workspace) insist(m mail) {
	w.Helper()
	secret, tries := w.signingSecret(), 0
	w.eventually("a request is taken", func() bool {
		status, text := w.send(m, secret, tries)
		tries++
		if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
			w.Fatalf("%d %s", status, text)
		}
		return status == http.StatusOK
	})
}
