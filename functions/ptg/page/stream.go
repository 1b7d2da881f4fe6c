package page

import (
	"context"
	"net/http"
	"slices"
	"time"

	web "github.com/handsoff/handsoff/shared/page"
)

// stream sends what is new on a page as server-sent events. It ends by itself before the platform ends it, and those who
// listen come again, and are told what they missed.
func (p *Pages) stream(w http.ResponseWriter, r *http.Request, f *follower) {
	key, ok := f.asked(r)
	if !ok {
		http.Error(w, "there is no such page", http.StatusNotFound)
		return
	}
	if p.listeners.Load() >= int64(p.settings.MaxListeners) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "as many listen as can; ask live.json instead", http.StatusServiceUnavailable)
		return
	}
	f.seat(key, 1)
	defer f.seat(key, -1)
	seen := p.at(r.URL.Query().Get("after"))
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		seen = p.at(last)
	}
	ctx, cancel := context.WithTimeout(r.Context(), web.Lasting(r.Context()))
	defer cancel()
	l, err := web.Listen(w)
	if err != nil {
		return
	}
	p.listen(ctx, l, f, key, seen, r.PathValue("gathering") == "")
}

// look is how often a stream looks whether its event is still the one that is on.
const look = 3 * time.Second

// listen sends until ctx ends, the one who listens has gone, or, for those who follow what is on, another event is.
func (p *Pages) listen(ctx context.Context, l *web.Listener, f *follower, key boardKey, seen int64, whatIsOn bool) {
	beats, looks := time.NewTicker(web.Beat), time.NewTicker(look)
	defer beats.Stop()
	defer looks.Stop()
	for {
		list, number, changed := f.news(key, seen)
		for _, u := range list {
			if l.Parts(p.position(u.number), u.body) != nil {
				return
			}
		}
		seen = number
		select {
		case <-ctx.Done():
			return
		case <-p.ctx.Done():
			return
		case <-changed:
		case <-looks.C:
			if current, _, err := p.gatherings(ctx); whatIsOn && err == nil && current != f.id {
				return
			}
		case <-beats.C:
			if l.Beat() != nil {
				return
			}
		}
	}
}

// asked is the board that a request is about.
func (f *follower) asked(r *http.Request) (boardKey, bool) {
	query := r.URL.Query()
	kind := query.Get("page")
	if kind == "track" {
		key, _, err := f.state.Load().Track(query.Get("track"))
		return boardKey{kind, key}, err == nil
	}
	return boardKey{kind: kind}, slices.Contains(kinds, kind)
}

// poll answers what is new on a page at once, for those whom streams do not reach.
func (p *Pages) poll(w http.ResponseWriter, r *http.Request, f *follower) {
	key, ok := f.asked(r)
	if !ok {
		http.Error(w, "there is no such page", http.StatusNotFound)
		return
	}
	list, number, _ := f.news(key, p.at(r.URL.Query().Get("after")))
	body := web.Message{At: p.position(number)}.Bytes()
	if len(list) == 1 {
		body = list[0].body
	} else if len(list) > 1 {
		body = f.everything(key)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	web.SendCompressed(w, r, body)
}
