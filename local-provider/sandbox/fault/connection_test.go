package fault_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		done := make(chan struct{})
		begun := time.Now()
		if !fault.Pause(t.Context(), time.Minute, nil) || time.Since(begun) != time.Minute {
			t.Errorf("it waited %s", time.Since(begun))
		}
		close(done)
		if fault.Pause(gone, time.Minute, nil) || fault.Pause(t.Context(), time.Minute, done) || time.Since(begun) != time.Minute {
			t.Error("it waits for nobody")
		}
	})
}

// TestDrop: whoever asks is reset, and does not take the end for an empty answer.
func TestDrop(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fault.Drop(w) }))
	t.Cleanup(server.Close)
	rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	rsp, err := http.DefaultTransport.RoundTrip(rq)
	if err == nil {
		_ = rsp.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("it is answered %v, %v", rsp, err)
	}
}
