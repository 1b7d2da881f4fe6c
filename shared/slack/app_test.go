package slack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

const token = "xoxb-1-2-verysecret"

// fake is a Slack that answers everything alike.
type fake struct {
	*httptest.Server

	answer atomic.Pointer[http.HandlerFunc]
	calls  atomic.Int64
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.calls.Add(1)
		(*f.answer.Load())(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) says(status int, body string, header ...string) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
	f.answer.Store(&answer)
}

func (f *fake) app(t *testing.T, secret string, o slack.Options) *slack.App {
	t.Helper()
	a, err := slack.New(&slack.Section{URL: f.URL + "/api/", Teams: []string{"T2"}}, secret, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

const weAre = `{"ok":true,"url":"https://x.slack.com/","team_id":"T1","user_id":"U0BOT","bot_id":"B0BOT"}`

func TestNewRefusesWhatIsNoToken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n", "xoxb-secret\nxoxb-other", "xoxb-sécret"} {
		if _, err := slack.New(&slack.Section{}, text, slack.Options{}); err == nil || strings.Contains(err.Error(), "xoxb-s") {
			t.Errorf("%q: have %v", text, err)
		}
	}
	if _, err := slack.New(&slack.Section{}, token+"\n", slack.Options{}); err != nil {
		t.Errorf("a token with its line end: %v", err)
	}
}

func TestSelfIsAskedOnceADay(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		f, clock := newFake(t), jobtest.NewClock()
		options := slack.Options{Redis: rdb, Now: clock.Now}
		known := func(a *slack.App, calls int64) {
			t.Helper()
			self, err := a.Self(t.Context())
			if err != nil || self.UserID != "U0BOT" || self.BotID != "B0BOT" || self.TeamID != "T1" {
				t.Fatalf("have %+v, %v", self, err)
			}
			if got := f.calls.Load(); got != calls {
				t.Fatalf("Slack was asked %d times, want %d", got, calls)
			}
		}
		f.says(503, "down")
		if _, err := f.app(t, token, options).Self(t.Context()); slack.KindOf(err) != slack.Down {
			t.Fatalf("nothing is known and Slack is down: %v", err)
		}
		f.says(200, weAre)
		a := f.app(t, token, options)
		known(a, 2)
		known(a, 2)
		known(f.app(t, token, options), 2)       // another process
		known(f.app(t, token+"new", options), 3) // another token may be another app's
		known(f.app(t, token, options), 4)       // and back
		f.says(503, "down")
		clock.Add(25 * time.Hour)
		known(a, 5)
		known(a, 5) // not at every call
		clock.Add(2 * time.Minute)
		known(a, 6)
		f.says(200, `{"ok":false,"error":"invalid_auth"}`)
		clock.Add(2 * time.Minute)
		if _, err := a.Self(t.Context()); slack.KindOf(err) != slack.Refused {
			t.Errorf("a token that was revoked: %v", err)
		}
		if _, err := f.app(t, token+"x", options).Self(t.Context()); slack.KindOf(err) != slack.Refused {
			t.Errorf("another token is taken for the same app: %v", err)
		}
		if text := rdb.Get(t.Context(), "handsoff:slack:self").Val(); strings.Contains(text, "secret") || text == "" {
			t.Errorf("Redis has %s", text)
		}
	})
}

func TestHome(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	a, self := f.app(t, token, slack.Options{}), slack.Self{TeamID: "T1"}
	for team, want := range map[string]bool{"T1": true, "T2": true, "T3": false, "": false} {
		if a.Home(self, team) != want {
			t.Errorf("%q: want %v", team, want)
		}
	}
	if a.Home(slack.Self{}, "") {
		t.Error("nobody's team is ours")
	}
}

func TestTheClientNeitherRetriesNorReadsWithoutEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	a := f.app(t, token, slack.Options{})
	f.says(429, "", "Retry-After", "7")
	err := slack.Classify("x", test(t.Context(), a))
	if e, ok := err.(*slack.Error); !ok || e.Kind != slack.RateLimited || e.RetryAfter() != 7*time.Second || f.calls.Load() != 1 { //nolint:errorlint // it is one
		t.Errorf("have %v after %d calls", err, f.calls.Load())
	}
	f.says(429, "", "Retry-After", "Sun, 22 Nov 2026 03:00:00 GMT")
	if err := test(t.Context(), a); slack.KindOf(err) != slack.RateLimited {
		t.Errorf("a date: %v", err)
	}
	f.says(200, `{"ok":true,"url":"`+strings.Repeat("x", 9<<20)+`"}`)
	if err := test(t.Context(), a); slack.KindOf(err) != slack.Invalid || !strings.Contains(slack.CodeOf(err), "larger") {
		t.Errorf("have %v", slack.CodeOf(err))
	}
	f.says(302, "", "Location", f.URL+"/elsewhere")
	before := f.calls.Load()
	if err := test(t.Context(), a); slack.KindOf(err) != slack.Refused || f.calls.Load() != before+1 {
		t.Errorf("a redirect: %v after %d calls", err, f.calls.Load()-before)
	}
	f.Close()
	if err := test(t.Context(), a); slack.KindOf(err) != slack.Down || strings.Contains(slack.Classify("x", err).Error(), "secret") {
		t.Errorf("have %v", err)
	}
}

func test(ctx context.Context, a *slack.App) error {
	_, err := a.Client.AuthTestContext(ctx)
	return err
}

func TestSlackTakesTooLong(t *testing.T) {
	t.Parallel()
	f, done := newFake(t), make(chan struct{})
	hang := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done })
	f.answer.Store(&hang)
	t.Cleanup(func() { close(done) })
	a := f.app(t, token, slack.Options{Timeout: 20 * time.Millisecond})
	if err := test(t.Context(), a); slack.KindOf(err) != slack.Down || slack.CodeOf(err) != "timeout" {
		t.Errorf("have %v", err)
	}
}

func TestRespond(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	a := f.app(t, token, slack.Options{})
	address := f.URL + "/commands/T1/2/verysecret"
	for _, test := range []struct {
		status int
		body   string
		kind   slack.Kind
		code   string
	}{
		{200, "ok", slack.None, ""},
		{200, `{"ok":true}`, slack.None, ""},
		{200, "", slack.None, ""},
		{200, "<html>log in first</html>", slack.Down, "not an answer of Slack"},
		{200, "{}", slack.Down, "not an answer of Slack"},
		{404, `{"ok":false,"error":"used_url"}`, slack.Gone, "used_url"},
		{404, "expired_url", slack.Gone, "expired_url"},
		{404, "<html>", slack.Gone, "status 404"},
		{400, "invalid_blocks", slack.Invalid, "invalid_blocks"},
		{200, `{"ok":false,"error":"invalid_blocks"}`, slack.Invalid, "invalid_blocks"},
		{500, "internal_error", slack.Down, "status 500"},
		{429, "", slack.RateLimited, "ratelimited"},
	} {
		f.says(test.status, test.body, "Retry-After", "3")
		err := a.Respond(t.Context(), address, &goslack.WebhookMessage{Text: "hi"})
		if slack.KindOf(err) != test.kind || slack.CodeOf(err) != test.code {
			t.Errorf("%d %q: have %s %q", test.status, test.body, slack.KindOf(err), slack.CodeOf(err))
		}
	}
	f.Close()
	if err := a.Respond(t.Context(), address, &goslack.WebhookMessage{}); slack.KindOf(err) != slack.Down ||
		strings.Contains(err.Error(), "verysecret") {
		t.Errorf("have %v", err)
	}
	for _, elsewhere := range []string{
		"http://hooks.slack.com/x", "https://hooks.slack.com.evil.example/x", "https://u@hooks.slack.com/", "", "file:///etc/passwd",
		"https://evilslack.com/", "http://127.0.0.1:1/",
	} {
		if err := a.Respond(t.Context(), elsewhere, &goslack.WebhookMessage{}); slack.CodeOf(err) != "not an address of Slack" {
			t.Errorf("%q: have %v", elsewhere, err)
		}
	}
}
