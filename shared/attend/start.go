package attend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/handsoff/handsoff/shared/process"
)

// limits are how long the parts wait for one another.
type limits struct{ patience, stragglers, polite, drain, deaf time.Duration }

func start(spec Spec, limits limits) (*Attended, error) {
	if !able.Load() {
		return nil, errors.New("attend.Main is not the first line of this program's main")
	}
	path, dir, err := find(spec)
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	mark, err := newMark()
	if err != nil {
		return nil, err
	}
	a := &Attended{
		limits: limits,
		ready:  make(chan struct{}), done: make(chan struct{}), exited: make(chan struct{}), changed: make(chan struct{}),
	}
	if err := a.launch(spec, path); err != nil {
		return nil, fmt.Errorf("start the keeper of %s: %w", path, err)
	}
	a.ref.Mark = mark
	err = a.say(order{Begin: &beginning{
		Path: path, Args: spec.Args, Env: append(append([]string{}, spec.Env...), markName+"="+mark), Dir: dir,
		Events: spec.Events != nil, Patience: limits.patience, Stragglers: limits.stragglers, Polite: limits.polite,
	}})
	a.pipes.copy(spec)
	go a.listen()
	go a.beat()
	if err == nil {
		err = a.await(a.ready, readiness)
	}
	if err != nil {
		a.abandon()
		return nil, fmt.Errorf("start the keeper of %s: %w", path, err)
	}
	return a, nil
}

// find makes names that mean the same from anywhere: the keeper stands elsewhere.
func find(spec Spec) (path, dir string, err error) {
	if path, err = exec.LookPath(spec.Path); err != nil {
		return "", "", err
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	dir, err = filepath.Abs(spec.Dir)
	return path, dir, err
}

// launch starts the keeper and keeps this side of the line and of the pipes.
func (a *Attended) launch(spec Spec, path string) error {
	here, there, err := line()
	if err != nil {
		return err
	}
	all, ends, err := openPipes(spec)
	if err != nil {
		return errors.Join(err, here.Close(), there.Close())
	}
	// The keeper's life is not that of any context: it ends with its program, or with this process.
	a.cmd = exec.CommandContext(context.Background(), "/proc/self/exe")
	a.cmd.Args = []string{keeperName, path} // the path is for who looks at what runs
	// Not where the function is: it holds no file system, and whoever ends all that works in the function's folder must
	// not take the keeper for a stray.
	a.cmd.Dir = "/"
	a.cmd.Env = append([]string{}, process.SelfEnv...)
	a.cmd.Stderr = os.Stderr
	a.cmd.ExtraFiles = append([]*os.File{there}, ends...)
	a.cmd.SysProcAttr = ownSession()
	a.conn, a.pipes = here, all
	err = a.cmd.Start()
	_ = there.Close()
	for _, end := range ends {
		_ = end.Close()
	}
	if err != nil {
		return errors.Join(err, here.Close(), all.Close())
	}
	go func() {
		_ = a.cmd.Wait()
		close(a.exited)
	}()
	a.ref, err = refOf(a.cmd.Process.Pid)
	if err != nil {
		err = errors.Join(err, a.cmd.Process.Kill(), here.Close(), all.Close())
	}
	return err
}

// await waits for the keeper to have answered.
func (a *Attended) await(answered <-chan struct{}, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-answered:
		return nil
	case <-a.done:
		return errors.New("it ended at once")
	case <-timer.C:
		return fmt.Errorf("it did not answer within %s", limit)
	}
}

// abandon lets go of a keeper that is of no use.
func (a *Attended) abandon() {
	_ = a.cmd.Process.Kill()
	<-a.done
}
