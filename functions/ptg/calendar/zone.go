package calendar

import (
	"fmt"
	"time"
)

// zone writes the time zone as it is while the meetings are: each change of the clock on its own, for a rule would be a guess
// at what a government does next year.
func (t *text) zone(zone *time.Location, meetings []Meeting) {
	if len(meetings) == 0 {
		return // nothing refers to it
	}
	first, last := meetings[0].Start, meetings[0].End
	for _, m := range meetings {
		if m.Start.Before(first) {
			first = m.Start
		}
		if m.End.After(last) {
			last = m.End
		}
	}
	t.line("BEGIN", "VTIMEZONE")
	t.line("TZID", zone.String())
	for at := first.In(zone); ; {
		start, end := at.ZoneBounds()
		t.observance(at, start)
		if end.IsZero() || end.After(last) {
			break
		}
		at = end
	}
	t.line("END", "VTIMEZONE")
}

// observance writes how the clock goes from start on; at is a moment of that time, in its zone.
func (t *text) observance(at, start time.Time) {
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	name, to := at.Zone()
	from := to
	begins := time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	if !start.IsZero() {
		_, from = start.Add(-time.Second).Zone()
		// When it begins is told by the clock that went until then.
		begins = start.UTC().Add(time.Duration(from) * time.Second)
	}
	t.line("BEGIN", kind)
	t.line("DTSTART", begins.Format("20060102T150405"))
	t.line("TZOFFSETFROM", offset(from))
	t.line("TZOFFSETTO", offset(to))
	t.words("TZNAME", name)
	t.line("END", kind)
}

// offset is a UTC offset of so many seconds: +0530.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}
