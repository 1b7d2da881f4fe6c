package main

import (
	"context"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/command"
)

// lister asks the gateway what is deployed.
type lister func(context.Context) ([]types.FunctionStatus, error)

// annotations gives what the deployed functions declare, by function name.
func (list lister) annotations(ctx context.Context) (map[string]string, error) {
	deployed, err := list(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]string, len(deployed))
	for _, f := range deployed {
		if f.Annotations == nil {
			continue
		}
		if text, ok := (*f.Annotations)[command.Annotation]; ok {
			found[f.Name] = text
		}
	}
	return found, nil
}

// declared is a command's declaration, or nil when it cannot be had.
func (d *desk) declared(ctx context.Context, words string) *command.Declared {
	catalogue, err := d.source.Catalogue(ctx)
	if err != nil {
		d.log.Warn("read the catalogue", "error", err)
		return nil
	}
	return catalogue.Lookup(words)
}
