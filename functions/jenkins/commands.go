package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/handsoff/handsoff/shared/command"
)

// shortcuts lists the shortcuts as commands, by their words.
func (c *capability) shortcuts(ctx context.Context) ([]command.Spec, error) {
	known, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	specs := make([]command.Spec, 0, len(c.set.Jobs))
	for name, cut := range c.set.Jobs {
		last, ok := known[name]
		specs = append(specs, cut.spec(name, last, ok))
	}
	slices.SortFunc(specs, func(a, b command.Spec) int { return cmp.Compare(a.Words, b.Words) })
	return specs, nil
}
