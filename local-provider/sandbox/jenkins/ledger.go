package jenkins

import (
	"slices"
	"time"
)

// How much the ledger remembers. The number of builds ever started per job is never forgotten.
const (
	maxRequests = 2000
	maxStarts   = 5000
)

// A Request is one HTTP request that was made.
type Request struct {
	At     time.Time `json:"at"` // by the sandbox's clock
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	User   string    `json:"user,omitempty"`   // empty when nobody logged in
	Status int       `json:"status,omitempty"` // what was, or would have been, answered; 0 when nothing was
}

// A Start is one build that was started, whatever became of it or its record.
type Start struct {
	At         time.Time         `json:"at"`
	Job        string            `json:"job"` // the full name: "demo/slow"
	Number     int               `json:"number"`
	QueueID    int64             `json:"queueId"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Cause      string            `json:"cause"`
}

// A ledger counts effects, so that a test can say that something happened exactly once.
type ledger struct {
	requests []Request
	starts   []Start
	unsaved  []Start
}

func (l *ledger) request(r Request) {
	if len(l.requests) == maxRequests {
		l.requests = slices.Delete(l.requests, 0, maxRequests/2)
	}
	l.requests = append(l.requests, r)
}

func (l *ledger) start(b *build) {
	s := Start{
		At: b.Started, Job: b.job.fullName(), Number: b.Number, QueueID: b.QueueID,
		Cause: b.Causes[0].description(),
	}
	if len(b.Parameters) > 0 {
		s.Parameters = map[string]string{}
		for _, v := range b.Parameters {
			s.Parameters[v.Name] = v.Value
		}
	}
	l.unsaved = append(l.unsaved, s)
	l.remember(s)
}

func (l *ledger) remember(s Start) {
	if len(l.starts) == maxStarts {
		l.starts = slices.Delete(l.starts, 0, maxStarts/2)
	}
	l.starts = append(l.starts, s)
}

// Requests are the requests that were made, oldest first; the latest few thousand.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger.requests)
}

// Starts are the builds that were ever started, oldest first; the latest few thousand.
func (s *Server) Starts() []Start {
	var out []Start
	s.do(func() { out = slices.Clone(s.ledger.starts) })
	return out
}

// Started is how many builds of a job ("demo/slow") were ever started; -1 when there is no such job.
func (s *Server) Started(job string) int {
	n := -1
	s.do(func() {
		if it := s.root.find(job); it != nil {
			n = it.started
		}
	})
	return n
}
