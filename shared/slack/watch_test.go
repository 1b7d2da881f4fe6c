package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// TestHowItIsTold that calls go wrong: by what an operator can mend or wait for, and by no answer that Slack gives about a thing.
func TestHowItIsTold(t *testing.T) {
	t.Parallel()
	const api = "https://slack.test/api/chat.postMessage"
	for name, c := range map[string]struct {
		at     string
		status int
		body   string
		err    error
		why    string
		lasts  bool // until somebody mends it
		silent bool // nothing is told
	}{
		"good":                 {at: api, status: 200, body: `{"ok":true,"text":"\"error\":\"invalid_auth\""}`},
		"a long one":           {at: api, status: 200, body: `{"ok":true,"x":"` + strings.Repeat("x", 5000) + `"}`},
		"no such channel":      {at: api, status: 200, body: `{"ok":false,"error":"channel_not_found"}`},
		"no account":           {at: api, status: 200, body: `{ "error": "invalid_auth", "ok": false }`, why: "it refuses our app (invalid_auth)", lasts: true},
		"no scope":             {at: api, status: 200, body: `{"ok":false,"error":"missing_scope"}`, why: "it refuses our app (missing_scope)", lasts: true},
		"no home tab":          {at: api, status: 200, body: `{"ok":false,"error":"not_enabled"}`},
		"no messages tab":      {at: api, status: 200, body: `{"ok":false,"error":"messages_tab_disabled"}`},
		"no such domain":       {at: api, status: 200, body: `{"ok":false,"error":"cannot_find_service"}`},
		"an old method":        {at: api, status: 200, body: `{"ok":false,"error":"method_deprecated"}`},
		"a fault of theirs":    {at: api, status: 200, body: `{"ok":false,"error":"internal_error"}`, why: "an error of its own (internal_error)"},
		"their proxy":          {at: api, status: 503, body: "<html>", why: "an error of its own (503)"},
		"too much":             {at: api, status: 429, why: "call no more for a while"},
		"nobody":               {at: api, err: errors.New("connection refused"), why: "it does not answer"},
		"given up by us":       {at: api, err: context.Canceled, silent: true},
		"a response's address": {at: "https://hooks.test/actions/secret", status: 404, body: "used_url", silent: true},
	} {
		_, rdb := jobtest.New(t)
		w := watched{limited{answering(func(*http.Request) (*http.Response, error) {
			if c.err != nil {
				return nil, c.err
			}
			rec := httptest.NewRecorder()
			rec.WriteHeader(c.status)
			_, _ = rec.WriteString(c.body)
			return rec.Result(), nil
		})}, "slack.test", &health.Caller{Redis: rdb, Door: Door}}
		answer, err := w.RoundTrip(httptest.NewRequestWithContext(t.Context(), http.MethodPost, c.at, http.NoBody))
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if text, _ := io.ReadAll(answer.Body); string(text) != c.body {
				t.Errorf("%s: its reader reads %q", name, text)
			}
			_ = answer.Body.Close()
		}
		calls, err := health.ReadCalls(t.Context(), rdb, Door)
		if err != nil || calls.Well(calls.Bad) != (c.why == "") || calls.Well(calls.Bad.Add(11*time.Minute)) == c.lasts || !strings.Contains(calls.Why, c.why) || calls.Good.IsZero() != (c.silent || c.why != "") {
			t.Errorf("%s: %+v %v", name, calls, err)
		}
	}
}
