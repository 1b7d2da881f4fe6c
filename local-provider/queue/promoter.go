package queue

import (
	"sync"
	"time"
)

// promoter wakes the queue when the next delayed message is due.
type promoter struct {
	wake func()

	mu      sync.Mutex
	timer   *time.Timer
	due     time.Time
	stopped bool
}

// at makes sure that the queue is woken at a time, or earlier.
func (p *promoter) at(due time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped || (p.timer != nil && !p.due.After(due)) {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.due = due
	// Redis keeps whole milliseconds: one more, so that the message is due when it is looked for.
	p.timer = time.AfterFunc(max(0, time.Until(due))+time.Millisecond, p.fire)
}

func (p *promoter) fire() {
	p.mu.Lock()
	p.timer = nil
	stopped := p.stopped
	p.mu.Unlock()
	if !stopped {
		p.wake()
	}
}

func (p *promoter) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	if p.timer != nil {
		p.timer.Stop()
	}
}
