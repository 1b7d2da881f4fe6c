package gerrit

import (
	"strings"
	"time"
)

// A Request is something that was asked over HTTP or SSH.
type Request struct {
	At time.Time `json:"at"`
	// What is "GET /a/changes/?q=…", or "ssh gerrit version".
	What string `json:"what"`
	User string `json:"user,omitempty"`
	// Status is HTTP's, or what the command ended with; 0 when nothing was answered.
	Status int `json:"status"`
}

// maxRequests is how many requests are remembered.
const maxRequests = 1000

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

// Requests are the latest requests whose What begins so, oldest first: at least the last thousand are looked through.
func (s *Server) Requests(prefix string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Request{}
	for _, r := range s.ledger.requests {
		if strings.HasPrefix(r.What, prefix) {
			out = append(out, r)
		}
	}
	return out
}

func (s *Server) note(what, user string, status int) {
	s.do(func() { s.ledger.add(Request{At: s.clock.Now(), What: what, User: user, Status: status}) })
}
