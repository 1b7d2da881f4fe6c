package github

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// maxCalls is how many calls the ledger remembers one by one. The counts are never forgotten.
const maxCalls = 2000

// A Call is one call of the REST API.
type Call struct {
	At     time.Time `json:"at"` // by the sandbox's clock
	Method string    `json:"method"`
	Path   string    `json:"path"`  // without /api/v3: "/repos/acme/app/pulls/1"
	Route  string    `json:"route"` // "POST /repos/{owner}/{repo}/issues/{number}/comments"
	Who    string    `json:"who"`   // a login; empty for nobody
	Status int       `json:"status"`
	// Text is what went wrong; of a fault its kind.
	Text string `json:"text,omitempty"`
}

// A ledger remembers what was called, so that a test can say how often something happened.
type ledger struct {
	calls  []Call
	counts map[string]map[int]int // route → status → times
}

func newLedger() ledger { return ledger{counts: map[string]map[int]int{}} }

func (l *ledger) add(c Call) {
	if len(l.calls) == maxCalls {
		l.calls = slices.Delete(l.calls, 0, maxCalls/2)
	}
	l.calls = append(l.calls, c)
	by := l.counts[c.Route]
	if by == nil {
		by = map[int]int{}
		l.counts[c.Route] = by
	}
	by[c.Status]++
}

// Calls are the calls that were made, oldest first; the latest few thousand. With a text, only those whose method and path,
// "POST /repos/acme/app/issues/1/comments", contain it.
func (s *Server) Calls(text string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.ledger.calls {
		if strings.Contains(c.Method+" "+c.Path, text) {
			out = append(out, c)
		}
	}
	return out
}

// Counts are how often each route was called with each status.
func (s *Server) Counts() map[string]map[int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]map[int]int{}
	for route, by := range s.ledger.counts {
		out[route] = maps.Clone(by)
	}
	return out
}
