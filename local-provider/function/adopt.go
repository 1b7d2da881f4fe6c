package function

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/shared/process"
)

// Adopt takes over the processes of a provider that was killed: those of a current revision that still answer go on
// serving, all others are ended. It is called after the deployments were applied and before the first request.
func (s *Set) Adopt(ctx context.Context) error {
	records, err := filepath.Glob(filepath.Join(s.launcher.folders.Run, "*.json"))
	if err != nil {
		return errors.Join(errors.New("look for a former provider's processes"), err)
	}
	known := make(map[int]bool)
	for _, path := range records {
		if t, ok := s.adopt(ctx, path); ok {
			known[t.PID] = true
		}
	}
	strays, err := process.Leaders(s.launcher.folders.Work)
	if err != nil {
		return err
	}
	all, err := process.All()
	if err != nil {
		return err
	}
	for pid := range maps.Clone(known) {
		for _, below := range process.Below(all, pid) {
			known[below.PID] = true // a program that an adopted function runs
		}
	}
	for _, stray := range strays {
		if !known[stray.PID] {
			slog.Warn("ending a function's process that nobody had recorded", "pid", stray.PID)
			err = errors.Join(err, stray.Kill(ctx))
		}
	}
	return err
}

func (s *Set) adopt(ctx context.Context, path string) (Trace, bool) {
	f := s.launcher.files(strings.TrimSuffix(filepath.Base(path), ".json"))
	var t Trace
	if err := durable.ReadJSON(path, &t); err != nil {
		slog.Warn("a record of a function's process is unreadable and is dropped", "error", err)
		f.remove()
		return t, false
	}
	if p, err := s.pool(t.Function); err == nil && p.adopt(ctx, t, f) {
		return t, true
	}
	if err := t.Kill(ctx); err != nil {
		slog.Error("cannot end a former provider's process", "instance", t.Instance, "error", err)
	}
	f.remove()
	return t, false
}

func (p *pool) adopt(ctx context.Context, t Trace, f files) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if t.Revision != p.spec.Revision || !t.Alive() || probe(ctx, t.Address) != nil {
		return false
	}
	if _, err := os.Stat(f.pipe); err != nil {
		return false
	}
	if _, err := p.launcher.journal.Follow(f.pipe, t.Function, t.Instance); err != nil {
		slog.Warn("cannot read on what a function prints", "instance", t.Instance, "error", err)
		return false
	}
	exited := make(chan struct{})
	go func() { //nolint:gosec // the watch lasts as long as the process, not as the adoption
		defer close(exited)
		_ = t.Wait(context.Background()) // it fails only when the process cannot be seen any more
	}()
	slog.Info("function's process adopted", "function", t.Function, "instance", t.Instance, "pid", t.PID)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.add(newReplica(t, f, exited))
	return true
}
