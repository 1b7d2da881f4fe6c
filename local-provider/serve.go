package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/provider"
	"github.com/handsoff/handsoff/local-provider/queue"
	"github.com/handsoff/handsoff/shared/function"
)

// serve runs the provider until ctx is done.
func serve(ctx context.Context, in invocation) error {
	set, dir := flags(in, "serve")
	listen := set.String("listen", "127.0.0.1:8080", "`address` to serve the API and the functions on")
	redisAddress := set.String("redis", "127.0.0.1:16379", "`address` of Redis; empty does without the queue")
	mode := set.String("queue", "strong", "strong, or weak: as unreliable as the Community Edition's")
	seed := set.Uint64("queue-seed", 1, "seed of the weak queue's chance")
	loss := set.Float64("queue-loss", 0.02, "share of messages that the weak queue loses")
	repeat := set.Float64("queue-repeat", 0.05, "share of messages that the weak queue delivers twice")
	inFlight := set.Int("queue-in-flight", 8, "messages of one function that are delivered at a time")
	tries := set.Int("queue-tries", 8, "deliveries after which a message becomes a dead letter")
	grace := set.Duration("grace", 10*time.Second, "time that calls in flight have when the provider is stopped")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	slog.SetDefault(function.ProcessLog("local-provider", in.stderr))
	options := queue.Options{InFlight: *inFlight, Tries: *tries}
	switch *mode {
	case "strong":
	case "weak":
		options.Weak = queue.NewWeak(*seed, *loss, *repeat)
	default:
		return fmt.Errorf("-queue is strong or weak, not %q", *mode)
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	if err := h.GeneratePlatformSecrets(); err != nil {
		return err
	}
	lock, err := h.Lock("serve")
	if errors.Is(err, home.ErrLocked) {
		return fmt.Errorf("another provider serves %s already; `local-provider status` shows it", h)
	}
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s, which another program may have taken: stop it, or choose another with -listen: %w",
			*listen, err)
	}
	p, err := provider.New(h, *redisAddress, options)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return p.Serve(ctx, listener, *grace)
}
