package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/page"
)

// errOver ends a stream.
var errOver = errors.New("there is no more")

// news is what a log has behind a line, as it is told to those who follow it.
type news struct {
	At   string `json:"at"`             // the last line: whoever comes again says that they have seen it
	HTML string `json:"html"`           // the lines
	More bool   `json:"more,omitempty"` // there are more already
	Over bool   `json:"over,omitempty"` // there will never be more
}

// newsOf reads what is new of a log.
func (p *Pages) newsOf(ctx context.Context, id, after string) (*news, error) {
	// Whether it is over is asked first: what it wrote until then is read after that.
	j, err := p.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	lines, err := p.store.Log(ctx, id, after, shownLog)
	if err != nil {
		return nil, err
	}
	var html strings.Builder
	for _, one := range lines {
		html.WriteString("<li>" + string(Colours(one.Text)) + "</li>")
		after = one.ID
	}
	more := len(lines) == shownLog
	return &news{At: after, HTML: html.String(), More: more, Over: j.State.Final() && !more}, nil
}

// bytes are the news as they are sent, on one line.
func (n *news) bytes() []byte {
	body, err := json.Marshal(n)
	if err != nil {
		panic(err) // strings can be written
	}
	return body
}

// followed says which log is asked for, and behind which line; who may not read it is answered, and ok is false.
func (p *Pages) followed(w http.ResponseWriter, r *http.Request) (id, after string, ok bool) {
	if _, ok := p.site.Admit(w, r, logs, config.Viewer); !ok {
		return "", "", false
	}
	j, _, err := p.find(r.Context(), r.PathValue("id"))
	if err != nil {
		p.site.Fail(w, r, err)
		return "", "", false
	}
	if j == nil {
		http.Error(w, "there is no such job", http.StatusNotFound)
		return "", "", false
	}
	if after = r.URL.Query().Get("after"); !streamID(after) {
		after = ""
	}
	return j.ID, after, true
}

// follow sends the lines of a log as they come, as server-sent events "lines".
func (p *Pages) follow(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(site.LeftAlone(r.Context())) // a page that is left open is nobody's use of a session
	id, after, ok := p.followed(w, r)
	if !ok {
		return
	}
	end, ok := p.site.Seat(w, r)
	if !ok {
		return
	}
	defer end()
	listener, err := page.Listen(w)
	if err != nil {
		return
	}
	p.site.Listen(r.Context(), listener, func(ctx context.Context, _ bool) (bool, error) {
		viewer, err := p.site.Sessions.Viewer(ctx, r)
		if err != nil || !p.mayLog(viewer) {
			return false, errOver
		}
		before := after
		after, err = p.send(ctx, listener, id, after)
		return after != before, err
	})
}

// send sends what is new of a log, and gives its last line.
func (p *Pages) send(ctx context.Context, l *page.Listener, id, after string) (string, error) {
	for {
		n, err := p.newsOf(ctx, id, after)
		if err != nil {
			return after, err
		}
		if n.At != after || n.Over {
			if err := l.Event("lines", n.At, n.bytes()); err != nil {
				return after, err // ends the stream
			}
		}
		after = n.At
		switch {
		case n.Over:
			return after, errOver
		case !n.More:
			return after, nil
		}
	}
}

// poll answers what is new of a log at once, for those whom streams do not reach.
func (p *Pages) poll(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(site.LeftAlone(r.Context())) // as for a stream
	id, after, ok := p.followed(w, r)
	if !ok {
		return
	}
	n, err := p.newsOf(r.Context(), id, after)
	if err != nil {
		p.site.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	page.SendCompressed(w, r, n.bytes())
}
