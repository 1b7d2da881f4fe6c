package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/command"
)

// declared is a command's declaration, or nil when it cannot be had.
func (d *desk) declared(ctx context.Context, words string) *command.Declared {
	catalogue := command.Known(ctx, d.rdb, d.log)
	if catalogue == nil {
		return nil
	}
	return catalogue.Lookup(words)
}
