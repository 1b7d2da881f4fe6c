package slack

import "time"

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// Advance moves the sandbox's clock ahead.
func (s *Server) Advance(d time.Duration) {
	s.do(func() { s.clock.Advance(d) })
}

// SetSpeed is how many seconds of the sandbox's clock pass in one real second from now on; zero makes it stand still.
func (s *Server) SetSpeed(speed float64) { s.do(func() { s.clock.SetSpeed(speed) }) }
