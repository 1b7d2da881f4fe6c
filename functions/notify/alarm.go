package main

import (
	"sync"
	"time"
)

// alarm rings once at the earliest of the times it was set for.
type alarm struct {
	ring func()

	mu    sync.Mutex
	timer *time.Timer
	at    time.Time
	over  bool
}

// in sets it; a time that is not soon is left to the clock.
func (a *alarm) in(d time.Duration) {
	d = max(d, time.Millisecond)
	a.mu.Lock()
	defer a.mu.Unlock()
	at := time.Now().Add(d)
	if a.over || d > soon || (a.timer != nil && a.at.Before(at)) {
		return
	}
	if a.timer != nil {
		a.timer.Stop()
	}
	a.at = at
	a.timer = time.AfterFunc(d, func() {
		a.mu.Lock()
		if a.at.Equal(at) {
			a.timer = nil
		}
		a.mu.Unlock()
		a.ring()
	})
}

// stop keeps it from ringing ever again.
func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	if a.timer != nil {
		a.timer.Stop()
	}
}
