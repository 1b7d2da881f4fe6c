// Package calendar turns a gathering's bookings into feeds that calendar programs subscribe to (RFC 5545).
//
// [Ledger] follows the bookings through the gathering's log: slots of one track that touch are one meeting, a meeting keeps
// its UID for as long as it begins in the same slot, its SEQUENCE counts how often it was changed, and one that is no more
// stays in the feed as cancelled, for those whose program would keep it otherwise. [Feed.Write] writes the text.
package calendar

import (
	"io"
	"time"
)

// Feed is one calendar.
type Feed struct {
	Name     string         // what programs show, such as "Denver: nova"
	About    string         // a sentence more; may be empty
	Zone     *time.Location // in which the times are told; nil is UTC
	Meetings []Meeting
}

// Meeting is a track in a room for a while.
type Meeting struct {
	UID       string // stays the same as long as the meeting begins in the same slot
	Summary   string
	About     string
	Place     string
	Link      string // http or https; empty for none
	Start     time.Time
	End       time.Time
	Sequence  int       // how often it was changed
	Changed   time.Time // when it was changed last
	Cancelled bool

	Track, Room string // keys, by which feeds are chosen
}

// Write writes the calendar's text. What it writes depends on nothing but the feed, so that the same feed is the same bytes.
func (f *Feed) Write(w io.Writer) error {
	t := &text{w: w}
	t.line("BEGIN", "VCALENDAR")
	t.line("VERSION", "2.0")
	t.line("PRODID", "-//handsoff//ptg//EN")
	t.line("CALSCALE", "GREGORIAN")
	t.line("METHOD", "PUBLISH")
	t.words("NAME", f.Name)
	t.words("X-WR-CALNAME", f.Name)
	if f.About != "" {
		t.words("X-WR-CALDESC", f.About)
	}
	t.line("REFRESH-INTERVAL;VALUE=DURATION", "PT5M")
	t.line("X-PUBLISHED-TTL", "PT5M")
	if zone := f.zone(); zone != time.UTC {
		t.line("X-WR-TIMEZONE", zone.String())
		t.zone(zone, f.Meetings)
	}
	for i := range f.Meetings {
		t.meeting(&f.Meetings[i], f.zone())
	}
	t.line("END", "VCALENDAR")
	return t.err
}

// zone is UTC for whatever has no name that a program could know.
func (f *Feed) zone() *time.Location {
	if f.Zone == nil || f.Zone.String() == "UTC" || f.Zone.String() == "Local" {
		return time.UTC
	}
	return f.Zone
}

func (t *text) meeting(m *Meeting, zone *time.Location) {
	t.line("BEGIN", "VEVENT")
	t.words("UID", m.UID)
	t.line("DTSTAMP", utc(m.Changed))
	t.line("LAST-MODIFIED", utc(m.Changed))
	t.number("SEQUENCE", m.Sequence)
	t.moment("DTSTART", m.Start, zone)
	t.moment("DTEND", m.End, zone)
	t.words("SUMMARY", m.Summary)
	if m.About != "" {
		t.words("DESCRIPTION", m.About)
	}
	if m.Place != "" {
		t.words("LOCATION", m.Place)
	}
	if m.Link != "" {
		t.line("URL", m.Link)
	}
	if m.Cancelled {
		t.line("STATUS", "CANCELLED")
	} else {
		t.line("STATUS", "CONFIRMED")
	}
	t.line("END", "VEVENT")
}

func utc(at time.Time) string { return at.UTC().Format("20060102T150405Z") }
