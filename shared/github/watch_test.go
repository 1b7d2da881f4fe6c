package github

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

// TestHowItIsTold that calls go wrong: by what an operator can mend or wait for, and by no answer that GitHub gives about a thing.
func TestHowItIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		header map[string]string
		body   string
		err    error
		why    string
		lasts  time.Duration // longer than ten minutes; less than 0 until somebody mends it
		left   int64
	}{
		"good":              {status: 200, header: map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4321", "X-RateLimit-Reset": "1900000000"}, left: 4321},
		"a search":          {status: 200, header: map[string]string{"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "3", "X-RateLimit-Resource": "search"}},
		"not there":         {status: 404, body: `{"message":"Not Found"}`},
		"not for us":        {status: 403, body: `{"message":"Resource not accessible by integration"}`},
		"no account":        {status: 401, body: `{"message":"Bad credentials"}`, why: "it refuses our account (401)", lasts: -1},
		"their fault":       {status: 502, body: "<html>", why: "an error of its own (502)"},
		"too much":          {status: 403, header: map[string]string{"Retry-After": "30"}, body: "{}", why: "call no more for 30 s"},
		"too much for long": {status: 429, header: map[string]string{"Retry-After": "3000"}, body: "{}", why: "call no more for 50 m", lasts: 50 * time.Minute},
		"too much at once":  {status: 403, body: `{"message":"You have exceeded a secondary rate limit"}`, why: "call no more for"},
		"nobody":            {err: errors.New("connection refused at https://user:secret@host"), why: "it does not answer"},
		"given up by us":    {err: context.Canceled},
	} {
		_, rdb := jobtest.New(t)
		w := watched{limited{answering(func(r *http.Request) (*http.Response, error) {
			if c.err != nil {
				return nil, c.err
			}
			rec := httptest.NewRecorder()
			for key, value := range c.header {
				rec.Header().Set(key, value)
			}
			rec.WriteHeader(c.status)
			_, _ = rec.WriteString(c.body)
			return rec.Result(), nil
		})}, &health.Caller{Redis: rdb, Door: Door}}
		answer, err := w.RoundTrip(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.github.test/x", http.NoBody))
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
		if err != nil || calls.Well(calls.Bad) != (c.why == "") || !strings.Contains(calls.Why, c.why) || calls.Left != c.left {
			t.Errorf("%s: %+v %v", name, calls, err)
		}
		if over := calls.Bad.Add(max(c.lasts, 10*time.Minute)); calls.Well(over.Add(-time.Second)) != (c.why == "") || calls.Well(over.Add(time.Second)) != (c.lasts >= 0) {
			t.Errorf("%s: it is held against it until %s, noted %s", name, calls.Until, calls.Bad)
		}
		if c.left > 0 && !calls.Reset.Equal(time.Unix(1900000000, 0)) {
			t.Errorf("%s: until %s", name, calls.Reset)
		}
		if known := !calls.Good.IsZero(); known != (c.why == "" && c.err == nil) {
			t.Errorf("%s: answered: %t", name, known)
		}
	}
}
