package slack

import (
	"io"
	"net/http"
	"slices"
	"strings"
)

// sights puts the paths where they belong that show what a person sees.
func (s *Server) sights() {
	s.personSight("people/{person}/see", func(p *Person, r *http.Request) (any, string, error) {
		list, err := p.See(r.FormValue("channel"), r.FormValue("thread"))
		if since := r.FormValue("since"); since != "" {
			list = slices.DeleteFunc(list, func(m Seen) bool { return compareTS(m.TS, since) <= 0 })
		}
		return list, plainMessages(list), err
	})
	s.personSight("people/{person}/home", func(p *Person, _ *http.Request) (any, string, error) {
		home, there := p.SeeHome()
		if !there {
			return nil, "", ErrNoSuch
		}
		return home, plainView(home), nil
	})
	s.personSight("people/{person}/modals", func(p *Person, _ *http.Request) (any, string, error) {
		modals := p.SeeModals()
		var text strings.Builder
		for _, m := range modals {
			text.WriteString(plainView(m))
		}
		return modals, text.String(), nil
	})
	s.personSight("people/{person}/typed", func(p *Person, r *http.Request) (any, string, error) {
		text, err := p.Typed(r.FormValue("channel"), r.FormValue("ts"))
		return object{"text": text}, text, err
	})
	s.personSight("people/{person}/client", func(p *Person, r *http.Request) (any, string, error) {
		out, err := p.Client(r.FormValue("channel"), r.FormValue("thread"))
		return out, "", err
	})
}

// personSight adds a path that shows something to a person: as JSON, or as text when asked for.
func (s *Server) personSight(path string, look func(*Person, *http.Request) (any, string, error)) {
	desk := s.desk()
	desk.See(path, func(w http.ResponseWriter, r *http.Request) {
		p, err := s.Person(r.PathValue("person"))
		if err != nil {
			desk.Answer(w, nil, err)
			return
		}
		out, text, err := look(p, r)
		if err != nil || r.FormValue("as") != "text" {
			desk.Answer(w, out, err)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, text) // fails only when the client has gone
	})
}
