package github

import (
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A FaultKind is a way to misbehave.
type FaultKind string

// The faults that can be ordered of the REST API.
const (
	FaultDown      FaultKind = "down"      // the connection is cut and nothing happens
	FaultDrop      FaultKind = "drop"      // what was asked for happens, but the connection is cut before the answer
	FaultSlow      FaultKind = "slow"      // the answer takes Delay longer
	FaultError     FaultKind = "error"     // a 5xx, Code or 502, with GitHub's page of the unicorn; nothing happens
	FaultAfter     FaultKind = "after"     // the same 5xx, but it happened
	FaultSecondary FaultKind = "secondary" // the secondary rate limit: Code 403 or 429, Retry-After is Delay, 60 s when zero
	FaultPrimary   FaultKind = "primary"   // the rate limit is used up, and begins anew after Delay
	FaultToken     FaultKind = "token"     // 401 Bad credentials
	FaultGone      FaultKind = "gone"      // 404 Not Found
	FaultRefused   FaultKind = "refused"   // 403 Resource not accessible by integration
)

// FaultKinds are all faults that can be ordered of the REST API.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultDown, FaultDrop, FaultSlow, FaultError, FaultAfter, FaultSecondary, FaultPrimary, FaultToken, FaultGone, FaultRefused,
	}
}

// A Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method limits it to one HTTP method; empty for all.
	Method string `json:"method,omitempty"`
	// Path limits it to paths that contain this text, such as "/issues/comments/"; empty for all.
	Path string `json:"path,omitempty"`
	// Delay is FaultSlow's in real time, and how long the limits last.
	Delay time.Duration `json:"delay,omitempty"`
	// Code is the status of those that have one.
	Code int `json:"code,omitempty"`
	fault.Span
}

// Break orders a fault and returns a number by which Mend ends it. Of several that match a request, the one ordered first
// befalls it.
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
		return (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Path)
	})
}

// limitFault is how long a secondary limit lasts when its order does not say.
const limitFault = time.Minute

// instead is what a request that a fault befalls gets as its answer; false for faults that let it be answered.
func (s *Server) instead(f *Fault) (answer, bool) {
	switch f.Kind {
	case FaultError, FaultAfter:
		return unicorn(f.Code), true
	case FaultSecondary:
		status, wait := f.Code, f.Delay
		if status == 0 {
			status = http.StatusForbidden
		}
		if wait == 0 {
			wait = limitFault
		}
		return secondary(status, wait), true
	case FaultPrimary:
		a := refuse(http.StatusForbidden, "API rate limit exceeded.")
		quota{limit: userPerHour, used: userPerHour, reset: s.clock.Now().Add(f.Delay), resource: "core"}.dress(a.header)
		return a, true
	case FaultToken:
		return refuse(http.StatusUnauthorized, "Bad credentials"), true
	case FaultGone:
		return notFound(), true
	case FaultRefused:
		return refuse(http.StatusForbidden, notForApps), true
	case FaultDown, FaultDrop, FaultSlow:
	}
	return answer{}, false
}

// unicorn is the page that GitHub shows when it is not well.
func unicorn(status int) answer {
	if status == 0 {
		status = http.StatusBadGateway
	}
	return answer{
		status: status, text: "fault",
		body: []byte("<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body><p><strong>This page is taking too long to " +
			"load.</strong></p><p>Sorry about that. Please try refreshing.</p></body></html>\n"),
	}.with("Content-Type", "text/html; charset=utf-8")
}
