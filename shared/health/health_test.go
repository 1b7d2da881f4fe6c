package health_test

import (
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/health"
)

func ask(t *testing.T, s *health.Server, path string) (status int, text string) {
	t.Helper()
	rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Address()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	defer rsp.Body.Close()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rsp.StatusCode, string(body)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	memory := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: memory.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	wrong := make(chan []string, 1)
	p := health.Process{Redis: rdb, Wrong: func() []string { return <-wrong }, Log: slog.New(slog.DiscardHandler)}
	s, err := p.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path   string
		wrong  []string
		down   bool
		status int
		text   string
	}{
		{path: "/healthz", status: http.StatusOK, text: "ok\n"},
		{path: "/readyz", status: http.StatusOK, text: "ok\n"},
		{path: "/readyz", wrong: []string{"a", "b"}, status: http.StatusServiceUnavailable, text: "a\nb\n"},
		{path: "/readyz", wrong: []string{"a"}, down: true, status: http.StatusServiceUnavailable, text: "Redis does not answer\na\n"},
		{path: "/healthz", status: http.StatusOK, text: "ok\n"},
	} {
		if step.down {
			memory.Close()
		}
		if step.path == "/readyz" {
			wrong <- step.wrong
		}
		if status, text := ask(t, s, step.path); status != step.status || text != step.text {
			t.Errorf("%s with %q: %d %q, want %d %q", step.path, step.wrong, status, text, step.status, step.text)
		}
	}
	if _, err := p.Serve(t.Context(), s.Address()); err == nil {
		t.Error("it listens twice at one address")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNobodyAsks(t *testing.T) {
	t.Parallel()
	s, err := health.Process{}.Serve(t.Context(), "")
	if err != nil || s.Address() != "" {
		t.Errorf("without an address it listens on %q, %v", s.Address(), err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
