package slack

import (
	"encoding/json"
	"errors"
	"net/http"
)

// ControlPath is where faults are ordered and people played, beside what a Slack would answer.
const ControlPath = "/sandbox/"

var errControl = errors.New("bad order")

// controls puts the control's paths where they belong:
//
//	GET  status     the clock, the faults in force, how often each method was called with what outcome
//	GET  calls      the latest calls; method=chat.update only those
func (s *Server) controls() {
	s.get("calls", func(r *http.Request) (any, error) { return s.Calls(r.FormValue("method")), nil })
}

// get adds a path of the control that shows something.
func (s *Server) get(path string, do func(*http.Request) (any, error)) { s.control("GET", path, do) }

// order adds a path of the control that changes something.
func (s *Server) order(path string, do func(*http.Request) (any, error)) { s.control("POST", path, do) }

func (s *Server) control(verb, path string, do func(*http.Request) (any, error)) {
	s.mux.Handle(verb+" "+ControlPath+path, s.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := do(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // fails only when the client has gone
	})))
}
