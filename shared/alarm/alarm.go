// Package alarm is a timer that rings once at the earliest of the times it was set for. Workers set it for what is due soon,
// so that it need not wait for the clock.
package alarm

import (
	"sync"
	"time"
)

// Soon is how far ahead a process sets itself a timer; the clock sees to the rest.
const Soon = 15 * time.Second

// Alarm rings by calling Ring in a goroutine of its own. Set Ring before the first In.
type Alarm struct {
	Ring func()

	mu    sync.Mutex
	timer *time.Timer
	at    time.Time
	over  bool
}

// In makes it ring in d, at once when that is past. A time that is later than [Soon] is left to the clock.
func (a *Alarm) In(d time.Duration) {
	d = max(d, time.Millisecond)
	a.mu.Lock()
	defer a.mu.Unlock()
	at := time.Now().Add(d)
	if a.over || d > Soon || (a.timer != nil && a.at.Before(at)) {
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
		a.Ring()
	})
}

// Stop keeps it from ringing ever again.
func (a *Alarm) Stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	if a.timer != nil {
		a.timer.Stop()
	}
}
