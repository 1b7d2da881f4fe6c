package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/process"
)

// supervisorLimit bounds the waits for a supervisor to begin, to hand over or to end.
const supervisorLimit = 3 * time.Minute

// supervision is what is on disk about the running supervisor.
type supervision struct {
	process.Ref

	// Fingerprint is that of the plan, and of this program, by which it runs.
	Fingerprint string `json:"fingerprint"`
	// Begun is set when all services were brought up; Failed says which were not ready.
	Begun  bool   `json:"begun"`
	Failed string `json:"failed,omitempty"`
}

func planFile(h home.Home) string        { return filepath.Join(h.Run(), "plan.json") }
func supervisionFile(h home.Home) string { return filepath.Join(h.Run(), "supervisor.json") }

// readSupervision returns the record of the supervisor, whether or not it still runs.
func readSupervision(h home.Home) (supervision, error) {
	var s supervision
	err := durable.ReadJSON(supervisionFile(h), &s)
	if errors.Is(err, fs.ErrNotExist) {
		return supervision{}, nil
	}
	return s, err
}

// supervise runs the plan of a home; `up` starts it in the background.
func supervise(ctx context.Context, in invocation) error {
	set, dir := flags(in, "supervise")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	slog.SetDefault(function.ProcessLog("local-provider", in.stderr))
	return superviseHome(ctx, h, func(error) {})
}

// superviseHome keeps the services of the home's plan running until ctx is done, or until SIGUSR1 asks to leave them to
// another supervisor.
func superviseHome(ctx context.Context, h home.Home, begun func(error)) error {
	lock, err := h.Lock("supervisor")
	if err != nil {
		return fmt.Errorf("another supervisor runs for %s: %w", h, err)
	}
	defer func() { _ = lock.Close() }()
	var p plan
	if err := durable.ReadJSON(planFile(h), &p); err != nil {
		return fmt.Errorf("there is no plan of what to run; `local-provider up` makes it: %w", err)
	}
	self, err := process.Find(os.Getpid())
	if err != nil {
		return fmt.Errorf("supervise: %w", err)
	}
	record := supervision{Ref: self}
	if record.Fingerprint, err = fingerprint(p); err != nil {
		return err
	}
	if err := durable.WriteJSON(supervisionFile(h), record); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	handOver := make(chan os.Signal, 1)
	signal.Notify(handOver, syscall.SIGUSR1)
	defer signal.Stop(handOver)
	go func() {
		select {
		case <-handOver:
			cancel(supervisor.ErrHandOver)
		case <-ctx.Done():
		}
	}()
	go watchHome(ctx, lock, cancel)
	return supervisor.Run(ctx, folders(h), p.Services, func(failed error) {
		record.Begun = true
		if failed != nil {
			record.Failed = failed.Error()
		}
		if err := durable.WriteJSON(supervisionFile(h), record); err != nil {
			slog.Error("cannot record that the services are up", "error", err)
		}
		begun(failed)
	})
}

// errHomeGone ends a supervisor whose folder was deleted under it.
var errHomeGone = errors.New("the home was deleted; everything in it is stopped")

// watchHome ends the supervision when its lock is not the one in the home any more: somebody deleted the folder, and
// services that nobody can find would hold its ports for ever.
func watchHome(ctx context.Context, lock *os.File, cancel context.CancelCauseFunc) {
	for tick := time.NewTicker(2 * time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		ours, err := lock.Stat()
		if err != nil {
			continue // closed: the supervision ends
		}
		if there, err := os.Stat(lock.Name()); errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(ours, there) {
			slog.Error(errHomeGone.Error())
			cancel(errHomeGone)
			return
		}
	}
}

// fingerprint changes when a running supervisor must be replaced: another plan, or another build of this program.
func fingerprint(p plan) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	// After a new build the running program's file is "(deleted)", and the new one is meant.
	program, err := durable.Digest(strings.TrimSuffix(self, " (deleted)"))
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	text, err := json.Marshal([]any{p, program})
	if err != nil {
		return "", fmt.Errorf("describe the plan: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// startSupervisor makes sure that a supervisor runs by the plan, and waits until it has brought everything up. It answers
// with what is not ready.
func startSupervisor(ctx context.Context, h home.Home, self string, p plan) error {
	wanted, err := fingerprint(p)
	if err != nil {
		return err
	}
	running, err := readSupervision(h)
	if err != nil {
		return err
	}
	// That something was not ready when it began says nothing of now: another one looks, and tries it anew.
	at := running.Ref
	if !running.Alive() || running.Fingerprint != wanted || running.Failed != "" {
		if at, err = replaceSupervisor(ctx, h, self, running, p); err != nil {
			return err
		}
	}
	return awaitBegun(ctx, h, at, wanted)
}

func replaceSupervisor(ctx context.Context, h home.Home, self string, old supervision, p plan) (process.Ref, error) {
	if err := endSupervisor(ctx, old, unix.SIGUSR1); err != nil {
		return process.Ref{}, err
	}
	if err := durable.WriteJSON(planFile(h), p); err != nil {
		return process.Ref{}, err
	}
	log, err := os.OpenFile(filepath.Join(h.Logs(), "supervisor.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return process.Ref{}, fmt.Errorf("open the supervisor's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	child, err := process.Start(process.Spec{
		Path: self, Args: []string{"supervise", "-home", string(h)}, Dir: string(h), Output: log,
		Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + string(h)},
	})
	if err != nil {
		return process.Ref{}, err
	}
	return child.Ref, nil
}

// endSupervisor asks a supervisor to end; one that does not listen is killed, which its services survive.
func endSupervisor(ctx context.Context, s supervision, how unix.Signal) error {
	if !s.Alive() {
		return nil
	}
	if err := s.Signal(how); err != nil && !errors.Is(err, process.ErrGone) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, supervisorLimit)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		return s.Signal(unix.SIGKILL)
	}
	return nil
}

// awaitBegun waits until the supervisor at has brought everything up. It may not have recorded itself yet.
func awaitBegun(ctx context.Context, h home.Home, at process.Ref, wanted string) error {
	ctx, cancel := context.WithTimeout(ctx, supervisorLimit)
	defer cancel()
	for ctx.Err() == nil {
		s, err := readSupervision(h)
		switch {
		case err != nil:
			return err
		case s.Fingerprint == wanted && s.Begun && s.Failed != "" && s.Alive():
			return errors.New(s.Failed)
		case s.Fingerprint == wanted && s.Begun && s.Alive():
			return nil
		case !s.Alive() && !at.Alive():
			return fmt.Errorf("the supervisor ended; %s says why", filepath.Join(h.Logs(), "supervisor.log"))
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("the services are not up after %s; `local-provider status` shows which", chat.Duration(supervisorLimit))
}
