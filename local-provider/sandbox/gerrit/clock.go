package gerrit

import "time"

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// Advance moves the clock ahead.
func (s *Server) Advance(d time.Duration) { s.do(func() { s.clock.Advance(d) }) }

// SetSpeed sets how many seconds pass in one real second; zero stops the clock.
func (s *Server) SetSpeed(speed float64) { s.do(func() { s.clock.SetSpeed(speed) }) }
