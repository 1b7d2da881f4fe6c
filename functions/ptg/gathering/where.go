package gathering

import (
	"time"
)

// When says how a track's room relates to a moment.
type When int

// How a room relates to a moment.
const (
	Never   When = iota // it has none that day
	Running             // it is there in the slot that is under way
	Later               // it comes there that day
	Earlier             // it was there that day
)

// RoomOf is where the schedule has a track: in the slot under way; else where it comes next that day; else where it was last
// that day. Where the times of slots are not known it is the first of the day. It is nil when the track has no room that day.
func (g *Gathering) RoomOf(track string, now time.Time) (*Room, *Slot, When) {
	var later, earlier, running *Room
	var laterSlot, earlierSlot, runningSlot *Slot
	today := g.Today(now)
	for _, spot := range g.Booked(track) {
		day, slot := g.Slot(spot.Slot)
		room := g.Coded(spot.Room)
		if slot == nil || room == nil {
			continue
		}
		start, end, known := g.SpanNow(day, slot, now)
		switch {
		case known && !now.Before(start) && now.Before(end):
			if running == nil {
				running, runningSlot = room, slot // also one of yesterday, which goes on beyond midnight
			}
		case day != today:
		case !known || now.Before(start):
			if later == nil {
				later, laterSlot = room, slot
			}
		default:
			earlier, earlierSlot = room, slot
		}
	}
	switch {
	case running != nil:
		return running, runningSlot, Running
	case later != nil:
		return later, laterSlot, Later
	case earlier != nil:
		return earlier, earlierSlot, Earlier
	}
	return nil, nil, Never
}

// Coded is the room of exactly a code, as spots have it; nil for none.
func (g *Gathering) Coded(code string) *Room {
	for i := range g.Rooms {
		if g.Rooms[i].Code == code {
			return &g.Rooms[i]
		}
	}
	return nil
}

// PlaceOf is where people find a track: where somebody said, else the room that the schedule has now or next today, else
// where it was when it last said something that day; "" when nobody knows.
func (g *Gathering) PlaceOf(track string, now time.Time) string {
	place := g.Places[Key(track)]
	if place != nil && place.Own {
		return place.Text
	}
	if room, _, when := g.RoomOf(track, now); when == Running || when == Later {
		return room.Name
	}
	if place != nil && (place.At.IsZero() || g.sameDay(place.At, now)) {
		return place.Text
	}
	return ""
}

// sameDay reports whether two moments are of one day in the gathering's zone.
func (g *Gathering) sameDay(one, other time.Time) bool {
	return one.In(g.Zone()).Format(dateForm) == other.In(g.Zone()).Format(dateForm)
}

// MeetingOf is the address of a track's meeting: its own, else that of the room in which it is; "" for none.
func (g *Gathering) MeetingOf(track string, now time.Time) string {
	t := g.Tracks[Key(track)]
	if t != nil && t.URL != "" {
		return t.URL
	}
	if room := g.Room(g.PlaceOf(track, now)); room != nil {
		return room.URL
	}
	return ""
}

// EtherpadOf is the address of a track's etherpad: its own, else one made of the gathering's; "" where that has no event id.
func (g *Gathering) EtherpadOf(track string) string {
	t := g.Tracks[Key(track)]
	switch {
	case t == nil:
		return ""
	case t.Etherpad != "":
		return t.Etherpad
	case g.About.EventID == "":
		return ""
	}
	begins := g.About.Etherpad
	if begins == "" {
		begins = Etherpads
	}
	return begins + g.About.EventID + "-" + t.Name
}

// staleAfter is after how long what is talked of now may be so no more.
const staleAfter = 3 * time.Hour

// Stale reports whether what a track talks of now may be so no more: it was said on another day, or more than three hours ago.
// What came with a file, and so has no time, is not called that.
func (g *Gathering) Stale(track string, now time.Time) bool {
	note := g.Now[Key(track)]
	if note == nil || note.At.IsZero() {
		return false
	}
	return now.Sub(note.At) > staleAfter || !g.sameDay(note.At, now)
}

// Age is how long ago something was said, 0 where that is not known.
func (n *Note) Age(now time.Time) time.Duration {
	if n.At.IsZero() {
		return 0
	}
	return max(0, now.Sub(n.At))
}
