package functiontest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/sign"
)

// Served is a function that listens until the end of the test.
type Served struct {
	testing.TB

	URL  string
	keys sign.Keys
}

// Serve has it listen, set up as its main does.
func Serve(tb testing.TB, p *function.Platform, setUp func(context.Context, *function.Platform) (*function.Parts, error)) *Served {
	tb.Helper()
	parts, err := setUp(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	handler := function.NewHandler(p, parts)
	server := httptest.NewServer(handler)
	tb.Cleanup(func() {
		server.Close()
		if err := handler.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return &Served{TB: tb, URL: server.URL, keys: p.Keys}
}

// Post posts to it as other parts of ours do, and gives the status and what it said.
func (s *Served) Post(path string, body any) (int, string) {
	s.Helper()
	return s.post(path, body, true)
}

// PostUnsigned posts to it as strangers do.
func (s *Served) PostUnsigned(path string, body any) (int, string) {
	s.Helper()
	return s.post(path, body, false)
}

func (s *Served) post(path string, body any, signed bool) (int, string) {
	s.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.Fatal(err)
	}
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.URL+path, strings.NewReader(string(text)))
	if err != nil {
		s.Fatal(err)
	}
	if signed {
		request.Header.Set(sign.Header, s.keys.Sign(text))
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(said)
}
