package site

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"github.com/handsoff/handsoff/shared/page"
)

// LoginSection is what pages belong to that offer no link to log in: those on which one does, and those that show nothing.
const LoginSection = "login"

// handler serves a page.
type handler struct {
	site *Site
	page Page
	set  *template.Template
}

// ServeHTTP serves the page, or says why not.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page.Guard(w.Header())
	if h.page.Section == LoginSection {
		w.Header().Set("Referrer-Policy", "strict-origin") // the address of a link to log in is told to nobody
	}
	sight, err := h.look(r, "")
	if err != nil {
		h.site.Fail(w, r, err)
		return
	}
	if sight.stranger {
		login(w, sight.scene)
		return
	}
	body, err := h.render(r, sight)
	if err != nil {
		h.site.Fail(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Cookie")
	if status := sight.view.Status; status != 0 && status != http.StatusOK {
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) //nolint:gosec // what html/template made; whoever went away misses nothing
		}
		return
	}
	page.Answer(w, r, body)
}

// login leads to the page on which one logs in, and from there back.
func login(w http.ResponseWriter, scene *Scene) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", scene.Root+"login?back="+url.QueryEscape(scene.Here))
	w.WriteHeader(http.StatusSeeOther)
}

// sight is what a viewer sees of a page.
type sight struct {
	view     View
	scene    *Scene
	tag      string
	same     bool // the tag is the one that was seen before; there is no view then
	refused  bool // the viewer may not see the page; the view says so
	stranger bool // the viewer has to log in first; there is no view then
}

// look asks the page what it shows, once it is clear that the viewer may see it. With a tag that was seen before, it asks
// only when that has changed.
func (h *handler) look(r *http.Request, seen string) (*sight, error) {
	viewer, err := h.site.Sessions.Viewer(r.Context(), r)
	if err != nil {
		return nil, err
	}
	at := &sight{scene: &Scene{Viewer: viewer, Root: cmp.Or(page.Root(r), "./"), Here: here(r), Now: h.site.Now(), Public: !viewer.LoggedIn()}}
	if h.refuse(viewer) {
		at.refused, at.stranger = true, !viewer.LoggedIn()
		at.view = View{Template: "site-refused", Data: h.page.Role, Title: "Not for you", Status: http.StatusForbidden}
		at.scene.Data = at.view.Data
		return at, nil
	}
	request := &Request{Request: r, Viewer: viewer}
	if h.page.Tag != nil {
		if at.tag, err = h.page.Tag(r.Context(), request); err != nil {
			return nil, err
		}
		at.tag = page.Digest([]byte(at.tag))
		if at.same = at.tag == seen; at.same {
			return at, nil
		}
	}
	at.view, err = h.page.Serve(r.Context(), request)
	at.scene.Data = at.view.Data
	return at, err
}

// here is the page that is asked for, from the site's first one.
func here(r *http.Request) string {
	query := r.URL.Query()
	query.Del("said")
	query.Del("back")
	at := r.URL.EscapedPath()[1:]
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return at
}

// refuse reports whether a viewer may not see the page.
func (h *handler) refuse(v Viewer) bool {
	return !h.page.Open && !h.site.Sees(v, h.page.Section, h.page.Role)
}

// frame is what the layout shows.
type frame struct {
	*Scene

	Title, Bot, Section, Base, Stream, At string
	Nav                                   []entry
	Notice                                *Notice
	Main                                  template.HTML
}

func (h *handler) render(r *http.Request, at *sight) ([]byte, error) {
	view, scene := at.view, at.scene
	main, err := h.execute(view.Template, scene)
	if err != nil {
		return nil, err
	}
	f := frame{
		Scene: scene, Title: h.page.Title, Bot: h.site.Bot, Section: h.page.Section, Main: template.HTML(main), //nolint:gosec // what html/template made
		Nav: h.site.nav(scene.Viewer, h.page.Section), Notice: h.site.said(r, scene.Viewer),
	}
	if view.Title != "" {
		f.Title = view.Title
	}
	if r.URL.Path == "/" {
		f.Base = h.site.path()
	}
	if view.Live {
		if f.At = at.tag; f.At == "" {
			parts, err := h.parts(view, scene)
			if err != nil {
				return nil, err
			}
			f.At = position(parts)
		}
		f.Stream = scene.Root + "live?page=" + url.QueryEscape(scene.Here)
	}
	text, err := h.execute("site-layout", f)
	return []byte(text), err
}

func (h *handler) execute(name string, data any) (string, error) {
	var b bytes.Buffer
	if err := h.set.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("dashboard: make the page %s: %w", name, err)
	}
	return b.String(), nil
}
