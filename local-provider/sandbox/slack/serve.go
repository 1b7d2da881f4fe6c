package slack

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"time"
)

// routes puts every path where it belongs. A page or a control of its own is added with Handle.
func (s *Server) routes() {
	s.mux.HandleFunc("/api/", s.serveAPI)
	s.mux.HandleFunc("POST "+responsePath+"{team}/{number}/{secret}", s.serveResponse)
	s.mux.HandleFunc("GET "+filePath+"{id}/{name...}", s.serveFile)
	s.controls()
	s.peopleRoutes()
	s.pageRoutes()
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
		if pause(r.Context(), f.Delay, s.done) {
			s.decide(j, nil).write(w, r)
		}
	case FaultHang:
		s.lost(j, "hang")
		pause(r.Context(), time.Hour, s.done)
		drop(w)
	case FaultDown:
		s.lost(j, "down")
		drop(w)
	case FaultDrop:
		s.decide(j, &answer{outcome: "drop"})
		drop(w)
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

// pause waits; false when the client has gone or the server ends.
func pause(ctx context.Context, d time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-done:
		return false
	case <-timer.C:
		return true
	}
}

// drop ends the connection without an answer, as a process that dies does: with a reset, not a polite end.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
