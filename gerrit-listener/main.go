// Gerrit-listener hears what happens in Gerrit, on every server that the configuration's section gerrit names with an SSH
// address, and brings it into the inbox of the function event.
//
//	gerrit-listener [flags]
//
// It listens to `gerrit stream-events`. After every connection it first has told again what it missed, so that nothing is
// lost while it, the server or the network was down; the command gaps shows each such window. Several of them may run at the
// same time: an event counts once.
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
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gerrit-listener:", err)
		os.Exit(1)
	}
}
