package terminal

import (
	"net"

	"golang.org/x/sys/unix"
)

// inlineUrgent keeps TCP's urgent byte (telnet's data mark) in the stream: otherwise the byte after an IAC goes missing,
// and the next one is taken for a command.
func inlineUrgent(conn net.Conn) {
	control(conn, func(fd int) {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_OOBINLINE, 1) // without it only a synch would be misread
	})
}

// unsent is how many bytes the client's side has not acknowledged, -1 when that cannot be known.
func unsent(conn net.Conn) int {
	n := -1
	control(conn, func(fd int) {
		if got, err := unix.IoctlGetInt(fd, unix.TIOCOUTQ); err == nil {
			n = got
		}
	})
	return n
}

func control(conn net.Conn, f func(fd int)) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { f(int(fd)) }) // fails only on a closed connection
}
