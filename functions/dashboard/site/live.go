package site

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/page"
)

// look is how often an open page is looked at for what is new.
const look = time.Second

// mainPart is the id of the element that a page without parts is.
const mainPart = "main"

// parts are the elements of a page that can be replaced.
func (h *handler) parts(view View, scene *Scene) ([]page.Part, error) {
	names := view.Parts
	if len(names) == 0 {
		body, err := h.execute(view.Template, scene)
		if err != nil {
			return nil, err
		}
		whole, err := h.execute("site-main", template.HTML(body)) //nolint:gosec // what html/template made
		return []page.Part{{ID: mainPart, Shape: whole}}, err
	}
	list := make([]page.Part, len(names))
	for i, name := range names {
		shape, err := h.execute(name, scene)
		if err != nil {
			return nil, err
		}
		list[i] = page.Part{ID: name, Shape: strings.TrimSpace(shape)}
	}
	return list, nil
}

// ages are what is said of how long ago something was, which the page's own script keeps true.
var ages = regexp.MustCompile(`(<time data-ago [^>]*>)[^<]*`)

// position names what is to be seen: whoever has it has nothing to be sent.
func position(parts []page.Part) string {
	var all strings.Builder
	for _, p := range parts {
		all.WriteString(p.ID + "\x00" + ages.ReplaceAllString(p.Shape, "$1") + "\x00")
	}
	return page.Digest([]byte(all.String()))
}

// errNoPage says that a stream is about nothing that could be followed.
var errNoPage = errors.New("there is no such page")

// followed is a page that somebody has open.
type followed struct {
	handler *handler
	request *http.Request
	parts   []page.Part // as they were sent last; nil before that
	at      string      // the position that was seen
}

// finder is what the paths of pages lead to where only the page is looked for, and not what it shows.
type finder struct {
	handler *handler
	none    bool // it is the page that says that there is none
}

// ServeHTTP tells the page and the path's values to whoever looks.
func (f finder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if seeker, ok := w.(*seeker); ok && !f.none {
		seeker.handler, seeker.request = f.handler, r
	}
}

// seeker is who looks for a page. Whatever is answered to them otherwise is that there is none.
type seeker struct{ followed }

// Header is for nothing.
func (*seeker) Header() http.Header { return http.Header{} }

// Write is for nothing.
func (*seeker) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader is for nothing.
func (*seeker) WriteHeader(int) {}

// follow finds the page that a stream is about.
func (s *Site) follow(r *http.Request) (*followed, error) {
	at, err := url.Parse("/" + strings.TrimLeft(r.URL.Query().Get("page"), "/"))
	if err != nil || at.Host != "" {
		return nil, errNoPage
	}
	inner := r.Clone(r.Context())
	inner.URL, inner.RequestURI, inner.Pattern, inner.Method = at, "", "", http.MethodGet
	var found seeker
	s.pages.ServeHTTP(&found, inner)
	if found.handler == nil {
		return nil, errNoPage
	}
	found.at = r.URL.Query().Get("after")
	return &found.followed, nil
}

// renew brings it up to date. It reports whether it may still be seen, and gives what differs; of what is not known to have
// been seen that is all.
func (f *followed) renew(ctx context.Context) (fresh []page.Fragment, there bool, err error) {
	at, err := f.handler.look(f.request.WithContext(LeftAlone(ctx)), f.at)
	switch {
	case err != nil || at.refused:
		return nil, false, err
	case at.same:
		return nil, true, nil
	case !at.view.Live:
		return nil, false, nil
	}
	parts, err := f.handler.parts(at.view, at.scene)
	if err != nil {
		return nil, false, err
	}
	old, before := f.parts, f.at
	f.parts, f.at = parts, at.tag
	if f.at == "" {
		f.at = position(parts)
	}
	if f.at == before {
		return nil, true, nil
	}
	if len(old) == len(parts) {
		return page.Differ(old, parts), true, nil
	}
	for i := range parts {
		fresh = append(fresh, page.Fragment{ID: parts[i].ID, HTML: parts[i].HTML()})
	}
	return fresh, true, nil
}

// stream sends what is new on a page as server-sent events, until the platform's limit is near.
func (s *Site) stream(w http.ResponseWriter, r *http.Request) {
	page.Guard(w.Header())
	f, err := s.follow(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	end, ok := s.Seat(w, r)
	if !ok {
		return
	}
	defer end()
	fresh, there, err := f.renew(r.Context())
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	if !there {
		http.Error(w, "log in to see it", http.StatusForbidden)
		return
	}
	listener, err := page.Listen(w)
	if err != nil {
		return
	}
	s.Listen(r.Context(), listener, func(ctx context.Context, first bool) (bool, error) {
		if !first {
			if fresh, there, err = f.renew(ctx); err != nil || !there {
				return false, err
			}
		}
		if len(fresh) == 0 {
			return false, nil
		}
		return true, listener.Parts(f.at, page.Message{At: f.at, Parts: fresh}.Bytes())
	})
}

// Listen calls send at once and then every second, until it fails or the stream has lasted long enough. send reports
// whether it sent something; what was silent for long is told to be alive.
func (s *Site) Listen(ctx context.Context, l *page.Listener, send func(ctx context.Context, first bool) (bool, error)) {
	ctx, cancel := context.WithTimeout(LeftAlone(ctx), page.Lasting(ctx))
	defer cancel()
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	silent := time.Duration(0)
	for first := true; ; first = false {
		said, err := send(ctx, first)
		if err != nil {
			return
		}
		if silent += look; said {
			silent = 0
		}
		if silent >= page.Beat {
			if l.Beat() != nil {
				return
			}
			silent = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-s.ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// poll answers what is new on a page at once, for those whom streams do not reach.
func (s *Site) poll(w http.ResponseWriter, r *http.Request) {
	page.Guard(w.Header())
	f, err := s.follow(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fresh, there, err := f.renew(r.Context())
	switch {
	case err != nil:
		s.Fail(w, r, err)
		return
	case !there:
		http.Error(w, "log in to see it", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	page.SendCompressed(w, r, page.Message{At: f.at, Parts: fresh}.Bytes())
}
