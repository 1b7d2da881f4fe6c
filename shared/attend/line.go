package attend

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// line makes the line between the function and its keeper. It breaks when either dies.
func line() (here net.Conn, there *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make the line to it: %w", err)
	}
	mine := os.NewFile(uintptr(pair[0]), "keeper")
	there = os.NewFile(uintptr(pair[1]), "function")
	here, err = net.FileConn(mine)
	if err = errors.Join(err, mine.Close()); err != nil {
		return nil, nil, errors.Join(err, there.Close())
	}
	return here, there, nil
}

// write says something in one line of JSON, within a second.
func write(conn net.Conn, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	_, err = conn.Write(append(text, '\n'))
	return err
}

// ownSession keeps a terminal's Ctrl-C, and a signal to the function's group, from the keeper: it must be there when the
// function is not.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
