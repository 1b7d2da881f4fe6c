package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/process"
)

const (
	// firstPause and maxPause bound the back-off between restarts. The first restart is immediate.
	firstPause = 100 * time.Millisecond
	maxPause   = 15 * time.Second
	// settled is how long a service must have run for its end to count as a first one again.
	settled = 30 * time.Second
	// readyLimit bounds the wait for a service to listen.
	readyLimit = time.Minute
)

// keeper keeps one service running.
type keeper struct {
	service Service
	folders Folders
	trace   Trace
	crashes int
}

// begin adopts the service that runs, or replaces it, or starts it; it returns once the service accepts connections, or
// with an error when it has not within its time; at once for one that stands apart. The service is kept running either way.
func (k *keeper) begin(ctx context.Context) error {
	fingerprint, err := k.service.fingerprint()
	if err != nil {
		return err
	}
	err = durable.ReadJSON(k.folders.trace(k.service.Name), &k.trace)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("the record of a service is unreadable and is replaced", "service", k.service.Name, "error", err)
	}
	if err == nil && k.trace.Alive() {
		if k.trace.Fingerprint == fingerprint {
			slog.Info("service runs and is adopted", "service", k.service.Name, "pid", k.trace.PID)
			return nil
		}
		slog.Info("service has changed and is replaced", "service", k.service.Name, "pid", k.trace.PID)
		if err := k.trace.Stop(ctx, k.service.Grace); err != nil {
			return fmt.Errorf("replace service %s: %w", k.service.Name, err)
		}
	}
	if k.trace.PID != 0 && !k.trace.Alive() {
		// What it had started must not hold its port.
		_ = k.trace.Kill(ctx)
	}
	k.trace = Trace{Restarts: k.trace.Restarts, Last: k.trace.Last}
	if err := k.start(fingerprint); err != nil {
		return err
	}
	if k.service.Apart {
		return nil
	}
	return k.awaitReady(ctx)
}

// start starts the process and records it.
func (k *keeper) start(fingerprint string) error {
	work := filepath.Join(k.folders.Work, k.service.Name)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return fmt.Errorf("start service %s: %w", k.service.Name, err)
	}
	output, err := os.OpenFile(k.folders.log(k.service.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("start service %s: %w", k.service.Name, err)
	}
	child, err := process.Start(process.Spec{
		Path: k.service.Path, Args: k.service.Args, Env: k.service.Env, Dir: work, Output: output,
	})
	_ = output.Close() // the process has its own
	if err != nil {
		return fmt.Errorf("start service %s: %w", k.service.Name, err)
	}
	k.trace.Ref, k.trace.Name, k.trace.Fingerprint = child.Ref, k.service.Name, fingerprint
	k.trace.Started, k.trace.Address, k.trace.Grace = time.Now().UTC(), k.service.Address, k.service.Grace
	if err := durable.WriteJSON(k.folders.trace(k.service.Name), k.trace); err != nil {
		return errors.Join(err, child.Kill(context.Background()))
	}
	go func() {
		<-child.Exited
		if err := child.Err(); err != nil {
			slog.Debug("service ended", "service", k.service.Name, "how", err)
		}
	}()
	slog.Info("service started", "service", k.service.Name, "pid", child.PID)
	return nil
}

func (k *keeper) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for ctx.Err() == nil {
		if Answers(ctx, k.service.Address) {
			return nil
		}
		if !k.trace.Alive() {
			return fmt.Errorf("service %s ended as soon as it was started; %s says why", k.service.Name, k.folders.log(k.service.Name))
		}
		pause(ctx, 5*time.Millisecond)
	}
	return fmt.Errorf("service %s does not listen on %s yet; %s may say why", k.service.Name, k.service.Address,
		k.folders.log(k.service.Name))
}

// Answers reports whether somebody accepts connections on an address. An empty address is always answered.
func Answers(ctx context.Context, address string) bool {
	if address == "" {
		return true
	}
	connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

// keep restarts the service whenever it ends, until ctx is done; the service then still runs.
func (k *keeper) keep(ctx context.Context) {
	for ctx.Err() == nil {
		if err := k.trace.Wait(ctx); err != nil {
			if ctx.Err() == nil {
				slog.Error("cannot watch a service", "service", k.service.Name, "error", err)
				pause(ctx, maxPause)
			}
			continue
		}
		k.restart(ctx)
	}
}

func (k *keeper) restart(ctx context.Context) {
	lived := time.Since(k.trace.Started)
	if lived > settled {
		k.crashes = 0
	}
	k.crashes++
	wait := pauseAfter(k.crashes)
	k.trace.Restarts++
	k.trace.Last = "ended by itself after " + chat.Duration(lived)
	slog.Warn("service ended by itself and is started again", "service", k.service.Name, "pid", k.trace.PID,
		"lived", lived.Round(time.Millisecond), "restarts", k.trace.Restarts, "in", wait)
	_ = k.trace.Kill(ctx)
	if pause(ctx, wait); ctx.Err() != nil {
		return
	}
	fingerprint, err := k.service.fingerprint()
	if err == nil {
		err = k.start(fingerprint)
	}
	if err != nil {
		slog.Error("a service cannot be started", "error", err)
		k.trace.Ref, k.trace.Started = process.Ref{}, time.Now()
	}
}

func pauseAfter(crashes int) time.Duration {
	if crashes <= 1 {
		return 0
	}
	return min(maxPause, firstPause<<min(crashes-2, 16))
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
