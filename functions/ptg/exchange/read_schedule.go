package exchange

import (
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
)

// slots reads the days and their slots.
func (r *reader) slots(v value) {
	if !r.is(v, object, keySlots) || !r.few(len(v.members), gathering.MaxDays, keySlots) {
		return
	}
	for _, m := range v.members {
		path := at(keySlots, m.name)
		if err := gathering.CheckName(m.name); err != nil {
			r.wrongf(path, "%s", err)
		}
		day := gathering.Day{Name: m.name, Slots: []gathering.Slot{}}
		if !r.is(m.value, array, path) {
			continue
		}
		for i, one := range m.items {
			if slot, ok := r.slot(one, item(path, i)); ok {
				day.Slots = append(day.Slots, slot)
			}
		}
		r.Days = append(r.Days, day)
	}
	r.few(len(r.codes), gathering.MaxSlots, keySlots)
}

// slot reads one: {name, desc, realtime?, duration?}.
func (r *reader) slot(v value, path string) (s gathering.Slot, ok bool) {
	if !r.is(v, object, path) {
		return s, false
	}
	for _, m := range v.members {
		where := at(path, m.name)
		switch {
		case m.name == "name":
			s.Code = r.word(m.value, where, asIs(gathering.CheckSlotCode))
		case m.name == "desc":
			s.Label = r.word(m.value, where, gathering.CheckText)
		case m.kind == null:
		case m.name == "realtime":
			s.Start = r.moment(m.value, where)
		case m.name == "duration":
			s.Minutes = r.minutes(m.value, where)
		default:
			r.leavef("%s means nothing here.", where)
		}
	}
	if s.Code == "" {
		r.wrongf(path, "a slot needs a name")
		return s, false
	}
	code := strings.ToLower(s.Code)
	if other := r.codes[code]; other != "" {
		r.wrongf(path, "the slot '%s' is there already: %s", s.Code, other)
		return s, false
	}
	r.codes[code] = path
	return s, true
}

// realtimes are the forms in which files have the time of a slot; one without a zone is in UTC.
var realtimes = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"}

func (r *reader) moment(v value, path string) time.Time {
	if !r.is(v, text, path) {
		return time.Time{}
	}
	for _, form := range realtimes {
		if t, err := time.Parse(form, v.text); err == nil && sensible(t) {
			return t.UTC()
		}
	}
	r.wrongf(path, "is no time: one looks like 2026-03-02T09:00:00Z")
	return time.Time{}
}

// sensible reports whether a time is one that people plan with.
func sensible(t time.Time) bool { return t.UTC().Year() >= 1970 && t.UTC().Year() < 10_000 }

// mostMinutes is how long a slot can be: a day.
const mostMinutes = 24 * 60

func (r *reader) minutes(v value, path string) int {
	n, err := strconv.Atoi(v.text)
	if v.kind != number || err != nil || n < 1 || n > mostMinutes {
		r.wrongf(path, "is no duration: it is a number of minutes, from 1 to %d", mostMinutes)
		return 0
	}
	return n
}

// schedule reads the rooms, and what they are booked for.
func (r *reader) schedule(v value) {
	if !r.is(v, object, keySchedule) || !r.few(len(v.members), gathering.MaxRooms, keySchedule) {
		return
	}
	seen := make(map[string]bool)
	for _, m := range v.members {
		path := at(keySchedule, m.name)
		if err := gathering.CheckName(m.name); err != nil {
			r.wrongf(path, "%s", err)
		}
		low := strings.ToLower(m.name)
		if seen[low] {
			r.wrongf(path, "two rooms are called so, but for the case")
		}
		seen[low] = true
		if r.is(m.value, object, path) {
			r.Rooms = append(r.Rooms, r.room(m, path))
		}
	}
}

func (r *reader) room(v member, path string) gathering.Room {
	room := gathering.Room{Name: v.name, Slots: []string{}}
	for _, m := range v.members {
		where := at(path, m.name)
		if m.kind == null {
			continue
		}
		switch m.name {
		case roomURL:
			room.URL = r.maybe(m.value, where, gathering.CheckURL)
		case roomDesc:
			room.Note = r.word(m.value, where, gathering.CheckText)
		case roomIcon:
			room.Icon = r.maybe(m.value, where, checkIcon)
		case roomTip:
			room.Tip = r.word(m.value, where, gathering.CheckText)
		default:
			r.spot(&room, m, where)
		}
	}
	return room
}

// maybe is a word that may be empty.
func (r *reader) maybe(v value, path string, check func(string) (string, error)) string {
	if v.kind == text && v.text == "" {
		return ""
	}
	return r.word(v, path, check)
}

// checkIcon refuses what cannot be the name of a glyphicon.
func checkIcon(name string) (string, error) {
	odd := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }
	if len(name) > gathering.MaxName || strings.ContainsFunc(name, odd) {
		return "", Mistakes{"an icon's name is of lower-case letters, digits and hyphens"}
	}
	return name, nil
}

// spot reads for what a room is booked in a slot: a track, or nothing.
func (r *reader) spot(room *gathering.Room, m member, path string) {
	code := chat.OneLine(m.name)
	if err := gathering.CheckSlotCode(m.name); err != nil {
		r.wrongf(path, "%s", err)
		return
	}
	if len(r.Days) > 0 && !r.hasSlot(code) {
		r.wrongf(path, "there is no slot '%s'", code)
		return
	}
	room.Slots = append(room.Slots, code)
	if track := r.maybe(m.value, path, asIs(gathering.CheckTrack)); track != "" {
		r.Bookings = append(r.Bookings, Booking{Room: room.Name, Slot: code, Track: track})
	}
}

func (r *reader) hasSlot(code string) bool {
	for _, day := range r.Days {
		for _, slot := range day.Slots {
			if slot.Code == code {
				return true
			}
		}
	}
	return false
}
