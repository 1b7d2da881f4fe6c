package intake

import (
	"context"
	"sync"
)

// Queue holds lines that were read and not accepted yet, within bounds: whoever reads waits while it is full. One goroutine
// adds, another takes.
type Queue struct {
	most, mostBytes int

	mu     sync.Mutex
	lines  [][]byte
	bytes  int
	err    error
	closed bool
	ready  chan struct{} // there is something, or the end
	room   chan struct{}
	over   chan struct{}
}

// NewQueue makes one for so many lines and bytes.
func NewQueue(most, mostBytes int) *Queue {
	return &Queue{most: most, mostBytes: mostBytes, ready: make(chan struct{}, 1), room: make(chan struct{}, 1), over: make(chan struct{})}
}

// Add adds a line when there is room for it. It returns the end of ctx when that comes first. A line that is larger than all
// the room there is goes in alone.
func (q *Queue) Add(ctx context.Context, line []byte) error {
	for !q.add(line) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-q.room:
		}
	}
	return nil
}

func (q *Queue) add(line []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) > 0 && (len(q.lines) >= q.most || q.bytes+len(line) > q.mostBytes) {
		return false
	}
	q.lines, q.bytes = append(q.lines, line), q.bytes+len(line)
	signal(q.ready)
	return true
}

// End says that nothing more comes, and why. It is called once.
func (q *Queue) End(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.err = true, err
	close(q.over)
	signal(q.ready)
}

// Over is closed when nothing more comes; something may be left to take.
func (q *Queue) Over() <-chan struct{} { return q.over }

// Ready tells that there is something to take, or the end.
func (q *Queue) Ready() <-chan struct{} { return q.ready }

// Take takes the oldest lines, at most n, without waiting. over says that there are none and that nothing more comes; err is
// then why.
func (q *Queue) Take(n int) (lines [][]byte, over bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.lines))
	lines = append(lines, q.lines[:n]...)
	clear(q.lines[:n])
	q.lines = q.lines[n:]
	for _, line := range lines {
		q.bytes -= len(line)
	}
	if len(q.lines) > 0 || q.closed {
		signal(q.ready)
	}
	signal(q.room)
	return lines, q.closed && len(lines) == 0, q.err
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
