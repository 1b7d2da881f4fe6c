package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/shared/process"
)

// ErrHandOver is the cause with which a context ends that leaves the services running, for another supervisor.
var ErrHandOver = errors.New("another supervisor takes over")

const (
	// maxLog is the size in bytes at which a log is set aside, and lookEvery how often sizes are looked at.
	maxLog    = 5 << 20
	lookEvery = time.Minute
)

// Run brings the services up in order, reports that with begun, and keeps them running until ctx is done. It then stops
// them in reverse order, unless the cause is ErrHandOver. Services of an earlier supervisor that are not described any
// more are stopped first.
func Run(ctx context.Context, folders Folders, services []Service, begun func(error)) error {
	if err := dismiss(ctx, folders, services); err != nil {
		return err
	}
	keepers := make([]*keeper, len(services))
	keeping, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	var failed error
	for i, service := range services {
		keepers[i] = &keeper{service: service, folders: folders}
		if err := keepers[i].begin(ctx); err != nil {
			slog.Error("a service is not ready", "error", err)
			failed = errors.Join(failed, err)
		}
		all.Go(func() { keepers[i].keep(keeping) })
	}
	begun(failed)
	all.Go(func() { rotate(keeping, folders, services) })
	<-ctx.Done()
	cancel()
	all.Wait()
	if errors.Is(context.Cause(ctx), ErrHandOver) {
		slog.Info("the services are left to another supervisor")
		return nil
	}
	return stopAll(context.WithoutCancel(ctx), folders, keepers)
}

func stopAll(ctx context.Context, folders Folders, keepers []*keeper) error {
	var failed error
	for _, k := range slices.Backward(keepers) {
		slog.Info("service is stopped", "service", k.service.Name, "pid", k.trace.PID)
		failed = errors.Join(failed, k.trace.Stop(ctx, k.service.Grace), forget(folders, k.service.Name))
	}
	return failed
}

// Stop stops the services of a supervisor that is gone, the last one started first.
func Stop(ctx context.Context, folders Folders) error {
	traces, err := Traces(folders)
	if err != nil {
		return err
	}
	var failed error
	for _, t := range slices.Backward(traces) {
		failed = errors.Join(failed, t.Stop(ctx, t.Grace), forget(folders, t.Name))
	}
	return errors.Join(failed, killStrays(ctx, folders, nil))
}

// Traces returns the records of the services, in the order of their start.
func Traces(folders Folders) ([]Trace, error) {
	paths, err := filepath.Glob(filepath.Join(folders.Run, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list the services: %w", err)
	}
	var traces []Trace
	for _, path := range paths {
		var t Trace
		if err := durable.ReadJSON(path, &t); err != nil {
			slog.Warn("the record of a service is unreadable", "error", err)
			continue
		}
		t.Name = strings.TrimSuffix(filepath.Base(path), ".json")
		traces = append(traces, t)
	}
	sortByStart(traces)
	return traces, nil
}

// dismiss ends what an earlier supervisor left and this one does not want, recorded or not.
func dismiss(ctx context.Context, folders Folders, services []Service) error {
	wanted := make(map[string]bool)
	for _, s := range services {
		wanted[s.Name] = true
	}
	traces, err := Traces(folders)
	if err != nil {
		return err
	}
	known := make(map[int]bool)
	for _, t := range traces {
		if wanted[t.Name] {
			known[t.PID] = true
			continue
		}
		slog.Info("service is not wanted any more and is stopped", "service", t.Name)
		if err := errors.Join(t.Stop(ctx, t.Grace), forget(folders, t.Name)); err != nil {
			return err
		}
	}
	return killStrays(ctx, folders, known)
}

// killStrays ends services whose supervisor was killed between their start and its record.
func killStrays(ctx context.Context, folders Folders, known map[int]bool) error {
	strays, err := process.Leaders(folders.Work)
	if err != nil {
		return err
	}
	var failed error
	for _, stray := range strays {
		if !known[stray.PID] {
			slog.Warn("ending a service that nobody had recorded", "pid", stray.PID)
			failed = errors.Join(failed, stray.Kill(ctx))
		}
	}
	return failed
}

func forget(folders Folders, name string) error {
	if err := os.Remove(folders.trace(name)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("forget service %s: %w", name, err)
	}
	return nil
}

// rotate sets logs aside that have grown large. A service goes on writing to the same file, which is emptied: it was
// opened for appending.
func rotate(ctx context.Context, folders Folders, services []Service) {
	for ctx.Err() == nil {
		for _, service := range services {
			if err := setAside(folders.log(service.Name)); err != nil {
				slog.Warn("a log cannot be set aside", "service", service.Name, "error", err)
			}
		}
		pause(ctx, lookEvery)
	}
}

func setAside(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() <= maxLog {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("set a log aside: %w", err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(path+".1", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("set a log aside: %w", err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close(), os.Truncate(path, 0)); err != nil {
		return fmt.Errorf("set a log aside: %w", err)
	}
	return nil
}
