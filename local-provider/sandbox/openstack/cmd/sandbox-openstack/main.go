// Command sandbox-openstack serves a stand-in for an OpenStack cloud.
//
//	sandbox-openstack -listen 127.0.0.1:8087 -password-file password -state state.jsonl -clouds clouds.yaml
//
// What it answers is described in package openstack. Beside the services' own paths it serves a page at /, and /sandbox/…: faults to
// order, the clock, and the calls that were made.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox-openstack:", err)
		os.Exit(1)
	}
}
