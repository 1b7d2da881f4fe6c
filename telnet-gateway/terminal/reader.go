package terminal

import (
	"net"
	"sync"
)

// readSize is how much is read at once, in bytes.
const readSize = 4 << 10

// reader hands over what it reads, a chunk at a time, and reads on only when the last one was taken.
type reader struct {
	conn   net.Conn
	chunks chan []byte
	stop   chan struct{}
	once   sync.Once
	done   chan struct{}
}

func newReader(conn net.Conn) *reader {
	r := &reader{conn: conn, chunks: make(chan []byte), stop: make(chan struct{}), done: make(chan struct{})}
	go r.run()
	return r
}

func (r *reader) run() {
	defer close(r.done)
	defer close(r.chunks)
	for {
		buf := make([]byte, readSize)
		n, err := r.conn.Read(buf)
		if n > 0 {
			select {
			case r.chunks <- buf[:n]:
			case <-r.stop:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// close ends the goroutine; the connection must have been closed.
func (r *reader) close() {
	r.once.Do(func() { close(r.stop) })
	<-r.done
}
