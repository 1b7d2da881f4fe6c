package page

import (
	"html/template"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// card is what a track talks of, now or next.
type card struct {
	ID, Key, Words, Say string
	Badge               badge
	Notes               []note
	Place, Join, Here   string
	Hidden              bool
}

// note is what somebody said of a track.
type note struct {
	Said        []span
	At          clock
	Age, By     string
	Next, Stale bool // it comes next; it is talked of for so long that it is perhaps over
}

// noteOf is one as it is shown: with who said it, and when.
func (s *scene) noteOf(n *gathering.Note) note {
	return note{Said: s.spans(n.Text), At: s.at(n.At), Age: s.age(n.At), By: s.called().Of(n.By)}
}

// cards are a part of cards, or of rooms.
type cards struct {
	Items []template.HTML
	Any   bool // one of them is to be seen
	Title string
	Slots []running
}

// cardsPart is what is discussed now or next; kind is now or next, on a sign with "sign-" before it.
func (s *scene) cardsPart(kind string) web.Part {
	next := strings.HasSuffix(kind, "next")
	var items []web.Item
	anyShown := false
	for _, key := range s.g.Keys() {
		notes := s.g.Next[key]
		if !next {
			notes = nil
			if note := s.g.Now[key]; note != nil {
				notes = []gathering.Note{*note}
			}
		}
		if len(notes) == 0 {
			continue
		}
		c := s.card(kind+"-"+key, key, notes, next)
		anyShown = anyShown || !c.Hidden
		items = append(items, web.Item{ID: c.ID, HTML: render("card", c)})
	}
	name := kind
	if !strings.HasPrefix(kind, "sign-") {
		name += "-part"
	}
	return with(kind, name, items, func(h []template.HTML) any { return cards{Items: h, Any: anyShown} })
}

func (s *scene) card(id, key string, notes []gathering.Note, next bool) card {
	c := card{ID: id, Key: key, Badge: s.badge(key), Place: s.g.PlaceOf(key, s.now), Join: address(s.g.MeetingOf(key, s.now))}
	var texts, authors []string
	for i := range notes {
		n := s.noteOf(&notes[i])
		n.Next, n.Stale = next, !next && s.g.Stale(key, s.now)
		if s.kind == "signage" { // a hall does not need to know
			n.By = ""
			if next {
				n.At = clock{}
			}
		}
		c.Notes, texts, authors = append(c.Notes, n), append(texts, plainly(n.Said)), append(authors, n.By)
	}
	c.Say = c.Badge.Name + " now: " + texts[0]
	if next {
		c.Say = c.Badge.Name + " next: " + texts[len(texts)-1]
	} else if s.kind != "signage" {
		c.Here = s.here(key)
	}
	if c.Place == "" && c.Join != "" {
		c.Place = "Join"
	}
	c.Words = words(c.Badge.Name, key, c.Place, strings.Join(texts, " "), c.Here, strings.Join(authors, " "))
	c.Hidden = s.filter.hides(key, c.Words)
	return c
}

// running is a slot that is under way.
type running struct {
	Name  string
	Clock clock
}

// stay is a track in its room.
type stay struct {
	ID, Key, Words string
	Badge          badge
	Place, Join    string
	Hidden         bool
}

// roomsPart is who is in which room in the slots that are under way. A sign shows the next slots of the day when none is.
func (s *scene) roomsPart(id string) web.Part {
	data := cards{Title: "In the rooms now"}
	var items []web.Item
	slots := s.slotsNow()
	if len(slots) == 0 && s.kind == "signage" {
		slots = s.slotsNext()
		data.Title = "In the rooms next"
	}
	for _, at := range slots {
		data.Slots = append(data.Slots, running{at.day.Name, s.span(at.day, at.slot)})
		for i := range s.g.Rooms {
			room := &s.g.Rooms[i]
			booking := s.g.Bookings[gathering.Spot{Room: room.Code, Slot: at.slot.Code}]
			if booking == nil || !room.Has(at.slot.Code) {
				continue
			}
			stay := stay{
				ID: id + "-" + at.slot.Code + "-" + room.Code, Key: booking.Track, Badge: s.badge(booking.Track), Place: room.Name,
				Join: address(room.URL), Words: words(booking.Track, room.Name),
			}
			if t := s.g.Tracks[booking.Track]; t != nil && t.URL != "" {
				stay.Join = address(t.URL)
			}
			stay.Hidden = s.filter.hides(stay.Key, stay.Words)
			items = append(items, web.Item{ID: stay.ID, HTML: render("room-item", stay)})
		}
	}
	if s.kind == "signage" && len(data.Slots) > 0 {
		data.Title += ": " + data.Slots[0].Name + " " + data.Slots[0].Clock.Text
	}
	name := strings.TrimSuffix(id, "-part")
	if s.kind != "signage" {
		name += "-part"
	}
	return with(id, name, items, func(h []template.HTML) any { data.Items = h; return data })
}

// dated is a slot with its day.
type dated struct {
	day  *gathering.Day
	slot *gathering.Slot
}

// slotsWhere are the slots for whose time something holds.
func (s *scene) slotsWhere(holds func(start, end time.Time) bool) []dated {
	var list []dated
	for i := range s.g.Days {
		day := &s.g.Days[i]
		for j := range day.Slots {
			if start, end, known := s.g.SpanNow(day, &day.Slots[j], s.now); known && holds(start, end) {
				list = append(list, dated{day, &day.Slots[j]})
			}
		}
	}
	return list
}

func (s *scene) slotsNow() []dated {
	return s.slotsWhere(func(start, end time.Time) bool { return !s.now.Before(start) && s.now.Before(end) })
}

// slotsNext are those that begin next, within half a day.
func (s *scene) slotsNext() []dated {
	var first time.Time
	const soon = 12 * time.Hour
	s.slotsWhere(func(start, _ time.Time) bool {
		if start.After(s.now) && start.Sub(s.now) < soon && (first.IsZero() || start.Before(first)) {
			first = start
		}
		return false
	})
	return s.slotsWhere(func(start, _ time.Time) bool { return !first.IsZero() && start.Equal(first) })
}
