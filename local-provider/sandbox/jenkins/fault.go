package jenkins

import (
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A FaultKind is a way to misbehave.
type FaultKind string

// The faults that can be ordered.
const (
	FaultDown    FaultKind = "down"    // the connection is reset and nothing happens
	FaultSlow    FaultKind = "slow"    // the answer takes Delay longer
	FaultHTML    FaultKind = "html"    // 200 with a page of somebody else, such as a proxy's
	FaultError   FaultKind = "error"   // 500 with Jenkins' error page, and nothing happens
	FaultGateway FaultKind = "gateway" // 502 from a proxy, and nothing happens
	FaultDrop    FaultKind = "drop"    // what was asked for happens, but the answer is lost
	FaultToken   FaultKind = "token"   // 401: the token was revoked
	FaultGone    FaultKind = "gone"    // 404: the job is not there any more
)

// FaultKinds are all faults that can be ordered.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultDown, FaultSlow, FaultHTML, FaultError, FaultGateway, FaultDrop, FaultToken, FaultGone,
	}
}

// A Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method limits it to one HTTP method; empty for all.
	Method string `json:"method,omitempty"`
	// Path limits it to paths that contain this text, such as "/job/demo/job/slow/"; empty for all.
	Path string `json:"path,omitempty"`
	// Times is how many requests it befalls; zero for all until Mend.
	Times int `json:"times,omitempty"`
	// Skip is how many matching requests are served well before.
	Skip int `json:"skip,omitempty"`
	// Delay is FaultSlow's, in real time.
	Delay time.Duration `json:"delay,omitempty"`
}

// Break orders a fault and returns a number by which Mend ends it. Of several that match a request, the one ordered
// first befalls it.
func (s *Server) Break(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Break(f, fault.Span{Times: f.Times, Skip: f.Skip})
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
		return (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Path)
	})
}

// faultAnswer is what a request gets instead of an answer; false for faults that let it be answered.
func (s *Server) faultAnswer(r *http.Request, f *Fault) (answer, bool) {
	switch f.Kind {
	case FaultHTML:
		return answer{status: http.StatusOK, body: []byte("<!DOCTYPE html>\n<html><head><title>Welcome</title></head>" +
			"<body><h1>It works!</h1><p>Please log in to the network first.</p></body></html>\n")}.
			with("Content-Type", "text/html"), true
	case FaultError:
		return s.oops(http.StatusInternalServerError), true
	case FaultGateway:
		return answer{status: http.StatusBadGateway, body: []byte("<html>\r\n<head><title>502 Bad Gateway</title></head>" +
			"\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n" +
			"</html>\r\n")}.with("Content-Type", "text/html"), true
	case FaultToken:
		return unauthorized(r), true
	case FaultGone:
		return s.notFound(), true
	case FaultDown, FaultSlow, FaultDrop:
	}
	return answer{}, false
}
