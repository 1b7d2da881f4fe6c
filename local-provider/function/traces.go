package function

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/shared/process"
)

// Traces returns what is on disk about the processes of functions, whether or not they still run.
func Traces(run string) ([]Trace, error) {
	paths, err := filepath.Glob(filepath.Join(run, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list the functions' processes: %w", err)
	}
	var traces []Trace
	for _, path := range paths {
		var t Trace
		// One that ends meanwhile takes its record with it.
		if err := durable.ReadJSON(path, &t); err == nil {
			traces = append(traces, t)
		}
	}
	slices.SortFunc(traces, func(a, b Trace) int { return strings.Compare(a.Instance, b.Instance) })
	return traces, nil
}

// EndAll kills every process of a function, for when no provider runs that would stop it.
func EndAll(ctx context.Context, run, work string) error {
	traces, err := Traces(run)
	if err != nil {
		return err
	}
	var failed error
	l := launcher{folders: Folders{Run: run}}
	for _, t := range traces {
		failed = errors.Join(failed, t.Kill(ctx))
		l.files(t.Instance).remove()
	}
	strays, err := process.Leaders(work)
	for _, stray := range strays {
		failed = errors.Join(failed, stray.Kill(ctx))
	}
	return errors.Join(failed, err)
}
