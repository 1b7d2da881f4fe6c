package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/mask"
)

// hasty are the waits where a worker has only seconds to leave.
var hasty = attend.Waits{Term: 2 * time.Second, Kill: 2 * time.Second}

// aside runs a program that only prepares something or looks something up, to its end or that of ctx; then all that it
// started has ended too. The error has the last thing that it said, without what is hidden.
func (c *capability) aside(ctx context.Context, spec attend.Spec, hidden []string) error {
	said := newLogbook(c.now)
	masked := mask.New(twice(hidden)...).Writer(said)
	if spec.Output == nil {
		spec.Output = masked
	} else {
		spec.Errors = masked
	}
	program, err := attend.Start(spec)
	if err != nil {
		return fmt.Errorf("start %s: %w", spec.Path, err)
	}
	if err := program.Go(); err != nil {
		return refused(fmt.Sprintf("%s cannot be run: %v", spec.Path, err))
	}
	select {
	case <-program.Done():
	case <-ctx.Done():
		_, err := program.Stop(context.WithoutCancel(ctx), hasty, nil)
		return errors.Join(context.Cause(ctx), err)
	}
	exit := program.Exit()
	if exit.Code == 0 {
		return nil
	}
	if err := masked.Flush(); err != nil {
		return fmt.Errorf("read what %s said: %w", spec.Path, err)
	}
	said.end()
	return &toolError{program: spec.Path, exit: exit, said: said.said()}
}

// toolError says that a program failed.
type toolError struct {
	program string
	exit    attend.Exit
	said    string
}

func (e *toolError) Error() string {
	if e.exit.Signal != "" {
		return fmt.Sprintf("%s was ended by %s", e.program, e.exit.Signal)
	}
	return fmt.Sprintf("%s ended with %d: %s", e.program, e.exit.Code, e.said)
}

// limited passes at most so many bytes on, and says that there were more.
type limited struct {
	to   io.Writer
	room int
	more bool
}

// Write implements io.Writer. It never fails for want of room.
func (l *limited) Write(p []byte) (int, error) {
	n := len(p)
	if n > l.room {
		p, l.more = p[:l.room], true
	}
	l.room -= len(p)
	if _, err := l.to.Write(p); err != nil {
		return 0, fmt.Errorf("keep what was printed: %w", err)
	}
	return n, nil
}
