package jenkins

import (
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// ServeHTTP answers a request as Jenkins would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ordered := s.ordered(r)
	if ordered != nil && ordered.Kind == FaultSlow && !fault.Pause(r.Context(), ordered.Delay, nil) {
		return
	}
	if ordered != nil && ordered.Kind == FaultDown {
		fault.Drop(w)
		return
	}
	body, err := readForm(w, r)
	if err != nil {
		jettyError(r, http.StatusBadRequest, "Unable to parse form content").write(w, r)
		return
	}
	a, gone := s.decide(r, body, ordered)
	s.wake()
	if gone || (ordered != nil && ordered.Kind == FaultDrop) {
		fault.Drop(w)
		return
	}
	a.write(w, r)
}

// decide makes the answer, and whatever the request brings about. gone says that there is no process to answer.
func (s *Server) decide(r *http.Request, body *form, ordered *Fault) (a answer, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := ""
	s.change(func() {
		if gone = s.phase == down; gone {
			return
		}
		if ordered != nil {
			if instead, ok := s.faultAnswer(r, ordered); ok {
				a = instead
				return
			}
		}
		a, user = s.answer(r, body)
	})
	a = a.with("Date", s.now.UTC().Format(http.TimeFormat)) // one machine has one clock
	s.ledger.request(Request{
		At: s.now, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, User: user, Status: a.status,
	})
	return a, gone
}

// answer is the part of a request that concerns Jenkins: is it there, who asks, may they, and what then.
func (s *Server) answer(r *http.Request, body *form) (a answer, user string) {
	switch {
	case s.err != nil:
		return waitPage("Jenkins", "Jenkins failed to start"), ""
	case s.phase == stopping:
		return waitPage("Restarting Jenkins", "Please wait while Jenkins is restarting"), ""
	case s.phase == loading:
		return waitPage("Starting Jenkins", "Please wait while Jenkins is getting ready to work"), ""
	}
	rq, inside := newRequest(r, contextPath(s.options.URL))
	if !inside {
		return jettyError(r, http.StatusNotFound, "Not Found"), ""
	}
	rq.form = body
	if !s.authenticate(rq) {
		return unauthorized(r), ""
	}
	if !s.crumbed(rq) {
		return jettyError(r, http.StatusForbidden, "No valid crumb was included in the request"), rq.user
	}
	if rq.user == "" && !public(rq.path) {
		return s.loginRequired(rq), ""
	}
	return s.route(rq), rq.user
}

// public says which pages an anonymous user may see.
func public(path []string) bool {
	return len(path) > 0 && (path[0] == "login" || path[0] == "whoAmI")
}
