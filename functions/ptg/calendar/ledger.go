package calendar

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// Ledger is every meeting that a gathering has or ever had. It is not safe for use by several at a time.
type Ledger struct {
	id       string
	version  int64
	state    gathering.Gathering // of it only what meetings are made of
	meetings map[string]*Meeting // by UID
}

// NewLedger is that of a gathering before its first change.
func NewLedger(id string) *Ledger {
	return &Ledger{id: id, meetings: make(map[string]*Meeting), state: gathering.Gathering{
		ID: id, Tracks: make(map[string]*gathering.Track), Bookings: make(map[gathering.Spot]*gathering.Booking),
	}}
}

// Version is that of the last change that it followed.
func (l *Ledger) Version() int64 { return l.version }

// Follow takes in changes in their order. It passes over those that it has followed.
func (l *Ledger) Follow(changes ...gathering.Change) error {
	for i := range changes {
		c := &changes[i]
		if c.Version <= l.version {
			continue
		}
		matters := false
		for _, set := range c.Sets {
			one, err := l.set(set.Field, set.After)
			if err != nil {
				return fmt.Errorf("calendar of %s: change %d: %s: %w", l.id, c.Version, set.Field, err)
			}
			matters = matters || one
		}
		l.version = c.Version
		if matters {
			l.reckon(c.At)
		}
	}
	return nil
}

// set sets a field, and reports whether meetings are made of it.
func (l *Ledger) set(field, after string) (bool, error) {
	kind, of, _ := strings.Cut(field, "/")
	switch kind {
	case "about":
		return true, into(&l.state.About, after)
	case "days":
		return true, into(&l.state.Days, after)
	case "rooms":
		return true, into(&l.state.Rooms, after)
	case "track":
		return true, among(l.state.Tracks, of, after)
	case "book":
		room, slot, _ := strings.Cut(of, "/")
		return true, among(l.state.Bookings, gathering.Spot{Room: room, Slot: slot}, after)
	}
	return false, nil
}

func into[T any](value *T, text string) error {
	var fresh T
	if text != "" {
		if err := json.Unmarshal([]byte(text), &fresh); err != nil {
			return err
		}
	}
	*value = fresh
	return nil
}

func among[K comparable, T any](all map[K]*T, key K, text string) error {
	if text == "" {
		delete(all, key)
		return nil
	}
	var fresh T
	err := into(&fresh, text)
	all[key] = &fresh
	return err
}

// reckon brings the meetings up to what the state says now: what is new, changed or over was so at that moment.
func (l *Ledger) reckon(at time.Time) {
	current := meetings(&l.state)
	for uid, m := range l.meetings {
		if current[uid] == nil && !m.Cancelled {
			m.Cancelled, m.Changed = true, at
			m.Sequence++
		}
	}
	for uid, m := range current {
		m.Changed = at
		if before := l.meetings[uid]; before != nil {
			m.Sequence, m.Changed = before.Sequence, before.Changed
			if *m == *before {
				continue
			}
			m.Sequence, m.Changed = before.Sequence+1, at
		}
		l.meetings[uid] = m
	}
}

// Meetings are those that are wanted, by time.
func (l *Ledger) Meetings(wanted func(*Meeting) bool) []Meeting {
	var list []Meeting
	for _, uid := range slices.Sorted(maps.Keys(l.meetings)) {
		if m := l.meetings[uid]; wanted(m) {
			list = append(list, *m)
		}
	}
	slices.SortStableFunc(list, func(a, b Meeting) int { return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Room, b.Room)) })
	return list
}

// meetings makes a gathering's meetings of its bookings.
func meetings(g *gathering.Gathering) map[string]*Meeting {
	all := make(map[string]*Meeting)
	for i := range g.Rooms {
		room := &g.Rooms[i]
		for _, m := range booked(g, room) {
			all[m.UID] = m
		}
	}
	return all
}

// booked are the meetings of a room. Slots of a track that touch are one.
func booked(g *gathering.Gathering, room *gathering.Room) []*Meeting {
	var slots []*Meeting
	for i := range g.Days {
		day := &g.Days[i]
		for j := range day.Slots {
			slot := &day.Slots[j]
			booking := g.Bookings[gathering.Spot{Room: room.Code, Slot: slot.Code}]
			start, end, known := g.Span(day, slot)
			if booking != nil && known && room.Has(slot.Code) {
				slots = append(slots, meeting(g, room, slot, booking.Track, start, end))
			}
		}
	}
	slices.SortStableFunc(slots, func(a, b *Meeting) int { return a.Start.Compare(b.Start) })
	return merged(slots)
}

// merged makes one meeting of those that follow one another and touch.
func merged(slots []*Meeting) []*Meeting {
	var list []*Meeting
	for _, m := range slots {
		if last := len(list) - 1; last >= 0 && list[last].Track == m.Track && !m.Start.After(list[last].End) {
			if m.End.After(list[last].End) {
				list[last].End = m.End
			}
			continue
		}
		list = append(list, m)
	}
	return list
}

func meeting(g *gathering.Gathering, room *gathering.Room, slot *gathering.Slot, track string, start, end time.Time) *Meeting {
	m := &Meeting{
		UID:     fmt.Sprintf("%s.%s.%s@%s.ptg.handsoff", slot.Code, room.Code, track, g.ID),
		Summary: track, Place: room.Name, Link: address(room.URL), Start: start.UTC(), End: end.UTC(), Track: track, Room: room.Code,
	}
	if t := g.Tracks[track]; t != nil {
		m.Summary = t.Name
		if own := address(t.URL); own != "" {
			m.Link = own
		}
	}
	if pad := g.EtherpadOf(track); pad != "" {
		m.About = "Etherpad: " + pad
	}
	if m.Link != "" {
		m.About = strings.TrimPrefix(m.About+"\nMeeting: "+m.Link, "\n")
	}
	return m
}

// address is one that a calendar may open; empty for any other.
func address(text string) string {
	if _, err := gathering.CheckURL(text); err != nil {
		return ""
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return parsed.String()
}
