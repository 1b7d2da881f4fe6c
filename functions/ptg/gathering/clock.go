package gathering

import (
	"regexp"
	"strconv"
	"sync"
	"time"
	_ "time/tzdata" // a gathering's zone must be known wherever this runs
)

const dateForm = "2006-01-02"

// zones are those that were loaded, by name: a page asks for its own a hundred times, and loading one reads a file.
var zones sync.Map

// Zone is the gathering's; UTC where it has none that is known.
func (g *Gathering) Zone() *time.Location {
	if zone, ok := zones.Load(g.About.Zone); ok {
		return zone.(*time.Location) //nolint:forcetypeassert // nothing else is put there
	}
	zone, err := time.LoadLocation(g.About.Zone)
	if err != nil || g.About.Zone == "Local" {
		return time.UTC // not kept, so that what people make up takes no memory
	}
	zones.Store(g.About.Zone, zone)
	return zone
}

// Clock is a moment on the gathering's walls: "2026-03-02 09:30:00 CET".
func (g *Gathering) Clock(at time.Time) string {
	return at.In(g.Zone()).Format("2006-01-02 15:04:05 MST")
}

// hours are the times in a slot's label: "09:00-10:45", "9:00 – 10:45 (long)", "1300-1400 UTC".
var hours = regexp.MustCompile(`^\s*([01]?\d|2[0-4]):?([0-5]\d)\s*(?:-|–|to)\s*([01]?\d|2[0-4]):?([0-5]\d)\b`)

// Hours are the times of day in a slot's label, as minutes since midnight; an end before the start is on the next day.
func Hours(label string) (from, until int, ok bool) {
	m := hours.FindStringSubmatch(label)
	if m == nil {
		return 0, 0, false
	}
	minute := func(hour, minutes string) int {
		h, _ := strconv.Atoi(hour)
		m, _ := strconv.Atoi(minutes)
		return h*60 + m
	}
	from, until = minute(m[1], m[2]), minute(m[3], m[4])
	if until <= from {
		until += 24 * 60
	}
	return from, until, true
}

// usual is how many minutes a slot takes of which nobody knows.
const usual = 60

// length is how many minutes a slot takes.
func (s *Slot) length() int {
	if s.Minutes > 0 {
		return s.Minutes
	}
	if from, until, ok := Hours(s.Label); ok {
		return until - from
	}
	return usual
}

// Date is a day's date in the gathering's zone: its own, or that on which the first of its slots begins; "" for none.
func (g *Gathering) Date(day *Day) string {
	if day.Date != "" {
		return day.Date
	}
	for _, slot := range day.Slots {
		if !slot.Start.IsZero() {
			return slot.Start.In(g.Zone()).Format(dateForm)
		}
	}
	return ""
}

// Dated reports whether every day has a date.
func (g *Gathering) Dated() bool {
	for i := range g.Days {
		if g.Date(&g.Days[i]) == "" {
			return false
		}
	}
	return len(g.Days) > 0
}

// Today is the day of a moment in the gathering's zone. Where not every day has a date, days go by the names of weekdays, and
// the first day stands for a weekday that is none of them. It is nil when there is none.
func (g *Gathering) Today(now time.Time) *Day {
	local := now.In(g.Zone())
	if g.Dated() {
		for i := range g.Days {
			if g.Date(&g.Days[i]) == local.Format(dateForm) {
				return &g.Days[i]
			}
		}
		return nil
	}
	for i := range g.Days {
		if g.Days[i].Name == local.Weekday().String() {
			return &g.Days[i]
		}
	}
	if len(g.Days) == 0 {
		return nil
	}
	return &g.Days[0]
}

// Span is when a slot of a day begins and ends: as it says itself; else, from its label, beside another slot of the day that
// says so, or on the day's date in the gathering's zone. It reports false where that is not known.
func (g *Gathering) Span(day *Day, slot *Slot) (start, end time.Time, ok bool) {
	return g.spanOn(day, slot, g.Date(day))
}

func (g *Gathering) spanOn(day *Day, slot *Slot, date string) (start, end time.Time, ok bool) {
	lasts := time.Duration(slot.length()) * time.Minute
	if !slot.Start.IsZero() {
		return slot.Start, slot.Start.Add(lasts), true
	}
	from, _, ok := Hours(slot.Label)
	if !ok {
		return start, end, false
	}
	for _, other := range day.Slots {
		at, _, labelled := Hours(other.Label)
		if !labelled || other.Start.IsZero() {
			continue
		}
		if local := other.Start.In(g.Zone()); local.Hour()*60+local.Minute() == at { // labels are told by the gathering's clock
			return g.onWall(local, from, slot)
		}
		start = other.Start.Add(time.Duration(from-at) * time.Minute)
		return start, start.Add(lasts), true
	}
	midnight, err := time.ParseInLocation(dateForm, date, g.Zone())
	if err != nil {
		return start, end, false
	}
	return g.onWall(midnight, from, slot)
}

// onWall is a slot whose label tells of the gathering's clock, on a day: also where that is changed during the day, or during the slot.
func (g *Gathering) onWall(day time.Time, from int, slot *Slot) (start, end time.Time, ok bool) {
	at := func(minutes int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), minutes/60, minutes%60, 0, 0, g.Zone()).UTC()
	}
	start = at(from)
	if slot.Minutes > 0 {
		return start, start.Add(time.Duration(slot.Minutes) * time.Minute), true
	}
	return start, at(from + slot.length()), true
}

// SpanNow is Span for those who ask on a day: where a day has no date and goes by its weekday, it is today's.
func (g *Gathering) SpanNow(day *Day, slot *Slot, now time.Time) (start, end time.Time, ok bool) {
	date := g.Date(day)
	if local := now.In(g.Zone()); date == "" && day.Name == local.Weekday().String() {
		date = local.Format(dateForm)
	}
	return g.spanOn(day, slot, date)
}

// Running reports whether a slot of a day is under way.
func (g *Gathering) Running(day *Day, slot *Slot, now time.Time) bool {
	start, end, ok := g.SpanNow(day, slot, now)
	return ok && !now.Before(start) && now.Before(end)
}

// SlotNow is the slot that is under way, with its day; nil for none. Of several it is the one that began last.
func (g *Gathering) SlotNow(now time.Time) (*Day, *Slot) {
	var day *Day
	var slot *Slot
	var began time.Time
	for i := range g.Days {
		for j := range g.Days[i].Slots {
			d, s := &g.Days[i], &g.Days[i].Slots[j]
			if start, _, _ := g.SpanNow(d, s, now); g.Running(d, s, now) && (slot == nil || start.After(began)) {
				day, slot, began = d, s, start
			}
		}
	}
	return day, slot
}

// together reports whether two slots are at the same time, wholly or in part.
func (g *Gathering) together(one, other string) bool {
	if one == other {
		return true
	}
	oneDay, a := g.Slot(one)
	otherDay, b := g.Slot(other)
	if a == nil || b == nil {
		return false
	}
	start, end, known := g.Span(oneDay, a)
	from, until, also := g.Span(otherDay, b)
	if known && also {
		return start.Before(until) && from.Before(end)
	}
	i, j, known := Hours(a.Label)
	k, l, also := Hours(b.Label)
	return known && also && oneDay == otherDay && i < l && k < j
}
