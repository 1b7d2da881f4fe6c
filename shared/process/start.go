package process

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Spec says what to start.
type Spec struct {
	// Path is the executable, Args its arguments without the name.
	Path string
	Args []string
	// Env is the whole environment: nothing is inherited.
	Env []string
	// Dir is the working directory. Leaders finds a process by it when its record was lost.
	Dir string
	// Output receives standard output and standard error; nil discards them.
	Output *os.File
}

// Child is a process that this program started.
type Child struct {
	Ref
	// Exited is closed when the process has ended and was reaped; Err tells how.
	Exited <-chan struct{}
	err    error
}

// Err says how the process ended; nil means with status 0. It may be read once Exited is closed.
func (c *Child) Err() error { return c.err }

// Start runs the program as the leader of a session of its own: no terminal's Ctrl-C and no death of this program
// reaches it, and a signal to its group reaches all that it starts.
func Start(spec Spec) (*Child, error) {
	// The life of the process is managed by Stop and must outlive any context of the caller.
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Env = spec.Env
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Dir = spec.Dir
	if spec.Output != nil {
		cmd.Stdout, cmd.Stderr = spec.Output, spec.Output
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	exited := make(chan struct{})
	child := &Child{Exited: exited}
	// The process cannot be reaped before Wait is called below, so its entry in /proc is there even if it has ended.
	s, err := readStat(cmd.Process.Pid)
	child.Ref = Ref{PID: cmd.Process.Pid, Start: s.start, Boot: bootID()}
	if err != nil {
		_ = cmd.Process.Kill()
	}
	go func() {
		child.err = cmd.Wait()
		close(exited)
	}()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	return child, nil
}
