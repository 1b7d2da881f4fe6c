package jenkins

import "time"

// A clock is the sandbox's time. It can run faster than the world's, stand still, and be moved ahead, never back.
// It is not safe for concurrent use; the server's lock guards it.
type clock struct {
	base   time.Time // the sandbox's time at the moment `since`
	since  time.Time // a moment of the world's time
	speed  float64
	frozen bool
}

func newClock(start time.Time, speed float64, frozen bool) *clock {
	return &clock{base: start.Round(0), since: time.Now(), speed: speed, frozen: frozen}
}

// now is the sandbox's time.
func (c *clock) now() time.Time {
	if c.frozen {
		return c.base
	}
	return c.base.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// advance moves the clock ahead.
func (c *clock) advance(d time.Duration) { c.set(c.now().Add(max(d, 0))) }

// run sets the speed from now on.
func (c *clock) run(speed float64) {
	c.set(c.now())
	c.speed, c.frozen = speed, false
}

// stop makes the clock stand still.
func (c *clock) stop() {
	c.set(c.now())
	c.frozen = true
}

func (c *clock) set(t time.Time) { c.base, c.since = t, time.Now() }

// until is how long the world must wait for the sandbox's clock to show t; false when it never will by itself.
func (c *clock) until(t time.Time) (time.Duration, bool) {
	if c.frozen {
		return 0, false
	}
	return max(time.Duration(float64(t.Sub(c.now()))/c.speed), 0), true
}

// millis is a time as Jenkins writes it.
func millis(t time.Time) int64 { return t.UnixMilli() }
