package page

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/calendar"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// logPage is how many changes are read at a time.
const logPage = 500

// calendar serves all meetings.
func (p *Pages) calendar(w http.ResponseWriter, r *http.Request, f *follower) {
	p.feed(w, r, f, "", func(*calendar.Meeting) bool { return true })
}

// trackFeed serves those of a track. One that is no more has a calendar still, in which its meetings are cancelled.
func (p *Pages) trackFeed(w http.ResponseWriter, r *http.Request, f *follower, name string) {
	if gathering.CheckTrack(name) != nil {
		p.missing(w, r, f, "There is no such track.")
		return
	}
	key := gathering.Key(name)
	if t := f.state.Load().Tracks[key]; t != nil {
		name = t.Name
	}
	p.feed(w, r, f, name, func(m *calendar.Meeting) bool { return m.Track == key })
}

// room serves those of a room.
func (p *Pages) room(w http.ResponseWriter, r *http.Request, f *follower) {
	code, isFeed := strings.CutSuffix(r.PathValue("room"), ".ics")
	g := f.state.Load()
	at := slices.IndexFunc(g.Rooms, func(room gathering.Room) bool { return strings.EqualFold(room.Code, code) })
	if !isFeed || at < 0 {
		p.missing(w, r, f, "There is no such room.")
		return
	}
	code = g.Rooms[at].Code
	p.feed(w, r, f, g.Rooms[at].Name, func(m *calendar.Meeting) bool { return m.Room == code })
}

// mine serves those of the tracks that somebody chose.
func (p *Pages) mine(w http.ResponseWriter, r *http.Request, f *follower) {
	tracks := tracksOf(r.URL.Query()["tracks"])
	p.feed(w, r, f, "my tracks", func(m *calendar.Meeting) bool { return slices.Contains(tracks, m.Track) })
}

func (p *Pages) feed(w http.ResponseWriter, r *http.Request, f *follower, of string, wanted func(*calendar.Meeting) bool) {
	g := f.state.Load()
	meetings, err := f.meetings(r.Context(), g.Version, wanted)
	if err != nil {
		p.settings.Log.ErrorContext(r.Context(), "read the log for a calendar", "event", g.ID, "error", err)
		w.Header().Set("Retry-After", "30")
		http.Error(w, "the calendar cannot be read just now; try again in a moment", http.StatusServiceUnavailable)
		return
	}
	feed := calendar.Feed{Name: g.About.Name, Zone: g.Zone(), Meetings: meetings}
	if of != "" {
		feed.Name += ": " + of
	}
	var b bytes.Buffer
	if err := feed.Write(&b); err != nil {
		p.settings.Log.ErrorContext(r.Context(), "write a calendar", "event", g.ID, "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	web.Answer(w, r, b.Bytes())
}

// meetings are those of a version that are wanted. The log is read from where it was read to before.
func (f *follower) meetings(ctx context.Context, version int64, wanted func(*calendar.Meeting) bool) ([]calendar.Meeting, error) {
	f.feeds.Lock()
	defer f.feeds.Unlock()
	var missing []gathering.Change // the newest first
	for before := version + 1; f.ledger.Version() < version; {
		changes, err := f.pages.store.History(ctx, f.id, gathering.Filter{Before: before}, logPage)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			break
		}
		missing = append(missing, changes...)
		before = changes[len(changes)-1].Version
		if before <= f.ledger.Version()+1 {
			break
		}
	}
	slices.Reverse(missing)
	if err := f.ledger.Follow(missing...); err != nil {
		return nil, err
	}
	return f.ledger.Meetings(wanted), nil
}
