package openstack

import "time"

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// Advance moves the clock ahead; what is due by then happens.
func (s *Server) Advance(d time.Duration) { s.do(func() { s.clock.Advance(d); s.catchUp() }) }

// SetSpeed sets how many seconds pass in one real second; zero stops the clock.
func (s *Server) SetSpeed(speed float64) { s.do(func() { s.clock.SetSpeed(speed) }) }

// seconds is a time as most of OpenStack writes it: whole seconds, UTC, a Z at its end.
func seconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// micros is a time with microseconds and no zone, as Nova's and Cinder's services write it.
func micros(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000") }
