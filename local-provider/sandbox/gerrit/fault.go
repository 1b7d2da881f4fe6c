package gerrit

import (
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A FaultKind is a way to misbehave over HTTP.
type FaultKind string

// The faults that can be ordered. What goes wrong with SSH has methods of its own: Cut, CutAfter, Refuse, Hang, ChangeHostKey.
const (
	FaultDown        FaultKind = "down"        // the connection is reset and nothing happens
	FaultHang        FaultKind = "hang"        // nothing happens and nothing is answered, until the client gives up
	FaultSlow        FaultKind = "slow"        // the answer takes Delay longer
	FaultDrop        FaultKind = "drop"        // what was asked for happens, but the answer is lost
	FaultTorn        FaultKind = "torn"        // what was asked for happens, and half of the answer comes
	FaultHTML        FaultKind = "html"        // 200 with a page of somebody else, such as a proxy's
	FaultInternal    FaultKind = "internal"    // 500, and nothing happens
	FaultUnavailable FaultKind = "unavailable" // 503, and nothing happens
	FaultLimited     FaultKind = "limited"     // 429, by a quota
	FaultLogin       FaultKind = "login"       // 401: the password is not taken any more
)

// FaultKinds are all faults that can be ordered.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultDown, FaultHang, FaultSlow, FaultDrop, FaultTorn, FaultHTML, FaultInternal, FaultUnavailable, FaultLimited, FaultLogin,
	}
}

// A Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method limits it to one HTTP method; empty for all.
	Method string `json:"method,omitempty"`
	// Path limits it to paths that contain this text, such as "/review" or "/plugins/events-log/"; empty for all.
	Path string `json:"path,omitempty"`
	// Delay is FaultSlow's, in real time.
	Delay time.Duration `json:"delay,omitempty"`

	fault.Span
}

// Break orders a fault and returns a number by which Mend ends it. Of several that match a request, the one ordered first
// befalls it. The page and the control are never befallen.
func (s *Server) Break(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Break(f, f.Span)
}

// Mend ends the faults with the given numbers, all of them when none is given.
func (s *Server) Mend(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Mend(ids...)
}

// ordered is the fault that befalls a request, nil for none.
func (s *Server) ordered(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Befalls(func(f Fault) bool {
		return (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.EscapedPath(), f.Path)
	})
}

// answer is what a request gets instead of an answer; false for faults that let it be answered.
func (f *Fault) answer() (answer, bool) {
	switch f.Kind {
	case FaultHTML:
		return answer{status: http.StatusOK, kind: "text/html", body: []byte("<!DOCTYPE html>\n<html><head><title>Welcome</title>" +
			"</head><body><h1>It works!</h1><p>Please log in to the network first.</p></body></html>\n")}, true
	case FaultInternal:
		return plain(http.StatusInternalServerError, "Internal server error"), true
	case FaultUnavailable:
		return plain(http.StatusServiceUnavailable, "Service Unavailable"), true
	case FaultLimited:
		return plain(http.StatusTooManyRequests, "Quota exceeded: requests per hour"), true
	case FaultLogin:
		return plain(http.StatusUnauthorized, "Unauthorized"), true
	case FaultDown, FaultHang, FaultSlow, FaultDrop, FaultTorn:
	}
	return answer{}, false
}
