package gathering

import (
	"slices"
	"strings"
)

// Room is the room of a name or a code that somebody typed, in any case; nil for none. Where one room is called as another's
// code reads, its name counts.
func (g *Gathering) Room(name string) *Room {
	for i := range g.Rooms {
		if strings.EqualFold(g.Rooms[i].Name, name) {
			return &g.Rooms[i]
		}
	}
	for i := range g.Rooms {
		if strings.EqualFold(g.Rooms[i].Code, name) {
			return &g.Rooms[i]
		}
	}
	return nil
}

// Slot is the slot of a code, in any case, with its day; nil for none.
func (g *Gathering) Slot(code string) (*Day, *Slot) {
	for i := range g.Days {
		for j := range g.Days[i].Slots {
			if strings.EqualFold(g.Days[i].Slots[j].Code, code) {
				return &g.Days[i], &g.Days[i].Slots[j]
			}
		}
	}
	return nil, nil
}

// Day is the day of a name, of the first letters of one that are no other's (three at least), or of a date, in any case;
// nil for none.
func (g *Gathering) Day(name string) *Day {
	var found []*Day
	for i := range g.Days {
		day := &g.Days[i]
		if strings.EqualFold(day.Name, name) || g.Date(day) == name && name != "" {
			return day
		}
		if len(name) >= 3 && len(name) < len(day.Name) && strings.EqualFold(day.Name[:len(name)], name) {
			found = append(found, day)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// Reference is how people name a spot: the room's name, a hyphen, the slot's code.
func (g *Gathering) Reference(s Spot) string {
	name := s.Room
	if r := g.Coded(s.Room); r != nil {
		name = r.Name
	}
	return name + "-" + s.Slot
}

// Spot is what a reference names, as [Gathering.Reference] makes it or with a room's code, in any case. Where a hyphen can
// end several rooms' names, the longest is meant. It reports false for none.
func (g *Gathering) Spot(reference string) (Spot, bool) {
	for end := len(reference) - 1; end > 0; end-- {
		if reference[end] != '-' {
			continue
		}
		room := g.Room(reference[:end])
		_, slot := g.Slot(reference[end+1:])
		if room != nil && slot != nil && room.Has(slot.Code) {
			return Spot{Room: room.Code, Slot: slot.Code}, true
		}
	}
	return Spot{}, false
}

// CheckSpot refuses a spot that the schedule does not have.
func (g *Gathering) CheckSpot(s Spot) error {
	for i := range g.Rooms {
		if r := &g.Rooms[i]; r.Code == s.Room && r.Has(s.Slot) {
			if _, slot := g.Slot(s.Slot); slot != nil && slot.Code == s.Slot {
				return nil
			}
		}
	}
	return refuse(ErrNoSpot, "Slot '%s' is invalid (or booked)", short(g.Reference(s)))
}

// spots are all spots of a day, by slot and then by room, that are wanted.
func (g *Gathering) spots(day *Day, wanted func(Spot, *Booking) bool) []Spot {
	var list []Spot
	for _, slot := range day.Slots {
		for i := range g.Rooms {
			s := Spot{Room: g.Rooms[i].Code, Slot: slot.Code}
			if g.Rooms[i].Has(slot.Code) && wanted(s, g.Bookings[s]) {
				list = append(list, s)
			}
		}
	}
	return list
}

// Free are the spots of a day that nobody booked, by slot and then by room.
func (g *Gathering) Free(day *Day) []Spot {
	return g.spots(day, func(_ Spot, b *Booking) bool { return b == nil })
}

// Booked are the spots of a track, in the order of the schedule; those that the schedule does not have any more come last.
func (g *Gathering) Booked(track string) []Spot {
	key := Key(track)
	var list []Spot
	for i := range g.Days {
		list = append(list, g.spots(&g.Days[i], func(_ Spot, b *Booking) bool { return b != nil && b.Track == key })...)
	}
	known := len(list)
	for s, b := range g.Bookings {
		if b.Track == key && !slices.Contains(list[:known], s) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list[known:], func(a, b Spot) int { return strings.Compare(a.Slot+"/"+a.Room, b.Slot+"/"+b.Room) })
	return list
}

// Conflicts are the spots in other rooms that a track has at the time of one.
func (g *Gathering) Conflicts(track string, spot Spot) []Spot {
	var list []Spot
	for _, other := range g.Booked(track) {
		if other.Room != spot.Room && g.together(spot.Slot, other.Slot) {
			list = append(list, other)
		}
	}
	return list
}
