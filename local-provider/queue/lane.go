package queue

import "sync"

// lane counts the places of one function.
type lane struct {
	name  string
	limit int

	mu      sync.Mutex
	used    int
	missed  bool
	stopped bool
}

// reserve takes a place, if one is free. When none is, whoever gives one back looks into Redis again.
func (l *lane) reserve() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	if l.used >= l.limit {
		l.missed = true
		return false
	}
	l.used++
	return true
}

// give returns a place. It answers true, and the place is kept, when somebody found none meanwhile: a message may have
// been put into Redis after the holder of this place had seen none there.
func (l *lane) give() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.missed && !l.stopped {
		l.missed = false
		return true
	}
	l.used--
	return false
}

// stop lets no more places be taken.
func (l *lane) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
}

func (l *lane) open() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.stopped
}
