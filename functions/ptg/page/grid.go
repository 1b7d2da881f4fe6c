package page

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// gridDay is a day of the schedule.
type gridDay struct {
	Key, Name, Title, Href string
	Today, Chosen, Shown   bool
	Slots                  []gridSlot
	Rows                   []template.HTML
}

type gridSlot struct {
	Label string
	Clock clock
	On    bool // under way
}

// row is a room on a day.
type row struct {
	ID, Name, Join, Note, Tip, Words string
	Cells                            []cell
	Hidden                           bool
}

// cell is a room in a slot: not available, free, or a track's.
type cell struct {
	Missing, On, Dim bool
	Book             string // the words that book it
	Key, Words       string
	Badge            badge
}

func (s *scene) schedulePart() web.Part {
	var days []gridDay
	var items []web.Item
	chosen := s.chosenDay()
	shown := s.shownDay(chosen)
	today := s.g.Today(s.now)
	for i := range s.g.Days {
		day := &s.g.Days[i]
		key := strconv.Itoa(i + 1)
		d := gridDay{Key: key, Name: day.Name, Title: s.dayTitle(day), Chosen: i == chosen, Shown: i == shown, Today: day == today && s.certain(day)}
		query := s.filter.query()
		if query == "" {
			query = "?"
		} else {
			query += "&"
		}
		d.Href = s.link("schedule" + query + "day=" + key)
		for j := range day.Slots {
			slot := &day.Slots[j]
			d.Slots = append(d.Slots, gridSlot{Label: slot.Label, Clock: s.span(day, slot), On: s.g.Running(day, slot, s.now)})
		}
		rows := s.rows(day, key, d.Slots)
		items = append(items, rows...)
		d.Rows = web.Holes(len(rows))
		days = append(days, d)
	}
	return web.Part{ID: "schedule", Shape: render("schedule-part", struct{ Days []gridDay }{days}), Items: items}
}

// certain reports whether a day is known to be today, and not only stands for it.
func (s *scene) certain(day *gathering.Day) bool {
	local := s.now.In(s.zone)
	return s.g.Date(day) == local.Format(time.DateOnly) || s.g.Date(day) == "" && day.Name == local.Weekday().String()
}

// chosenDay is the day that is shown to those who did not choose: today, else the next to come, else the first.
func (s *scene) chosenDay() int {
	today, date := s.g.Today(s.now), s.now.In(s.zone).Format(time.DateOnly)
	for i := range s.g.Days {
		if &s.g.Days[i] == today || today == nil && s.g.Date(&s.g.Days[i]) > date {
			return i
		}
	}
	return 0
}

func (s *scene) shownDay(chosen int) int {
	if n, err := strconv.Atoi(s.filter.Day); err == nil && n >= 1 && n <= len(s.g.Days) {
		return n - 1
	}
	return chosen
}

func (s *scene) dayTitle(day *gathering.Day) string {
	date, err := time.Parse(time.DateOnly, s.g.Date(day))
	if err != nil {
		return day.Name
	}
	if strings.Contains(day.Name, date.Weekday().String()) {
		return day.Name + ", " + date.Format("2 January 2006")
	}
	return day.Name + ", " + date.Format("Monday 2 January 2006")
}

// rows are the rooms that can be booked on a day.
func (s *scene) rows(day *gathering.Day, dayKey string, slots []gridSlot) []web.Item {
	var items []web.Item
	for i := range s.g.Rooms {
		room := &s.g.Rooms[i]
		r := row{
			ID: "row-" + dayKey + "-" + room.Code, Name: room.Name, Join: address(room.URL), Note: room.Note, Tip: room.Tip,
			Words: words(room.Name, room.Code, room.Note),
		}
		named, shown, there := s.filter.says(r.Words), false, false
		for j := range day.Slots {
			c := s.cell(room, day.Slots[j].Code, slots[j].On)
			there = there || !c.Missing
			seen := true
			if s.filter.Active() {
				seen = s.sees(&c, named)
			}
			c.Dim = !seen && !c.Missing
			shown = shown || seen && !c.Missing
			r.Cells = append(r.Cells, c)
		}
		if !there {
			continue
		}
		r.Hidden = s.filter.Active() && !shown
		items = append(items, web.Item{ID: r.ID, HTML: render("row", r)})
	}
	return items
}

// sees reports whether a filter lets a cell be seen; named is whether its room is what is searched for.
func (s *scene) sees(c *cell, named bool) bool {
	if c.Book != "" {
		return len(s.filter.Mine) == 0 && named
	}
	return s.filter.wants(c.Key) && (named || s.filter.says(c.Words))
}

func (s *scene) cell(room *gathering.Room, slot string, on bool) cell {
	spot := gathering.Spot{Room: room.Code, Slot: slot}
	c := cell{On: on}
	switch booking := s.g.Bookings[spot]; {
	case !room.Has(slot):
		c.Missing = true
	case booking == nil:
		c.Book = "#" + s.speaker() + " book " + s.bookable(spot)
	default:
		c.Key, c.Badge = booking.Track, s.badge(booking.Track)
		c.Words = words(c.Badge.Name, c.Key)
	}
	return c
}

// speaker is the track in whose name a slot would be booked: one's own, where there is one.
func (s *scene) speaker() string {
	if len(s.filter.Mine) == 1 {
		return s.filter.Mine[0]
	}
	return "TRACK"
}

// bookable names a spot as one word that books it.
func (s *scene) bookable(spot gathering.Spot) string {
	if reference := s.g.Reference(spot); !strings.ContainsAny(reference, " \t\"'") {
		if found, ok := s.g.Spot(reference); ok && found == spot {
			return reference
		}
	}
	return spot.Room + "-" + spot.Slot
}
