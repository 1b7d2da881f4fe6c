package gerrit

import (
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// A conn is a connection that can be made to hang: nothing passes any more, in no direction, and it does not end.
type conn struct {
	net.Conn

	wire *wire
	gone chan struct{}
	once sync.Once
}

// Read reads when nothing hangs.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.wire.wait(c) {
		return 0, net.ErrClosed
	}
	return n, err
}

// Write writes when nothing hangs.
func (c *conn) Write(b []byte) (int, error) {
	if !c.wire.wait(c) {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// Close ends the connection, also while it hangs.
func (c *conn) Close() error {
	c.once.Do(func() { close(c.gone) })
	return c.Conn.Close()
}

// wait returns when connections do not hang; false when this one ended before.
func (w *wire) wait(c *conn) bool {
	for {
		w.mu.Lock()
		thaw := w.thaw
		w.mu.Unlock()
		if thaw == nil {
			return true
		}
		select {
		case <-thaw:
		case <-c.gone:
			return false
		}
	}
}

// admit takes a connection up, nil when connections are refused, and says which host key it is shown.
func (w *wire) admit(plain net.Conn) (*conn, ssh.Signer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse || w.key == nil {
		return nil, nil
	}
	c := &conn{Conn: plain, wire: w, gone: make(chan struct{})}
	w.conns[c] = true
	return c, w.key
}

// leave ends a connection.
func (w *wire) leave(c *conn) {
	_ = c.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

func (w *wire) close() { w.cut(false) }

// cut ends all connections: by a reset, as when the machine fell over, or in good order, and returns how many there were.
func (w *wire) cut(hard bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		if hard {
			reset(c.Conn)
		}
		_ = c.Close()
	}
	return len(w.conns)
}

// A cutting ends a stream within what it says.
type cutting struct {
	left int // bytes that still pass
}

// take is how much of n bytes may pass, and whether the connection ends then.
func (w *wire) take(n int) (pass int, end bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.cutting
	if c == nil {
		return n, false
	}
	if n < c.left {
		c.left -= n
		return n, false
	}
	w.cutting = nil
	return c.left, true
}

// farewell is how long the client of a connection that is cut in good order has to hang up as well.
const farewell = 2 * time.Second

// end sends no more, and closes when the client has hung up, or soon: what was written arrives.
func (c *conn) end() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		time.AfterFunc(farewell, func() { _ = c.Close() })
		return
	}
	_ = c.Close()
}
