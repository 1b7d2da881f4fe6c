package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
)

// down stops everything, also what a killed supervisor or provider left behind.
func down(ctx context.Context, in invocation) error {
	set, dir := flags(in, "down")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	super, err := readSupervision(h)
	if err != nil {
		return err
	}
	err = errors.Join(
		endSupervisor(ctx, super, unix.SIGTERM),
		supervisor.Stop(ctx, folders(h)),
		function.EndAll(ctx, h.Replicas(), h.Work()),
	)
	if err != nil {
		return fmt.Errorf("not everything could be stopped: %w", err)
	}
	if err := os.Remove(supervisionFile(h)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("forget the supervisor: %w", err)
	}
	fmt.Fprintf(in.stdout, "Everything of %s is stopped; its data is kept. `%s` starts it again.\n",
		short(string(h)), in.called("up", h))
	return nil
}
