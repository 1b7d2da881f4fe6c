package site

import (
	"net/http"
	"sync"
)

// mostSeats is how many streams one session may have open, or one address without a login.
const mostSeats = 16

// seats are the places of those who listen. Who has not logged in has half of them at most: strangers keep nobody out.
type seats struct {
	mu               sync.Mutex
	taken, strangers int
	of               map[string]int
}

func (s *seats) take(who string, stranger bool, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= most || s.of[who] >= mostSeats || stranger && s.strangers >= most/2 {
		return false
	}
	if s.of == nil {
		s.of = make(map[string]int)
	}
	s.taken++
	s.of[who]++
	if stranger {
		s.strangers++
	}
	return true
}

func (s *seats) leave(who string, stranger bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.of[who]--; s.of[who] == 0 {
		delete(s.of, who)
	}
	if stranger {
		s.strangers--
	}
}

// Seat takes a place among those who listen, or answers that there is none; end gives it back.
func (s *Site) Seat(w http.ResponseWriter, r *http.Request) (end func(), ok bool) {
	viewer, err := s.Sessions.Viewer(LeftAlone(r.Context()), r)
	if err != nil {
		s.Fail(w, r, err)
		return nil, false
	}
	who, stranger := "session "+viewer.Session, !viewer.LoggedIn()
	if stranger {
		who = "address " + Address(r)
	}
	if !s.seats.take(who, stranger, s.MaxListeners) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "as many listen as can; ask again later", http.StatusServiceUnavailable)
		return nil, false
	}
	return func() { s.seats.leave(who, stranger) }, true
}
