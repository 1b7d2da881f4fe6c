package page

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// page serves a page of a kind.
func (p *Pages) page(kind string) func(http.ResponseWriter, *http.Request, *follower) {
	return func(w http.ResponseWriter, r *http.Request, f *follower) {
		p.show(w, r, f, boardKey{kind: kind}, pageTitles[kind])
	}
}

// track serves the page of a track, or its calendar.
func (p *Pages) track(w http.ResponseWriter, r *http.Request, f *follower) {
	g := f.state.Load()
	key, t, err := g.Track(r.PathValue("track"))
	if err == nil {
		p.show(w, r, f, boardKey{"track", key}, t.Name)
		return
	}
	if name, isFeed := strings.CutSuffix(r.PathValue("track"), ".ics"); isFeed {
		p.trackFeed(w, r, f, name)
		return
	}
	p.missing(w, r, f, "There is no such track.")
}

// show serves a page as it is now, and says from where on a stream has to tell what is new.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, f *follower, key boardKey, title string) {
	// The position is taken first: what comes after it is sent twice at worst, and never left out.
	f.mu.Lock()
	position := p.position(f.board(key).number)
	f.mu.Unlock()
	g := f.state.Load()
	s := &scene{g: g, now: p.settings.Now(), zone: g.Zone(), kind: key.kind, track: key.track, filter: filterOf(r.URL.Query())}
	v := p.view(r, s, title)
	v.At, v.Stream = position, s.link("live?page="+key.kind)
	if key.track != "" {
		v.Stream += "&track=" + url.QueryEscape(key.track)
	}
	if _, list, err := p.gatherings(r.Context()); err == nil {
		v.Others = others(list, g.ID, v.root)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	web.Answer(w, r, []byte(render("layout", v)))
}

// missing serves the page that says that there is none.
func (p *Pages) missing(w http.ResponseWriter, r *http.Request, f *follower, why string) {
	g := &gathering.Gathering{}
	if f != nil {
		g = f.state.Load()
	}
	s := &scene{g: g, now: p.settings.Now(), zone: g.Zone(), kind: "missing", back: web.Root(r)}
	if r.PathValue("gathering") != "" && f != nil {
		s.back += "at/" + url.PathEscape(g.ID) + "/"
	}
	v := p.view(r, s, "Not found")
	v.Lost = why
	if _, list, err := p.gatherings(r.Context()); err == nil {
		v.Others = others(list, "", v.root)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusNotFound)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(render("layout", v)))
	}
}

// colors serves the style sheet of the tracks' colours. An address names a content, and keeps it for good.
func (p *Pages) colors(w http.ResponseWriter, r *http.Request, f *follower) {
	text := []byte(sheet(f.state.Load()))
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("name") == web.Digest(text)+".css" {
		h.Set("Cache-Control", web.Immutable)
	}
	web.Answer(w, r, text)
}
