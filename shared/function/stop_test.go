package function

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
)

// shutListener tells when it is closed.
type shutListener struct {
	net.Listener

	shut func()
}

func (l shutListener) Close() error {
	l.shut()
	return l.Listener.Close()
}

// TestStepsAndRequestsEndSideBySide: what ends last on one side waits for the other, so neither may wait for it to begin.
func TestStepsAndRequestsEndSideBySide(t *testing.T) {
	t.Parallel()
	open, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shut, shutting := context.WithCancel(context.Background())
	stopped, stop := context.WithCancel(context.Background())
	handler := &Handler{parts: &Parts{Stop: func(ctx context.Context) error {
		defer stop()
		select {
		case <-shut.Done():
			return nil
		case <-ctx.Done():
			return errors.New("the step took all the time there was")
		}
	}}}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	server := &http.Server{ReadHeaderTimeout: grace, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		end()
		<-stopped.Done()
		_, _ = io.WriteString(w, "done")
	})}
	served := make(chan error, 1)
	go func() { served <- serve(ctx, server, begin(server, shutListener{open, shutting}), handler) }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+open.Addr().String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "done" {
		t.Errorf("the request got %q, %v", text, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
