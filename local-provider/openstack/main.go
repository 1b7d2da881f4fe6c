// Command openstack runs a real OpenStack out of Debian's packages on this machine, for tests: Keystone and Heat, and with
// -services all also Placement, Glance, Neutron and Nova with its fake driver. Everything it starts listens on the loopback
// interface on free ports, and everything it writes is in one folder.
//
//	openstack up -dir DIR -services all    starts what does not run, and says where clouds.yaml is
//	openstack down -dir DIR                stops what it started; with -purge the folder goes too
//
// Nothing here is fit for use: the network is a driver that binds every port at once, the computers are fakes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// patience is how long starting all of it may take, on a machine that is busy.
const patience = 10 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "openstack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say up or down")
	}
	flags := flag.NewFlagSet("openstack "+args[0], flag.ContinueOnError)
	dir := flags.String("dir", "", "folder for all that it keeps (required)")
	services := flags.String("services", "all", `"heat" for Keystone and Heat, "all" for Placement, Glance, Neutron and Nova too`)
	purge := flags.Bool("purge", false, "with down: remove the folder")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *dir == "" || *services != "heat" && *services != "all" {
		return errors.New("give a folder with -dir, and heat or all with -services")
	}
	path, err := filepath.Abs(*dir)
	if err != nil {
		return fmt.Errorf("find %s: %w", *dir, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch args[0] {
	case "up":
		return up(ctx, path, *services == "all", out)
	case "down":
		return down(ctx, path, *purge)
	}
	return fmt.Errorf("%q is neither up nor down", args[0])
}
