// Irc-gateway is the bot on IRC, on every network that the configuration's section irc names.
//
//	irc-gateway [flags]
//
// What is said to it, or begins with a character that is a command's, goes to the function command; what the bot has to say
// comes out of Redis, at the pace that the server allows. docs/irc.md says how to run it and how it behaves.
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
		fmt.Fprintln(os.Stderr, "irc-gateway:", err)
		os.Exit(1)
	}
}
