package site

import (
	"net/http"
	"sync"
)

// mostSeats is how many streams one session may have open.
const mostSeats = 16

// seats are the places of those who listen. All who have not logged in have half of them at most: strangers keep nobody out. One of them
// is not told from another, since gateways hand streams on by a proxy that hides the address.
type seats struct {
	mu    sync.Mutex
	taken int
	of    map[string]int // by session; "" is all strangers
}

func (s *seats) take(session string, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := mostSeats
	if session == "" {
		own = most / 2
	}
	if s.taken >= most || s.of[session] >= own {
		return false
	}
	if s.of == nil {
		s.of = make(map[string]int)
	}
	s.taken++
	s.of[session]++
	return true
}

func (s *seats) leave(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.of[session]--; s.of[session] == 0 {
		delete(s.of, session)
	}
}

// Seat takes a place among those who listen, or answers that there is none; end gives it back.
func (s *Site) Seat(w http.ResponseWriter, r *http.Request) (end func(), ok bool) {
	viewer, err := s.Sessions.Viewer(LeftAlone(r.Context()), r)
	if err != nil {
		s.Fail(w, r, err)
		return nil, false
	}
	if !s.seats.take(viewer.Session, s.MaxListeners) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "as many listen as can; ask again later", http.StatusServiceUnavailable)
		return nil, false
	}
	return func() { s.seats.leave(viewer.Session) }, true
}
