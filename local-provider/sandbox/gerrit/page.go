package gerrit

import (
	"embed"
	"net/http"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// assets is the page: a list of changes and a change in plain files, and the door before them.
//
//go:embed page
var assets embed.FS

func (s *Server) gate() gate.Gate {
	return gate.Gate{Token: s.options.Password, Cookie: "sandbox_gerrit"}
}

// routes puts the page and the control where they belong; REST is served before.
func (s *Server) routes() {
	s.controls()
	s.people()
	s.mux.Handle("GET /page/{name}", gate.Dressed(gate.Assets(assets)))
	s.mux.Handle("POST /enter", gate.Dressed(s.gate().Enter()))
	inside := gate.Dressed(s.gate().Visitor(gate.Page(assets, "index.html"), gate.Page(assets, "door.html")))
	for _, pattern := range []string{"GET /{$}", "GET /q/{query...}", "GET /c/{change...}", "GET /dashboard/{name...}", "GET /login/{back...}"} {
		s.mux.Handle(pattern, inside)
	}
	s.mux.HandleFunc("GET /{number}", s.serveNumber)
}

// serveNumber leads from the short address of a change to its own, which only who may see it is told.
func (s *Server) serveNumber(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	s.mu.Lock()
	c := s.changes[number]
	known := err == nil && c != nil && (s.gate().Known(r) || s.sees(nil, c))
	s.mu.Unlock()
	if !known {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	http.Redirect(w, r, "/c/"+c.Project+"/+/"+strconv.Itoa(number), http.StatusFound)
}

// desk is the control's, for who has the HTTP password.
func (s *Server) desk() control.Desk {
	return control.Desk{Mux: s.mux, Guard: control.Guard(s.gate(), "the HTTP password")}
}
