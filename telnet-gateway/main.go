// Telnet-gateway lets people talk to the bot over telnet, above all when their chat is down.
//
//	telnet-gateway [flags]                    serves
//	telnet-gateway passwd [-stdin] <user>     makes an entry for the secret telnet-users
//
// docs/telnet.md says how to run it and how it behaves.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "telnet-gateway:", err)
		os.Exit(1)
	}
}
