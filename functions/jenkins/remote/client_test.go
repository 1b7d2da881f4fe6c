package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const secretToken = "s3cr3t-t0k3n"

func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := New(Options{
		URL: server.URL, User: "bot", Timeout: time.Minute,
		Token: func() ([]byte, error) { return []byte(secretToken + "\n"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const found = `{"number":1,"building":true}`
	for _, test := range []struct {
		name    string
		answer  http.HandlerFunc
		fault   Fault
		passing bool
		text    string
	}{
		{"a web page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>")
		}, Strange, true, "it sent a web page instead of data"},
		{"garbled", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json;charset=utf-8")
			_, _ = io.WriteString(w, found[:9])
		}, Strange, true, "cut short or garbled"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, found)
		}, Unreachable, true, "the connection broke"},
		{"too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"url":"`+strings.Repeat("x", maxJSON)+`"}`)
		}, TooLarge, false, "larger than we read"},
		{"to the login page", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/ci/login?from=x", http.StatusFound)
		}, Denied, false, "refused our account (302)"},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://new.example.org/", http.StatusMovedPermanently)
		}, Strange, true, "not from its API (301)"},
		{"no token", status(http.StatusUnauthorized), Denied, false, "refused our account (401)"},
		{"no permission", status(http.StatusForbidden), Denied, false, "refused our account (403)"},
		{"nothing there", status(http.StatusNotFound), NotFound, false, "found nothing while reading demo/slow #1"},
		{"disabled", status(http.StatusConflict), Conflict, false, "cannot be done now"},
		{"starting", status(http.StatusServiceUnavailable), Down, true, "(503)"},
		{"too fast", status(http.StatusTooManyRequests), Down, true, ""},
		{"broken", status(http.StatusInternalServerError), Broken, true, "internal error (500)"},
		{"a complaint", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Error", "No\tsuch thing")
			w.WriteHeader(http.StatusBadRequest)
		}, Rejected, false, "did not accept the request (400) while reading demo/slow #1 (No such thing)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, test.answer)
			_, err := c.Build(t.Context(), "demo/slow", 1)
			fault, ok := errors.AsType[*Error](err)
			if !ok || fault.Fault != test.fault || fault.Passing() != test.passing || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%#v: %v", fault, err)
			}
			if text := fmt.Sprintf("%v %#v", err, err); strings.Contains(text, secretToken) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("too much is told: %s", text)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>much text</html>", code) }
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c, err := New(Options{URL: server.URL, User: "bot", Token: func() ([]byte, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Trigger(t.Context(), Order{Job: "demo/slow"})
	fault, ok := errors.AsType[*Error](err)
	if !ok || fault.Fault != Unreachable || !fault.Unsent || !fault.Passing() || err.Error() != "Jenkins cannot be reached while starting demo/slow (connection refused)" {
		t.Errorf("%#v: %v", fault, err)
	}
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() })
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() { <-arrived; cancel(enough) }()
	if _, err := c.Root(ctx); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestTriggerAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status   int
		location string
		want     Queued
		fault    Fault
		passing  bool
	}{
		{http.StatusCreated, "http://behind.proxy:8080/ci/queue/item/17/", Queued{Item: 17}, 0, false},
		{http.StatusCreated, "/queue/item/17", Queued{Item: 17}, 0, false},
		{http.StatusSeeOther, "https://x/queue/item/9/", Queued{Item: 9, Merged: true}, 0, false},
		{http.StatusFound, "https://x/job/demo/", Queued{}, Rejected, false},
		{http.StatusCreated, "", Queued{}, Strange, true},
		{http.StatusOK, "/queue/item/x", Queued{}, Strange, true},
		{http.StatusForbidden, "", Queued{}, Denied, false},
	} {
		var got *http.Request
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			got = r
			w.Header().Set("Location", test.location)
			w.WriteHeader(test.status)
		})
		queued, err := c.Trigger(t.Context(), Order{
			Job: "a b/c%d", Parameterized: true, Values: map[string]string{"p": "v&w"}, Token: "t", Cause: "why",
		})
		fault, failed := errors.AsType[*Error](err)
		if queued != test.want || failed != (test.want.Item == 0) || failed && (fault.Fault != test.fault || fault.Passing() != test.passing) {
			t.Errorf("%d %s: %+v %v", test.status, test.location, queued, err)
		}
		if got.URL.EscapedPath() != "/job/a%20b/job/c%25d/buildWithParameters" || got.URL.RawQuery != "" ||
			got.PostForm.Encode() != "cause=why&p=v%26w&token=t" {
			t.Error(got.URL, got.PostForm)
		}
		if user, token, _ := got.BasicAuth(); user != "bot" || token != secretToken {
			t.Error("not logged in")
		}
	}
}

func TestTokenUnreadable(t *testing.T) {
	t.Parallel()
	c, err := New(Options{URL: "http://127.0.0.1:1", User: "bot", Token: func() ([]byte, error) { return nil, errors.New("no file") }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Root(t.Context()); !Is(err, Denied) || !strings.Contains(err.Error(), "its token cannot be read") {
		t.Error(err)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "jenkins", "ftp://x", "http://user:pass@x", "http://x?a=b", "http://x#y", "://"} {
		if _, err := New(Options{URL: bad}); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
	if _, err := New(Options{URL: "https://x", CA: []byte("no pem")}); err == nil {
		t.Error("anything is taken for a certificate")
	}
	c, err := New(Options{URL: "http://10.0.0.1:8080/ci/"})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Link("/job/x/1/", "https://ci.example.org/job/x/1/"); got != "https://ci.example.org/job/x/1/" {
		t.Error(got)
	}
	if got := c.Link("/job/x/1/", "javascript:alert(1)"); got != "http://10.0.0.1:8080/ci/job/x/1/" {
		t.Error(got)
	}
	c, err = New(Options{URL: "http://10.0.0.1:8080", PublicURL: "https://ci.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Link("/job/x/1/", "http://10.0.0.1:8080/job/x/1/"); got != "https://ci.example.org/job/x/1/" {
		t.Error(got)
	}
}
