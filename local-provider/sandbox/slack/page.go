package slack

import (
	"embed"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
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

// desk is the control's, for who has the app's token.
func (s *Server) desk() control.Desk {
	return control.Desk{Mux: s.mux, Guard: control.Guard(s.gate(), "the app's token"), Most: maxOrder, Refuse: cannot}
}
