// Package clock is the time of a stand-in: it can run faster than the world's, stand still, and be moved ahead, never back.
package clock

import "time"

// A Clock is a stand-in's time. It is not safe for concurrent use; its owner's lock guards it.
type Clock struct {
	base   time.Time // the stand-in's time at the moment `since`
	since  time.Time // a moment of the world's time
	speed  float64
	frozen bool
}

// New is a clock that shows a time and goes at so many seconds in one real second, or stands still.
func New(start time.Time, speed float64, frozen bool) *Clock {
	return &Clock{base: start.Round(0), since: time.Now(), speed: speed, frozen: frozen}
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	if c.frozen {
		return c.base
	}
	return c.base.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// Advance moves the clock ahead.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(max(d, 0))) }

// SetSpeed sets how many seconds pass in one real second from now on; zero or less makes the clock stand still.
func (c *Clock) SetSpeed(speed float64) {
	c.Set(c.Now())
	if c.frozen = speed <= 0; !c.frozen {
		c.speed = speed
	}
}

// Set makes the clock show a time, from which it goes on.
func (c *Clock) Set(t time.Time) { c.base, c.since = t, time.Now() }

// Until is how long the world must wait for the clock to show t; false when it never will by itself.
func (c *Clock) Until(t time.Time) (time.Duration, bool) {
	if c.frozen {
		return 0, false
	}
	return max(time.Duration(float64(t.Sub(c.Now()))/c.speed), 0), true
}
