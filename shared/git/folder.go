package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What the work folder holds.
const (
	cachesFolder = "caches"
	runsFolder   = "runs"

	// heldFile in a run's folder is locked while somebody works there.
	heldFile = "held"
	// abandoned is the age at which a run's folder that was never locked is nobody's.
	abandoned = time.Hour
	// lockLook is how often a lock that somebody else holds is tried.
	lockLook = 50 * time.Millisecond
)

func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// folder is where one piece of work keeps what it needs for a moment: secrets as files, an index. Nobody else can look
// into it, and it is removed at the end; what a killed process left is removed by the next one that begins.
type folder struct {
	path string
	held *os.File
}

func (r *Repositories) newFolder() (*folder, error) {
	path, err := os.MkdirTemp(filepath.Join(r.dir, runsFolder), "run-")
	if err != nil {
		return nil, fmt.Errorf("git: make a folder: %w", err)
	}
	held, err := os.OpenFile(filepath.Join(path, heldFile), os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err == nil {
		err = unix.Flock(int(held.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("git: hold a folder: %w", err), os.RemoveAll(path))
	}
	return &folder{path: path, held: held}, nil
}

// remove gives it up. What cannot be removed now is removed when the process begins again.
func (f *folder) remove() {
	_ = os.RemoveAll(f.path)
	_ = f.held.Close()
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// write makes a file that only we can read, and returns its path.
func (f *folder) write(name string, text []byte) (string, error) {
	path := f.file(name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("git: write %s: %w", name, err)
	}
	return path, nil
}

// sweep removes what killed processes left.
func (r *Repositories) sweep() {
	runs := filepath.Join(r.dir, runsFolder)
	entries, err := os.ReadDir(runs)
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(runs, entry.Name())
		held, err := os.OpenFile(filepath.Join(path, heldFile), os.O_RDWR, 0)
		if err == nil {
			if unix.Flock(int(held.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil && settledFile(held) {
				_ = os.RemoveAll(path)
			}
			_ = held.Close()
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.RemoveAll(path)
		}
	}
}

// settledFile leaves alone what was made a moment ago, and may be about to be locked.
func settledFile(held *os.File) bool {
	info, err := held.Stat()
	return err == nil && time.Since(info.ModTime()) > time.Minute
}

// lockFile waits for a lock until ctx ends. waiting, if not nil, is called once when somebody else has it.
func lockFile(ctx context.Context, path string, waiting func()) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("git: open a lock: %w", err)
	}
	for told := false; ; {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("git: lock %s: %w", path, err), file.Close())
		}
		if !told && waiting != nil {
			waiting()
		}
		told = true
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("git: wait for a lock: %w", context.Cause(ctx)), file.Close())
		case <-time.After(lockLook):
		}
	}
}
