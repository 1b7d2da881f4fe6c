package site

import (
	"cmp"
	"net/http"

	"github.com/handsoff/handsoff/shared/page"
)

// told is what a page says that shows nothing else.
type told struct {
	Title, Text string
	Back        string // the page to go back to
	Login       bool   // one has to log in first
}

// tell answers with a page that says why something was not done or shown. It asks nobody, so that it works whatever is down.
func (s *Site) tell(w http.ResponseWriter, r *http.Request, status int, t told) {
	page.Guard(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	scene := &Scene{Data: t, Root: cmp.Or(page.Root(r), "./"), Here: here(r), Now: s.Now(), Public: true}
	body, err := s.plain.render(r, &sight{scene: scene, view: View{Template: "site-told", Title: t.Title}})
	if err != nil {
		s.Log.ErrorContext(r.Context(), "say something on a page", "error", err)
		http.Error(w, t.Text, status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) //nolint:gosec // what html/template made; whoever went away misses nothing
	}
}

// Fail answers that a page cannot be shown just now; the detail is in the log.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.ErrorContext(r.Context(), "show a page", "path", r.URL.Path, "error", err)
	w.Header().Set("Retry-After", "5")
	t := told{Title: "Not now", Text: "The page cannot be shown just now; try again in a moment."}
	if r.Method != http.MethodPost {
		t.Back = here(r)
	}
	s.tell(w, r, http.StatusServiceUnavailable, t)
}
