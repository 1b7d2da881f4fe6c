package slack

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

// run sets the speed from now on; zero makes the clock stand still.
func (c *clock) run(speed float64) {
	c.set(c.now())
	c.speed, c.frozen = speed, speed == 0
}

func (c *clock) set(t time.Time) { c.base, c.since = t, time.Now() }

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// Advance moves the sandbox's clock ahead.
func (s *Server) Advance(d time.Duration) {
	s.do(func() { s.clock.advance(d) })
}

// SetSpeed is how many seconds of the sandbox's clock pass in one real second from now on; zero makes it stand still.
func (s *Server) SetSpeed(speed float64) {
	s.do(func() { s.clock.run(max(speed, 0)) })
}
