package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
)

// healthLimit bounds an answer, and the end of the server.
const healthLimit = 2 * time.Second

// health answers whether the process lives, and whether people can use it.
type health struct {
	server  *http.Server
	address string
	failed  chan error
}

// serveHealth listens on the address; with an empty one it does nothing.
func serveHealth(ctx context.Context, address string, rdb redis.UniversalClient, log *slog.Logger) (*health, error) {
	if address == "" {
		return &health{}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for -health: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, done := context.WithTimeout(r.Context(), healthLimit)
		defer done()
		if err := rdb.Ping(ctx).Err(); err != nil {
			answer(w, http.StatusServiceUnavailable, "Redis does not answer")
			return
		}
		answer(w, http.StatusOK, "ok")
	})
	h := &health{
		server: &http.Server{
			Handler: mux, ReadTimeout: healthLimit, WriteTimeout: 2 * healthLimit, IdleTimeout: time.Minute,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		address: listener.Addr().String(),
		failed:  make(chan error, 1),
	}
	go func() { h.failed <- h.server.Serve(listener) }()
	return h, nil
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // who asked may have left
}

func (h *health) close(ctx context.Context) error {
	if h.server == nil {
		return nil
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), healthLimit)
	defer done()
	err := h.server.Shutdown(ctx)
	if served := <-h.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
