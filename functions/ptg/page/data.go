package page

import (
	"fmt"
	"net/http"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// data is a gathering as data, at a version.
type data struct {
	version int64
	there   bool
	body    web.Packed
}

// form counts the forms that the data had, so that nobody keeps an older one for that of the same version.
const form = 2

// data serves a gathering as ptgbot's pages had it. One who has the version is told so from memory.
func (p *Pages) data(w http.ResponseWriter, r *http.Request, f *follower) {
	g := f.state.Load()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*") // anybody may read it, also other sites' scripts
	if web.Same(w, r, fmt.Sprintf(`W/"%s-%d-%d"`, g.ID, g.Version, form)) {
		return
	}
	d, err := f.export(g)
	if err != nil {
		p.settings.Log.ErrorContext(r.Context(), "write an event as data", "event", g.ID, "error", err)
		http.Error(w, "the data cannot be written; the details are in the log", http.StatusInternalServerError)
		return
	}
	d.body.Send(w, r)
}

// export writes a version once.
func (f *follower) export(g *gathering.Gathering) (data, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.data.there || f.data.version != g.Version {
		body, err := exchange.Write(g, exchange.Public)
		if err != nil {
			return data{}, err
		}
		f.data = data{g.Version, true, web.Pack(body)}
	}
	return f.data, nil
}
