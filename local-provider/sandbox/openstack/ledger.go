package openstack

import (
	"net/http"
	"time"
)

// A Request is a call that was made, without the page's and the control's.
type Request struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // with the query
	User   string    `json:"user,omitempty"`
	Status int       `json:"status"` // 0 when nothing was answered
}

// maxRequests is how many requests are remembered.
const maxRequests = 5000

type ledger struct {
	requests []Request
	count    int
}

func (l *ledger) add(r Request) {
	l.count++
	l.requests = append(l.requests, r)
	if len(l.requests) > 2*maxRequests {
		l.requests = append([]Request(nil), l.requests[maxRequests:]...)
	}
}

// note remembers a call that no service answered.
func (s *Server) note(r *http.Request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.add(Request{At: s.clock.Now(), Method: r.Method, Path: r.URL.RequestURI(), Status: status})
}

// Requests are the latest calls, oldest first: at least the last five thousand.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.ledger.requests...)
}

// Asked are the latest calls as text: "POST /compute/v2.1/servers".
func (s *Server) Asked() []string {
	requests := s.Requests()
	out := make([]string, len(requests))
	for i, r := range requests {
		out[i] = r.Method + " " + r.Path
	}
	return out
}

// Count is how many calls were made so far.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.count
}
