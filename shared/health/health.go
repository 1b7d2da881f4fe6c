// Package health answers for a process that is no function whether it lives and whether it can be used, at an address of its
// own.
package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// limit bounds an answer, and the end of the server.
const limit = 2 * time.Second

// A Process is what is asked after.
type Process struct {
	Redis redis.UniversalClient // nil where it does without
	// Wrong says what keeps the process from its work, a line each; nil when only Redis can.
	Wrong func() []string
	Log   *slog.Logger
}

// A Server answers GET /healthz, always 200, and GET /readyz: 503 with what is wrong, a line each, while something is.
type Server struct {
	server  *http.Server
	address string
	failed  chan error
}

// Serve listens on the address; with an empty one it does nothing. End it with Close.
func (p Process) Serve(ctx context.Context, address string) (*Server, error) {
	if address == "" {
		return &Server{}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for -health: %w", err)
	}
	s := &Server{
		server: &http.Server{
			Handler: p.Handler(), ReadTimeout: limit, WriteTimeout: 2 * limit, IdleTimeout: time.Minute,
			ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelWarn),
		},
		address: listener.Addr().String(),
		failed:  make(chan error, 1),
	}
	go func() { s.failed <- s.server.Serve(listener) }()
	return s, nil
}

// Handler answers both paths.
func (p Process) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if wrong := p.unready(r.Context()); len(wrong) > 0 {
			answer(w, http.StatusServiceUnavailable, strings.Join(wrong, "\n"))
			return
		}
		answer(w, http.StatusOK, "ok")
	})
	return mux
}

// unready says what is wrong.
func (p Process) unready(ctx context.Context) (wrong []string) {
	ctx, done := context.WithTimeout(ctx, limit)
	defer done()
	if p.Redis != nil && p.Redis.Ping(ctx).Err() != nil {
		wrong = append(wrong, "Redis does not answer")
	}
	if p.Wrong != nil {
		wrong = append(wrong, p.Wrong()...)
	}
	return wrong
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // who asked may have left
}

// Address is where it listens, "127.0.0.1:8080"; empty when it does not.
func (s *Server) Address() string { return s.address }

// Close lets answers end, within two seconds. It says when the server had failed before.
func (s *Server) Close(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer done()
	err := s.server.Shutdown(ctx)
	if served := <-s.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
