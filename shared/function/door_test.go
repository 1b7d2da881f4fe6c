package function_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// While Redis is not there, or reads its data, a function is alive and not ready: who watches it neither kills it nor sends it anything.
func TestAFunctionThatWaitsForRedisIsAlive(t *testing.T) {
	t.Parallel()
	redis := jobtest.Redis(t)
	redis.Kill(t)
	ctx, stop := context.WithCancel(t.Context())
	address, ended := begins(ctx, t, redis)
	ask := func(method, path string) int {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		defer func() { _ = answer.Body.Close() }()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode
	}
	jobtest.Eventually(t, "a sign of life", func() bool { return ask(http.MethodGet, "/_/health") == http.StatusOK })
	for _, request := range [][2]string{{http.MethodGet, "/_/ready"}, {http.MethodPost, "/"}, {http.MethodPost, "/_/health"}} {
		if status := ask(request[0], request[1]); status != http.StatusServiceUnavailable {
			t.Errorf("%s %s is answered %d before it can", request[0], request[1], status)
		}
	}
	redis.Start(t)
	jobtest.Eventually(t, "it to be ready", func() bool { return ask(http.MethodGet, "/_/ready") == http.StatusOK })
	if status := ask(http.MethodPost, "/"); status != http.StatusUnauthorized {
		t.Errorf("what is not signed is answered %d", status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A Redis that does not let a function in is not waited for: a function that waits may be taken for one that works, and replaces it.
func TestAFunctionThatRedisDoesNotLetInEnds(t *testing.T) {
	t.Parallel()
	redis := jobtest.Redis(t)
	if err := redis.Client(t).ConfigSet(t.Context(), "requirepass", "hush").Err(); err != nil {
		t.Fatal(err)
	}
	_, ended := begins(t.Context(), t, redis)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Error(err)
	}
}

// begins runs a function.
func begins(ctx context.Context, t *testing.T, redis *jobtest.Server) (address string, ended chan error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{function.KeySecret: newKey + "\n", function.ConfigSecret: "bot: {name: test}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address = jobtest.FreeAddress(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"secret_mount_path": dir, "redis_address": redis.Address, "bind": host, "port": port}
	ended = make(chan error, 1)
	go func() {
		ended <- function.Run(ctx, "tea", func(name string) string { return env[name] }, slog.New(slog.DiscardHandler),
			func(context.Context, *function.Platform) (*function.Parts, error) { return &function.Parts{}, nil })
	}()
	return address, ended
}
