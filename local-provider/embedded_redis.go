package main

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/local-provider/embedded"
	"github.com/handsoff/handsoff/local-provider/home"
)

// embeddedRedis serves the Redis in memory until ctx is done.
func embeddedRedis(ctx context.Context, in invocation) error {
	set, dir := flags(in, "embedded-redis")
	listen := set.String("listen", "127.0.0.1:16379", "`address` to serve on")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	password, err := h.ReadSecret(home.SecretRedis)
	if err != nil {
		return err
	}
	fmt.Fprintln(in.stderr, "the embedded Redis serves on "+*listen+"; it keeps nothing when it ends")
	return embedded.Serve(ctx, *listen, password)
}
