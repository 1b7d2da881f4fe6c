package page

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// pad is a track's etherpad.
type pad struct {
	ID, Key, Words string
	Badge          badge
	URL            string
	Hidden         bool
}

func (s *scene) etherpadsPart() web.Part {
	var items []web.Item
	anyShown := false
	for _, key := range s.g.Keys() {
		p := pad{ID: "pad-" + key, Key: key, Badge: s.badge(key), URL: address(s.g.EtherpadOf(key))}
		p.Words = words(p.Badge.Name, key)
		p.Hidden = s.filter.hides(key, p.Words)
		anyShown = anyShown || !p.Hidden
		items = append(items, web.Item{ID: p.ID, HTML: render("pad", p)})
	}
	return with("etherpads", "etherpads-part", items, func(h []template.HTML) any {
		return struct {
			Items        []template.HTML
			Any, Missing bool
		}{h, anyShown, s.g.About.EventID == ""}
	})
}

// named is a link.
type named struct{ Name, Href string }

func (s *scene) linksPart() web.Part {
	links := slices.Clone(s.g.Links)
	if s.g.About.URL != "" {
		links = slices.Insert(links, 0, gathering.Link{Title: s.g.About.Name, URL: s.g.About.URL})
	}
	for i := range links {
		links[i].URL = address(links[i].URL)
	}
	feeds := []named{{"All tracks", s.link("ptg.ics")}}
	for _, key := range s.g.Keys() {
		feeds = append(feeds, named{"Track " + s.g.Tracks[key].Name, s.link("track/" + url.PathEscape(key) + ".ics")})
	}
	for i := range s.g.Rooms {
		feeds = append(feeds, named{"Room " + s.g.Rooms[i].Name, s.link("room/" + url.PathEscape(s.g.Rooms[i].Code) + ".ics")})
	}
	return s.part("links", "links-part", struct {
		Links []gathering.Link
		Feeds []named
	}{links, feeds})
}

// remark is a success, or thanks.
type remark struct {
	Key, By string
	At      clock
	Said    []span
}

func (s *scene) remarksPart(id, title string, list []gathering.Remark) web.Part {
	var remarks []remark
	for _, r := range slices.Backward(list) {
		remarks = append(remarks, remark{strconv.FormatInt(r.Number, 10), s.called().Of(r.By), s.at(r.At), s.spans(r.Text)})
	}
	return s.part(id, "remarks-part", struct {
		ID, Title string
		Remarks   []remark
	}{id, title, remarks})
}

// visit is a slot that a track has.
type visit struct {
	Day, Label, Room string
	Clock            clock
	On               bool
}

func (s *scene) trackPart() web.Part {
	key := s.track
	data := struct {
		Key                  string
		Badge                badge
		Place, Join          string
		Now, Next            []note
		Etherpad, Feed, Here string
		Slots                []visit
	}{
		Key: key, Badge: s.badge(key), Place: s.g.PlaceOf(key, s.now), Join: address(s.g.MeetingOf(key, s.now)),
		Etherpad: address(s.g.EtherpadOf(key)), Feed: s.link("track/" + url.PathEscape(key) + ".ics"), Here: s.here(key),
	}
	if said := s.g.Now[key]; said != nil {
		now := s.noteOf(said)
		now.Stale = s.g.Stale(key, s.now)
		data.Now = []note{now}
	}
	for i := range s.g.Next[key] {
		next := s.noteOf(&s.g.Next[key][i])
		next.Next = true
		data.Next = append(data.Next, next)
	}
	for _, spot := range s.g.Booked(key) {
		v := visit{Room: spot.Room}
		if room := s.g.Coded(spot.Room); room != nil {
			v.Room = room.Name
		}
		day, slot := s.g.Slot(spot.Slot)
		if slot == nil {
			continue // the schedule does not have it any more
		}
		v.Day, v.Label, v.Clock, v.On = s.dayTitle(day), slot.Label, s.span(day, slot), s.g.Running(day, slot, s.now)
		data.Slots = append(data.Slots, v)
	}
	return s.part("track", "track-part", data)
}
