package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/command"
)

// declared is a command's declaration, or nil when it cannot be had.
func (d *desk) declared(ctx context.Context, words string) *command.Declared {
	catalogue, err := command.Kept(ctx, d.rdb)
	if err != nil {
		d.log.WarnContext(ctx, "read the catalogue", "error", err)
		return nil
	}
	return catalogue.Lookup(words)
}
