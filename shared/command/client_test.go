package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

var errNobody = errors.New("nobody is there")

func nobodyThere(context.Context, string, string) (net.Conn, error) { return nil, errNobody }

var testKeys = signtest.Keys("a-key-of-enough-bytes")

// heard are the envelopes that a server got.
func heard(t *testing.T, answers ...func(w http.ResponseWriter)) (*Client, *[]Envelope) {
	t.Helper()
	var got []Envelope
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := testKeys.Verify(body, r.Header.Get(sign.Header)); err != nil || r.URL.Path != "/function/command" {
			t.Error(r.URL.Path, err)
		}
		var e Envelope
		if err := json.Unmarshal(body, &e); err != nil {
			t.Error(err)
		}
		got = append(got, e)
		answers[min(len(got), len(answers))-1](w)
	}))
	t.Cleanup(server.Close)
	return NewClient(server.URL+"/", testKeys, server.Client()), &got
}

func status(code int, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if len(headers) == 2 {
			w.Header().Set(headers[0], headers[1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"text":"said with `+http.StatusText(code)+`"}`)
	}
}

func TestClientTriesAgainWithTheSameID(t *testing.T) {
	t.Parallel()
	cut := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	}
	client, got := heard(t, status(503, "Retry-After", "0"), status(429), cut, status(200))
	answer, err := client.Do(t.Context(), Envelope{Principal: "telnet:ann", Text: "help"})
	if err != nil || answer.Text != "said with OK" {
		t.Fatal(answer, err)
	}
	if len(*got) != 4 {
		t.Fatal(len(*got), "tries")
	}
	nonces := make(map[string]bool)
	for _, e := range *got {
		nonces[e.Nonce] = true
		if e.ID == "" || e.ID != (*got)[0].ID || e.Nonce == "" || time.Since(e.Time) > time.Minute {
			t.Errorf("%+v", e)
		}
	}
	if len(nonces) != 4 {
		t.Error("a nonce was used twice")
	}
}

func TestClientGivesUp(t *testing.T) {
	t.Parallel()
	client, got := heard(t, status(401))
	refused := new(RefusedError)
	if _, err := client.Do(t.Context(), Envelope{Text: "help"}); !errors.As(err, &refused) || refused.Status != 401 ||
		!strings.Contains(err.Error(), "said with Unauthorized") || len(*got) != 1 {
		t.Error(err, len(*got))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client, _ = heard(t, status(500), func(w http.ResponseWriter) { cancel(); status(500)(w) })
	if _, err := client.Do(ctx, Envelope{Text: "help"}); !errors.Is(err, context.Canceled) || !errors.As(err, &refused) {
		t.Error(err)
	}
	client, _ = heard(t, func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") })
	if _, err := client.Do(t.Context(), Envelope{Text: "help"}); err == nil || !strings.Contains(err.Error(), "gateway's address") {
		t.Error(err)
	}
}

// TestSettled: only what is wrong with the request itself is an answer; all else may pass.
func TestSettled(t *testing.T) {
	t.Parallel()
	for status, final := range map[int]bool{400: true, 413: true, 401: false, 403: false, 404: false, 429: false, 500: false, 504: false} {
		answer, err := Settled(Answer{}, fmt.Errorf("gave up: %w", &RefusedError{Status: status, Text: "no"}))
		if (err == nil) != final || final && (answer.Problem == nil || answer.Problem.Code != CodeUsage || answer.Text != "no") {
			t.Error(status, answer, err)
		}
	}
	if answer, err := Settled(Answer{Text: "yes"}, nil); err != nil || answer.Text != "yes" || answer.Problem != nil {
		t.Error(answer, err)
	}
}

func TestRetryAfterIsBelievedWithinReason(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"": 0, "2": 2 * time.Second, "-1": 0, "soon": 0, "86400": 30 * time.Second} {
		if got := retryAfter(&http.Response{Header: http.Header{"Retry-After": {text}}}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
