package slack

import (
	"maps"
	"slices"
	"time"
)

// maxCalls is how many calls the ledger remembers one by one. The counts are never forgotten.
const maxCalls = 2000

// A Call is one call of the Web API.
type Call struct {
	At      time.Time `json:"at"`     // by the sandbox's clock
	Method  string    `json:"method"` // chat.postMessage; a response URL is "response_url", a download "files.download"
	Channel string    `json:"channel,omitempty"`
	TS      string    `json:"ts,omitempty"` // of the message that was made, changed or deleted
	// Outcome is "ok", an error code, or how a fault befell it: "down", "hang", "drop".
	Outcome string `json:"outcome"`
	Status  int    `json:"status,omitempty"` // of HTTP; 0 when nothing was answered
	// Pings says that the message calls everybody in its channel (@channel, @here, @everyone).
	Pings bool `json:"pings,omitempty"`
}

// A ledger remembers what was called, so that a test can say how often something happened.
type ledger struct {
	calls  []Call
	counts map[string]map[string]int // method → outcome → times
	pings  int                       // messages that called everybody
}

func newLedger() ledger { return ledger{counts: map[string]map[string]int{}} }

func (l *ledger) add(c Call) {
	if len(l.calls) == maxCalls {
		l.calls = slices.Delete(l.calls, 0, maxCalls/2)
	}
	l.calls = append(l.calls, c)
	by := l.counts[c.Method]
	if by == nil {
		by = map[string]int{}
		l.counts[c.Method] = by
	}
	by[c.Outcome]++
	if c.Pings {
		l.pings++
	}
}

// Calls are the calls that were made, oldest first; the latest few thousand. With a method, only its calls.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method == "" {
		return slices.Clone(s.ledger.calls)
	}
	var out []Call
	for _, c := range s.ledger.calls {
		if c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// Called is how often a method was ever called with an outcome ("ok" or an error code).
func (s *Server) Called(method, outcome string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.counts[method][outcome]
}

// Counts are how often each method was called with each outcome.
func (s *Server) Counts() map[string]map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]map[string]int{}
	for method, by := range s.ledger.counts {
		out[method] = maps.Clone(by)
	}
	return out
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
