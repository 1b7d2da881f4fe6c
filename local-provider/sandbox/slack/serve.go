package slack

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// routes puts every path where it belongs. A page or a control of its own is added with Handle.
func (s *Server) routes() {
	s.mux.HandleFunc("/api/", s.serveAPI)
	s.mux.HandleFunc("POST "+responsePath+"{team}/{number}/{secret}", s.serveResponse)
	s.mux.HandleFunc("GET "+filePath+"{id}/{name...}", s.serveFile)
	s.controls()
	s.peopleRoutes()
	s.pageRoutes()
	s.openIDRoutes()
}

// Handle adds a handler for a pattern of http.ServeMux. Call it before the server is served.
func (s *Server) Handle(pattern string, handler http.Handler) { s.mux.Handle(pattern, handler) }

// ServeHTTP serves the Web API, response URLs, files, the sandbox's control and what was added by Handle.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.learnURL(r)
	s.mux.ServeHTTP(w, r)
}

// learnURL takes the root URL from the first request when nobody told it.
func (s *Server) learnURL(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" && r.Host != "" {
		s.base = "http://" + r.Host
	}
}

// A job is what a request asks for: it runs with the lock held.
type job struct {
	method  string // for the ledger and for faults
	channel string
	do      func() answer
}

// perform does a job under whatever fault was ordered for it, and writes the answer.
func (s *Server) perform(w http.ResponseWriter, r *http.Request, j job) {
	f := s.ordered(j.method, j.channel)
	if f == nil {
		s.decide(j, nil).write(w, r)
		return
	}
	if instead, ok := faultAnswer(f); ok {
		j.do = func() answer { return instead }
		s.decide(j, nil).write(w, r)
		return
	}
	switch f.Kind {
	case FaultSlow:
		if fault.Pause(r.Context(), f.Delay, s.done) {
			s.decide(j, nil).write(w, r)
		}
	case FaultHang:
		s.lost(j, "hang")
		fault.Pause(r.Context(), time.Hour, s.done)
		fault.Drop(w)
	case FaultDown:
		s.lost(j, "down")
		fault.Drop(w)
	case FaultDrop:
		s.decide(j, &answer{outcome: "drop"})
		fault.Drop(w)
	case FaultFatal:
		a := refuse("fatal_error").answer(http.StatusInternalServerError)
		s.decide(j, &a).write(w, r)
	case FaultHTML, FaultUnavailable, FaultInternal, FaultLimited, FaultRefused:
	}
}

// decide does the job and notes it. What is told to the client, and noted, is instead when that is given.
func (s *Server) decide(j job, instead *answer) (a answer) {
	s.do(func() {
		a = j.do()
		if instead != nil {
			instead.channel, instead.ts, instead.pings = a.channel, a.ts, a.pings
			a = *instead
		}
		s.ledger.add(Call{
			At: s.clock.Now(), Method: j.method, Channel: cmp.Or(a.channel, j.channel), TS: a.ts, Outcome: a.outcome,
			Status: a.status, Pings: a.pings,
		})
	})
	return a
}

// lost notes a call that was never looked at.
func (s *Server) lost(j job, outcome string) {
	s.do(func() {
		s.ledger.add(Call{At: s.clock.Now(), Method: j.method, Channel: j.channel, Outcome: outcome})
	})
}

// bearer is the token of a request's header.
func bearer(r *http.Request) string {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// equal compares secrets without telling by its time where they differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
