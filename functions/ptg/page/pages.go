package page

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// Gatherings is what pages read; [gathering.Store] is one.
type Gatherings interface {
	Get(ctx context.Context, id string) (*gathering.Gathering, error)
	Current(ctx context.Context) (string, error)
	List(ctx context.Context) ([]gathering.Info, error)
	History(ctx context.Context, id string, filter gathering.Filter, limit int) ([]gathering.Change, error)
	// Watch tells the versions of a gathering as they come, until ctx ends.
	Watch(ctx context.Context, id string) <-chan int64
}

// Settings of the pages. The zero value is fine.
type Settings struct {
	// URL is the address under which people open the pages, such as https://ptg.example.org/; empty where they come by the
	// gateway's. It is needed only by those who leave the slash at its end away.
	URL string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	Log *slog.Logger
	// MaxListeners bounds how many pages are kept up to date by streams at a time; the others ask every few seconds. 0 is 2,000.
	MaxListeners int
}

const (
	// usualListeners is the default of Settings.MaxListeners.
	usualListeners = 2000
	// fewest is the least time between two renderings of a page, so that a burst of changes is one.
	fewest = 250 * time.Millisecond
	// tick is how often a page is made anew without a change: slots begin and end.
	tick = 15 * time.Second
	// idle is how long a gathering is followed after the last request.
	idle = 2 * time.Minute
)

// Pages serves them. End it with Close.
type Pages struct {
	store    Gatherings
	settings Settings
	nonce    string // tells this process' positions from those of others

	ctx       context.Context //nolint:containedctx // the life of all followers
	end       context.CancelFunc
	counter   atomic.Int64 // numbers the states of all pages
	listeners atomic.Int64
	following sync.WaitGroup

	mu        sync.Mutex
	followers map[string]*follower
	known     known
}

// New makes them.
func New(store Gatherings, settings Settings) *Pages {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	if settings.Log == nil {
		settings.Log = slog.New(slog.DiscardHandler)
	}
	if settings.MaxListeners == 0 {
		settings.MaxListeners = usualListeners
	}
	ctx, end := context.WithCancel(context.Background())
	return &Pages{
		store: store, settings: settings, nonce: nonce(), ctx: ctx, end: end, followers: make(map[string]*follower),
	}
}

// Close ends all streams, so that those who listen begin anew elsewhere.
func (p *Pages) Close() {
	p.end()
	p.following.Wait()
}

// kinds are the pages, by what they are called in addresses; the first has the shortest one.
var kinds = []string{"now", "schedule", "etherpads", "links", "success", "signage"}

// Routes are the paths of the pages, as function.Parts has them. Each is there twice: for the gathering that is on, and below
// /at/<gathering> for any.
func (p *Pages) Routes() map[string]http.Handler {
	routes := map[string]http.Handler{
		"GET /asset/{name}":   assets,
		"GET /at/{gathering}": http.HandlerFunc(slashed),
		"GET /": p.handler(func(w http.ResponseWriter, r *http.Request, f *follower) {
			p.missing(w, r, f, "There is no such page.")
		}),
	}
	for _, at := range []string{"/", "/at/{gathering}/"} {
		for _, kind := range kinds {
			path := at + kind
			if kind == kinds[0] {
				path = at + "{$}"
			}
			routes["GET "+path] = p.handler(p.page(kind))
		}
		routes["GET "+at+"track/{track}"] = p.handler(p.track)
		routes["GET "+at+"room/{room}"] = p.handler(p.room)
		routes["GET "+at+"ptg.json"] = p.handler(p.data)
		routes["GET "+at+"ptg.ics"] = p.handler(p.calendar)
		routes["GET "+at+"my.ics"] = p.handler(p.mine)
		routes["GET "+at+"live"] = p.handler(p.stream)
		routes["GET "+at+"live.json"] = p.handler(p.poll)
		routes["GET "+at+"colors/{name}"] = p.handler(p.colors)
	}
	return routes
}

// slashed leads to an address that links can be relative to.
func slashed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", relative(r.PathValue("gathering"))+"/")
	w.WriteHeader(http.StatusFound)
}

// handler finds the gathering that a request is for.
func (p *Pages) handler(serve func(http.ResponseWriter, *http.Request, *follower)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Guard(w.Header())
		id, lost, err := p.which(r)
		var f *follower
		if err == nil && lost == "" {
			f, err = p.follow(r.Context(), id)
		}
		switch {
		case err != nil:
			p.settings.Log.ErrorContext(r.Context(), "show a page", "path", r.URL.Path, "error", err)
			w.Header().Set("Retry-After", "5")
			http.Error(w, "The pages cannot be shown just now; try again in a moment.", http.StatusServiceUnavailable)
		case lost != "":
			p.missing(w, r, nil, lost)
		default:
			serve(w, r, f)
		}
	})
}
