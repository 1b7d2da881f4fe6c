package function

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/telemetry"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// grace is how long requests and steps may go on after SIGTERM.
	grace = 10 * time.Second
	// sendGrace is how long traces that are not sent yet may take then.
	sendGrace = 2 * time.Second
	// usualTimeout is of-watchdog's for reading, writing and executing.
	usualTimeout = 30 * time.Second
)

// Main is a function's whole main: it serves what build returns until SIGTERM or SIGINT, and exits.
func Main(name string, build func(ctx context.Context, p *Platform) (*Parts, error)) {
	log := slog.New(trace.Handler(slog.NewJSONHandler(os.Stderr, nil))).With("function", name)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := Run(ctx, name, os.Getenv, log, build); err != nil {
		log.Error("function ends", "error", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// Run is Main with its surroundings given: it serves until ctx ends.
func Run(ctx context.Context, name string, getenv func(string) string, log *slog.Logger,
	build func(ctx context.Context, p *Platform) (*Parts, error),
) (err error) {
	redis.SetLogger(silent{})
	env := ReadEnvironment(getenv)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(env.Bind, env.Port))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	door := &door{}
	server := &http.Server{
		Handler:           door,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       duration(getenv("read_timeout")),
		WriteTimeout:      duration(getenv("write_timeout")),
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := begin(server, listener)
	defer func() { _ = server.Close() }() // it was shut down, or never opened
	platform, err := NewPlatform(ctx, name, env, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, platform.Close()) }()
	stop, err := telemetry.Start(telemetry.Options{Name: name, Config: platform.Config, Secret: env.Secret, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lastly(ctx, stop)) }()
	parts, err := build(ctx, platform)
	if err != nil {
		return fmt.Errorf("set up: %w", platform.Config.Located(err))
	}
	handler := NewHandler(platform, parts)
	door.open(frugal(received(logged(bounded(handler, duration(getenv("exec_timeout"))), log), handler)))
	return serve(ctx, server, failed, handler)
}

// begin serves, and tells when that ends.
func begin(server *http.Server, listener net.Listener) <-chan error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	return failed
}

// serve waits until ctx ends, then lets what is under way come to its end: steps and requests side by side, so that a step
// that takes all the time there is leaves requests theirs.
func serve(ctx context.Context, server *http.Server, failed <-chan error, handler *Handler) error {
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- handler.Close(last) }()
	return errors.Join(server.Shutdown(last), <-closed)
}

// lastly does something at the end, within the grace that is left for it.
func lastly(ctx context.Context, do func(context.Context) error) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendGrace)
	defer cancel()
	return do(last)
}

// bounded ends a request's context when it has taken too long.
func bounded(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// duration reads one of of-watchdog's time limits; what cannot be read is the usual one.
func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		d = 0
	}
	return cmp.Or(max(d, 0), usualTimeout)
}
