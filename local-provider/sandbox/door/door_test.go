package door_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/door"
)

func TestDoor(t *testing.T) {
	t.Parallel()
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	d, err := door.Listen(t.Context(), "127.0.0.1:0", hello)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	knock := func() string {
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL(), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		rsp, err := client.Do(rq)
		if err != nil {
			return err.Error()
		}
		defer rsp.Body.Close()
		text, _ := io.ReadAll(rsp.Body)
		return string(text)
	}
	address := d.Addr()
	for range 2 { // doing it twice does nothing more
		if err := d.Open(t.Context()); err != nil || knock() != "hello" {
			t.Errorf("open: %v, %s", err, knock())
		}
	}
	for range 2 {
		if err := d.Shut(); err != nil || !strings.Contains(knock(), "connection refused") {
			t.Errorf("shut: %v, %s", err, knock())
		}
	}
	if err := d.Open(t.Context()); err != nil || d.Addr() != address || knock() != "hello" {
		t.Errorf("open again at %s, was %s: %v", d.Addr(), address, err)
	}
	for range 2 {
		if err := d.Close(t.Context()); err != nil || !strings.Contains(knock(), "connection refused") {
			t.Errorf("closed: %v, %s", err, knock())
		}
	}
	if _, err := door.Listen(t.Context(), "nowhere", hello); err == nil {
		t.Error("it listens nowhere")
	}
}

// TestFarewell: who does not finish is not waited for, for ever.
func TestFarewell(t *testing.T) {
	t.Parallel()
	came := make(chan struct{})
	d, err := door.Listen(t.Context(), "127.0.0.1:0", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(came)
		<-r.Context().Done()
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		rq, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL(), http.NoBody)
		if err != nil {
			return
		}
		if rsp, err := http.DefaultClient.Do(rq); err == nil {
			_ = rsp.Body.Close()
		}
	}()
	<-came
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
