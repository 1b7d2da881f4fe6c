package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Wait blocks until the process has ended (nil) or ctx is done. It works for processes that somebody else started.
func (r Ref) Wait(ctx context.Context) error {
	fd, err := r.open()
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return errors.Join(fmt.Errorf("wait for process %d: %w", r.PID, err), unix.Close(fd))
	}
	// Go's own poller watches the descriptor, so that waiting costs neither a thread nor a wake-up.
	file := os.NewFile(uintptr(fd), "pidfd")
	defer func() { _ = file.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	raw, err := file.SyscallConn()
	if err != nil {
		return fmt.Errorf("wait for process %d: %w", r.PID, err)
	}
	if err := raw.Read(ended); err != nil {
		return fmt.Errorf("wait for process %d: %w", r.PID, errors.Join(context.Cause(ctx), err))
	}
	return nil
}

// ended reports whether the process of a descriptor has: the descriptor is readable then.
func ended(fd uintptr) bool {
	polled := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(polled, 0)
	return n > 0 && err == nil
}

// Signal sends a signal to the process, and only to the very one that the Ref names. ErrGone when it has ended.
func (r Ref) Signal(sig unix.Signal) error {
	fd, err := r.open()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil {
		if errors.Is(err, unix.ESRCH) {
			return ErrGone
		}
		return fmt.Errorf("signal process %d: %w", r.PID, err)
	}
	return nil
}

// open returns a descriptor that goes on meaning this process whatever becomes of its number.
func (r Ref) open() (int, error) {
	if r.PID <= 0 {
		return -1, ErrGone
	}
	fd, err := unix.PidfdOpen(r.PID, 0)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return -1, ErrGone
	}
	if err != nil {
		return -1, fmt.Errorf("open process %d: %w", r.PID, err)
	}
	if !r.Alive() {
		_ = unix.Close(fd)
		return -1, ErrGone
	}
	return fd, nil
}

// Stop ends the process as a container's end does: SIGTERM to the leader, and SIGKILL to its whole group as soon as the
// leader has gone or grace has passed. When it returns nil nothing of the group runs.
func (r Ref) Stop(ctx context.Context, grace time.Duration) error {
	// While the leader is there its number cannot be somebody else's group; afterwards the group keeps the number.
	if err := r.Signal(unix.SIGTERM); err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	graceful, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_ = r.Wait(graceful) // what remains is killed below, whatever the reason
	return r.Kill(ctx)
}

// Kill sends SIGKILL to the group and waits until the leader has gone.
func (r Ref) Kill(ctx context.Context) error {
	if r.PID <= 1 || r.Boot != bootID() {
		return nil
	}
	if s, err := readStat(r.PID); err == nil && s.start != r.Start {
		return nil // the number is somebody else's by now, and so is a group of that number
	}
	if err := unix.Kill(-r.PID, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill the group of process %d: %w", r.PID, err)
	}
	return r.Wait(ctx)
}
