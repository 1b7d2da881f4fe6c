package slack

import (
	"embed"
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// assets is the page: a chat client of plain files, and the door before it.
//
//go:embed page
var assets embed.FS

func (s *Server) gate() gate.Gate { return gate.Gate{Token: s.options.Token, Cookie: "sandbox_slack"} }

// pageRoutes puts the page where it belongs.
func (s *Server) pageRoutes() {
	s.mux.Handle("GET /{$}", gate.Dressed(s.gate().Visitor(gate.Page(assets, "index.html"), gate.Page(assets, "door.html"))))
	s.mux.Handle("GET /page/{name}", gate.Dressed(gate.Assets(assets)))
	s.mux.Handle("POST /enter", gate.Dressed(s.gate().Enter()))
}

// visitor lets through who has the app's token.
func (s *Server) visitor(next http.Handler) http.Handler {
	return s.gate().Visitor(next, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusUnauthorized, object{"ok": false, "error": "log in at / with the app's token, or send it as a bearer"})
	}))
}
