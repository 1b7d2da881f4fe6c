package exchange

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// slots reads the days and their slots.
func (r *reader) slots(v value) {
	if !r.is(v, object, keySlots) || !r.few(len(v.members), gathering.MaxDays, keySlots) {
		return
	}
	for _, m := range v.members {
		path := at(keySlots, m.name)
		day := gathering.Day{Name: r.name(m.name, path), Slots: []gathering.Slot{}}
		if !r.is(m.value, array, path) || day.Name == "" {
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
	said := ""
	for _, m := range v.members {
		where := at(path, m.name)
		switch {
		case m.kind == null:
		case m.name == "name" && r.is(m.value, text, where):
			said = m.text
		case m.name == "desc":
			s.Label = r.sentence(m.value, where)
		case m.name == "realtime":
			s.Start = r.moment(m.value, where)
		case m.name == "duration":
			s.Minutes = r.minutes(m.value, where)
		case m.name != "name":
			r.leavef("%s means nothing here.", where)
		}
	}
	s.Code = gathering.FitSlotCode(said)
	code := strings.ToLower(s.Code)
	switch other := r.codes[code]; {
	case s.Code == "":
		r.wrongf(path, "a slot needs a name")
		return s, false
	case other != "":
		r.leavef("%s: the slot '%s' is there already: %s.", path, s.Code, other)
		return s, false
	case s.Code != said:
		r.amendf(path, "'%s' is taken as the slot %s", short(said), s.Code)
	}
	r.codes[code], r.slotOf[said] = path, s.Code
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
	r.leavef("%s: is no time: one looks like 2026-03-02T09:00:00Z.", path)
	return time.Time{}
}

// sensible reports whether a time is one that people plan with.
func sensible(t time.Time) bool { return t.UTC().Year() >= 1970 && t.UTC().Year() < 10_000 }

// mostMinutes is how long a slot can be: a day.
const mostMinutes = 24 * 60

func (r *reader) minutes(v value, path string) int {
	if !r.is(v, number, path) {
		return 0
	}
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > mostMinutes {
		r.leavef("%s: is no duration: it is a number of minutes, from 1 to %d.", path, mostMinutes)
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
		name := r.name(m.name, path)
		if !r.is(m.value, object, path) || name == "" {
			continue
		}
		for n, base := 2, name; seen[strings.ToLower(name)]; n++ {
			suffix := fmt.Sprintf(" (%d)", n)
			name = gathering.FitName(base[:min(len(base), gathering.MaxName-len(suffix))]) + suffix
		}
		if seen[strings.ToLower(name)] = true; name != gathering.FitName(m.name) {
			r.amendf(path, "another room is called so, but for the case; this one is taken as '%s'", short(name))
		}
		r.Rooms = append(r.Rooms, r.room(name, m.value, path))
	}
}

func (r *reader) room(name string, v value, path string) gathering.Room {
	room := gathering.Room{Name: name, Slots: []string{}}
	for _, m := range v.members {
		where := at(path, m.name)
		if m.kind == null {
			continue
		}
		switch m.name {
		case roomURL:
			room.URL = r.address(m.value, where)
		case roomDesc:
			room.Note = r.sentence(m.value, where)
		case roomIcon:
			room.Icon = r.fitting(m.value, where, checkIcon)
		case roomTip:
			room.Tip = r.sentence(m.value, where)
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
	code, known := r.slotOf[m.name]
	if !known {
		code = gathering.FitSlotCode(m.name)
	}
	if !r.is(m.value, text, path) {
		return
	}
	if code == "" || !known && r.Given[keySlots] {
		r.leavef("%s: there is no slot '%s'.", path, short(m.name))
		return
	}
	room.Slots = append(room.Slots, code)
	if m.text != "" {
		r.Bookings = append(r.Bookings, Booking{Room: room.Name, Slot: code, Track: r.track(m.text, path)})
	}
}
