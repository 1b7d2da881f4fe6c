package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
)

// gatewayWithHealth is gateway; ask asks it how it is.
func (w *world) gatewayWithHealth() (ask func(path string) (status int, text string)) {
	w.Helper()
	out, in := io.Pipe()
	w.run(options{health: "127.0.0.1:0"}, in)
	greeting, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		w.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(greeting), "/healthz and /readyz on ")
	return func(path string) (int, string) {
		w.Helper()
		rq, err := http.NewRequestWithContext(w.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
		if err != nil {
			w.Fatal(err)
		}
		rsp, err := http.DefaultClient.Do(rq)
		if err != nil {
			w.Fatalf("after %q: %v", greeting, err)
		}
		defer func() { _ = rsp.Body.Close() }()
		text, err := io.ReadAll(rsp.Body)
		if err != nil {
			w.Fatal(err)
		}
		return rsp.StatusCode, string(text)
	}
}

// TestReadinessSaysWhatIsMissing: the server, a channel, Redis; it lives all the same, and is ready when they are there.
func TestReadinessSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	server := irctest.NgIRCd(t)
	server.Kill()
	w := newWorld(t)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	ask := w.gatewayWithHealth()
	ready := func(status int, texts ...string) {
		t.Helper()
		var got int
		var said string
		w.eventually(strings.Join(append(texts, http.StatusText(status)), ", "), func() bool {
			got, said = ask("/readyz")
			for _, text := range texts {
				if !strings.Contains(said, text) {
					return false
				}
			}
			return got == status
		})
		if status, said := ask("/healthz"); status != http.StatusOK || said != "ok\n" {
			t.Errorf("whether it lives: %d %q", status, said)
		}
	}
	ready(http.StatusServiceUnavailable, "test is not connected: connect: ", "connection refused")
	server.Start(t)
	ready(http.StatusOK, "ok")

	ann := server.Client(t, "Ann")
	ann.Send("JOIN #shut")
	ann.Send("MODE #shut +i")
	ann.Wait(" MODE #shut +i", "the mode")
	w.configure(w.network("test", server, `channels: ["#ptg", "#shut"]`))
	ready(http.StatusServiceUnavailable, "#shut of test is not joined: 473 ")
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	ready(http.StatusOK, "ok")

	w.redis.Kill(t)
	ready(http.StatusServiceUnavailable, "Redis does not answer")
	w.redis.Start(t)
	ready(http.StatusOK, "ok")
	server.Kill()
	ready(http.StatusServiceUnavailable, "test is not connected: ")
}
