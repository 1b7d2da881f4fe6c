package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestReadinessSaysWhyNothingIsHeard; it lives all the same, and is ready as soon as the stream is there.
func TestReadinessSaysWhyNothingIsHeard(t *testing.T) {
	t.Parallel()
	w, store := newWorld(t), jobtest.Redis(t)
	env := function.Environment{SecretDir: w.secrets("gerrit: {servers: [" + w.config("review", "") + "]}"), RedisAddress: store.Address}
	w.write("refuse", []byte("fatal: stream events for bot not permitted\n"))
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, options{"127.0.0.1:0"}, env, quick(), in, slog.New(slog.NewTextHandler(t.Output(), nil)))
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	greeting, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(greeting), "/healthz and /readyz on ")
	ask := func(path string) (int, string) {
		t.Helper()
		limited, done := context.WithTimeout(t.Context(), comes)
		defer done()
		rq, err := http.NewRequestWithContext(limited, http.MethodGet, "http://"+address+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		rsp, err := http.DefaultClient.Do(rq)
		if err != nil {
			t.Fatalf("after %q: %v", greeting, err)
		}
		defer rsp.Body.Close()
		text, err := io.ReadAll(rsp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return rsp.StatusCode, string(text)
	}
	ready := func(status int, text string, meanwhile ...func()) {
		t.Helper()
		var got int
		var said string
		for end := time.Now().Add(comes); got != status || !strings.Contains(said, text); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("whether it is ready: %d %q, and not %q", got, said, text)
			}
			for _, do := range meanwhile {
				do()
			}
			got, said = ask("/readyz")
		}
		if status, said := ask("/healthz"); status != http.StatusOK || said != "ok\n" {
			t.Errorf("whether it lives: %d %q", status, said)
		}
	}
	ready(http.StatusServiceUnavailable, "the stream of review is not listened to: ")
	ready(http.StatusServiceUnavailable, "run gerrit stream-events: fatal: stream events for bot not permitted")
	if err := os.Remove(filepath.Join(w.dir, "refuse")); err != nil {
		t.Fatal(err)
	}
	ready(http.StatusOK, "ok")
	if err := w.listened(t.Context()); err != nil { // so that there is something to cut
		t.Fatal(err)
	}
	_ = w.sshd.Process.Kill()
	_ = w.sshd.Wait()
	ready(http.StatusServiceUnavailable, "connection refused", w.cutAll) // what it had let in lives on
	w.startSSHD()
	ready(http.StatusOK, "ok")
	store.Kill(t)
	ready(http.StatusServiceUnavailable, "Redis does not answer")
	store.Start(t)
	ready(http.StatusOK, "ok")
}
