package terminal

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// writer sends what is queued, in order, in a goroutine of its own.
type writer struct {
	conn  net.Conn
	stall time.Duration
	room  chan struct{} // gets a token when the queue has become empty, and when sending has failed
	wake  chan struct{}
	done  chan struct{}

	mu     sync.Mutex
	queue  []byte
	flight int // bytes handed to the kernel right now
	closed bool
	err    error
}

func newWriter(conn net.Conn, stall time.Duration) *writer {
	w := &writer{
		conn: conn, stall: stall,
		room: make(chan struct{}, 1), wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	go w.run()
	return w
}

func (w *writer) send(p []byte) {
	if len(p) == 0 {
		return
	}
	w.mu.Lock()
	if w.err == nil {
		w.queue = append(w.queue, p...)
	}
	w.mu.Unlock()
	signal(w.wake)
}

// pending is how many bytes have not been handed to the kernel.
func (w *writer) pending() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue) + w.flight
}

func (w *writer) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// writeSize is how much is written at once, in bytes.
const writeSize = 16 << 10

// partingStall is how long the last writes may stand still.
const partingStall = 2 * time.Second

// close lets the queue drain and ends the goroutine.
func (w *writer) close() {
	w.mu.Lock()
	w.closed, w.stall = true, min(w.stall, partingStall)
	_ = w.conn.SetWriteDeadline(time.Now().Add(w.stall)) // for a write under way; a broken connection needs none
	w.mu.Unlock()
	signal(w.wake)
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	for {
		p, closed := w.next()
		if p != nil {
			w.write(p)
			continue
		}
		signal(w.room)
		if closed {
			return
		}
		<-w.wake
	}
}

func (w *writer) next() ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.queue
	w.queue, w.flight = nil, len(p)
	return p, w.closed
}

// write hands p to the kernel in pieces, so that a client that reads slowly is not taken for one that does not read.
func (w *writer) write(p []byte) {
	var err error
	for piece := range slices.Chunk(p, writeSize) {
		w.mu.Lock()
		err = w.conn.SetWriteDeadline(time.Now().Add(w.stall))
		w.mu.Unlock()
		if err == nil {
			_, err = w.conn.Write(piece)
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		w.mu.Lock()
		w.err, w.queue = fmt.Errorf("write to %s: %w", w.conn.RemoteAddr(), err), nil
		w.mu.Unlock()
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
