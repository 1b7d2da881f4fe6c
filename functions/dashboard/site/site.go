package site

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/page"
)

//go:embed asset template
var files embed.FS

var assets = page.MustLoadAssets(files, "asset")

// Settings of a site.
type Settings struct {
	Bot      string   // what the bot is called
	URL      string   // under which people open the pages, without a slash at its end; empty when it is not known
	Public   []string // sections that who has not logged in may read
	Log      *slog.Logger
	Redis    redis.UniversalClient
	Sessions Sessions
	Command  Commander
	Audit    func(ctx context.Context, e job.AuditEntry) error // writes refusals down
	Now      func() time.Time                                  // nil is time.Now
	// MaxListeners bounds the streams that are open at a time; the others ask every few seconds. 0 is 500.
	MaxListeners int
}

// usualListeners is the default of Settings.MaxListeners.
const usualListeners = 500

// Site is the dashboard's pages. End it with Close.
type Site struct {
	Settings

	layout  *template.Template
	plain   *handler // of pages that only say something
	routes  map[string]http.Handler
	pages   *http.ServeMux // finds the page that a stream is about
	origins *http.CrossOriginProtection
	seats   seats
	ctx     context.Context //nolint:containedctx // the life of all streams
	end     context.CancelFunc
}

// New makes a site without pages.
func New(settings Settings) *Site {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	if settings.Log == nil {
		settings.Log = slog.New(slog.DiscardHandler)
	}
	if settings.MaxListeners == 0 {
		settings.MaxListeners = usualListeners
	}
	s := &Site{Settings: settings, routes: make(map[string]http.Handler), pages: http.NewServeMux(), origins: http.NewCrossOriginProtection()}
	s.ctx, s.end = context.WithCancel(context.Background())
	if u, err := url.Parse(settings.URL); err == nil && u.Host != "" {
		// Behind a gateway the Host header need not be what people typed.
		if err := s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			settings.Log.Warn("the dashboard's url is no origin", "url", settings.URL, "error", err)
		}
	}
	s.layout = template.Must(template.New("").Funcs(functions).ParseFS(files, "template/*.html"))
	s.plain = &handler{site: s, page: Page{Section: LoginSection}, set: template.Must(s.layout.Clone())}
	s.routes["GET /asset/{name}"] = assets
	s.routes["GET /live"] = http.HandlerFunc(s.stream)
	s.routes["GET /live.json"] = http.HandlerFunc(s.poll)
	s.Page("GET /", Page{Title: "Not found", Open: true, Serve: func(context.Context, *Request) (View, error) {
		return Missing("There is no such page."), nil
	}})
	return s
}

// Close ends all streams, so that those who listen begin anew elsewhere.
func (s *Site) Close() { s.end() }

// Routes are the paths of the site, as function.Parts has them.
func (s *Site) Routes() map[string]http.Handler { return s.routes }

// Handle adds what is no page, such as a file. It checks its callers itself; see [Site.Admit].
func (s *Site) Handle(pattern string, h http.Handler) { s.routes[pattern] = h }

// Page adds a page under a pattern of net/http, "GET /schedules/{name}". Templates that cannot be parsed are the builder's
// mistake, and panic.
func (s *Site) Page(pattern string, p Page) {
	set := template.Must(s.layout.Clone())
	if p.Files != nil {
		set = template.Must(set.ParseFS(p.Files, "template/*.html"))
	}
	h := &handler{site: s, page: p, set: set}
	s.routes[pattern] = h
	s.pages.Handle(pattern, finder{h, pattern == "GET /"})
}

// Admit checks who asks for what is no page, as pages are checked; else it answers, and reports false.
func (s *Site) Admit(w http.ResponseWriter, r *http.Request, section, role string) (*Request, bool) {
	page.Guard(w.Header())
	viewer, err := s.Sessions.Viewer(r.Context(), r)
	if err != nil {
		s.Fail(w, r, err)
		return nil, false
	}
	if !s.Sees(viewer, section, role) {
		http.Error(w, "log in with the role "+role+" to see it", http.StatusForbidden)
		return nil, false
	}
	return &Request{Request: r, Viewer: viewer}, true
}

// Sees reports whether a viewer may read what belongs to a section and needs a role.
func (s *Site) Sees(v Viewer, section, role string) bool {
	return v.May(role) || role == config.Viewer && slices.Contains(s.Public, section)
}

// path is where the site's first page is on its host, for cookies and for who left the slash at its end away.
func (s *Site) path() string {
	public, err := url.Parse(s.URL)
	if err != nil || s.URL == "" {
		return ""
	}
	return strings.TrimSuffix(public.EscapedPath(), "/") + "/"
}
