package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/process"
)

// program is one of the processes that OpenStack consists of.
type program struct {
	name string
	path string
	args []string
	env  []string
}

// environment is what every program gets: nothing of whoever starts it but the search path.
func (m *machine) environment(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + m.Dir, "LANG=C.UTF-8", "PYTHONUNBUFFERED=1",
	}, more...)
}

// start starts a program unless it runs. Whatever it prints goes to log/<name>.log.
func (m *machine) start(p program) error {
	if ref, err := m.started(p.name); err == nil && ref.Alive() {
		return nil
	}
	path, err := find(p.path)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(m.path("log", p.name+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	defer func() { _ = log.Close() }()
	child, err := process.Start(process.Spec{Path: path, Args: p.args, Env: m.environment(p.env...), Dir: m.Dir, Output: log})
	if err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	text, err := json.Marshal(child.Ref)
	if err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	return m.write(filepath.Join("run", p.name+".json"), text)
}

// find finds a program, also where only root's search path looks.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		return "", fmt.Errorf("%s is not installed: %w", name, err)
	}
	return path, nil
}

// started names the process that was started under a name.
func (m *machine) started(name string) (process.Ref, error) {
	var ref process.Ref
	text, err := os.ReadFile(m.path("run", name+".json"))
	if err != nil {
		return ref, fmt.Errorf("%s was not started: %w", name, err)
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		return ref, fmt.Errorf("%s: %w", name, err)
	}
	return ref, nil
}

// do runs a program to its end; what it prints goes to log/<name>.log.
func (m *machine) do(ctx context.Context, log, path string, args ...string) error {
	file, err := os.OpenFile(m.path("log", log+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = file.Close() }()
	found, err := find(path)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, found, args...) //nolint:gosec // ours
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = m.environment(), m.Dir, file, file
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s (see %s): %w", strings.Join(append([]string{path}, args[len(args)-1:]...), " … "), file.Name(), err)
	}
	return nil
}

// stopping is how long a program has to end by itself: the database and the queue write their state, the others keep none.
const stopping = 10 * time.Second

// stop ends programs side by side, and forgets them.
func (m *machine) stop(ctx context.Context, names ...string) error {
	ends := make(chan error, len(names))
	for _, name := range names {
		go func() {
			ref, err := m.started(name)
			if err != nil {
				ends <- nil // nothing to stop
				return
			}
			if err := ref.Stop(ctx, stopping); err != nil && !errors.Is(err, process.ErrGone) {
				ends <- fmt.Errorf("stop %s: %w", name, err)
				return
			}
			ends <- os.Remove(m.path("run", name+".json"))
		}()
	}
	var all error
	for range names {
		all = errors.Join(all, <-ends)
	}
	return all
}
