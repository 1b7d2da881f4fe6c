package exchange

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// Rules are how a file is brought in.
type Rules struct {
	// Replace has everything become as the file says, where it says something. Without it the file decides what the schedule
	// is made of and what tracks are; what people did stays: what they booked, said and put up, who is there, who is told.
	Replace bool
	// Network is the IRC network whose nicks the file means, for who is there and who is told. Without one, nobody is told.
	Network string
}

// Plan is what a merge does.
type Plan struct {
	Changes []string // see [gathering.Diff]
	Kept    []string // what people did that the file would have otherwise
	Amended []string // what of the file is taken otherwise than it stands there
	Left    []string // what of the file was passed over
}

// Text is a plan for people, of at most so many lines of each sort.
func (p *Plan) Text(most int) string {
	lines := []string{"Nothing would change."}
	if len(p.Changes) > 0 {
		lines = listed("What changes:", p.Changes, most)
	}
	lines = append(lines, listed("What stays, though the file has it otherwise:", p.Kept, most)...)
	return strings.Join(append(lines, p.otherwise(most)...), "\n")
}

// Otherwise is what of the file is not taken as it stands there, likewise; empty for nothing.
func (p *Plan) Otherwise(most int) string { return strings.Join(p.otherwise(most), "\n") }

func (p *Plan) otherwise(most int) []string {
	return append(listed("What of the file is taken otherwise:", p.Amended, most), listed("What of the file is left out:", p.Left, most)...)
}

func listed(title string, list []string, most int) []string {
	if len(list) == 0 {
		return nil
	}
	lines := []string{title}
	for i, line := range list {
		if i == most {
			return append(lines, fmt.Sprintf("  … and %d more", len(list)-most))
		}
		lines = append(lines, "  "+line)
	}
	return lines
}

// merge is one under way.
type merge struct {
	*gathering.Draft
	file  *File
	rules Rules
	plan  Plan
}

// Merge brings a file into a draft, and says what that does. It refuses one with which there is too much of something.
func Merge(d *gathering.Draft, f *File, rules Rules) (*Plan, error) {
	before := gathering.NewDraft(d.Gathering, d.By, d.At).Gathering
	m := &merge{Draft: d, file: f, rules: rules, plan: Plan{Amended: f.Amended, Left: slices.Clone(f.Left)}}
	d.Whole()
	for _, part := range []func() error{m.about, m.days, m.rooms, m.tracks, m.bookings} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	m.said()
	m.banners()
	m.people()
	m.ours()
	if f.Given[keyLinks] {
		if err := d.SetLinks(f.Links); err != nil {
			return nil, err
		}
	}
	m.plan.Changes = gathering.Diff(before, d.Gathering)
	return &m.plan, nil
}

func (m *merge) keepf(format string, args ...any) {
	m.plan.Kept = append(m.plan.Kept, fmt.Sprintf(format, args...))
}

func (m *merge) leavef(format string, args ...any) {
	m.plan.Left = append(m.plan.Left, fmt.Sprintf(format, args...))
}

// about takes what the gathering is: the event id and the zone are of the schedule, the rest is only for one that has none.
func (m *merge) about() error {
	a, from := m.About, m.file.About
	if from.EventID != "" || m.rules.Replace && m.file.Given[keyEventID] {
		a.EventID = from.EventID
	}
	if from.Zone != "" {
		a.Zone = from.Zone
	}
	for _, one := range []struct {
		into *string
		from string
	}{{&a.Name, from.Name}, {&a.Starts, from.Starts}, {&a.Ends, from.Ends}, {&a.Etherpad, from.Etherpad}, {&a.URL, from.URL}} {
		if one.from != "" && (*one.into == "" || m.rules.Replace) {
			*one.into = one.from
		}
	}
	if a == m.About {
		return nil
	}
	return m.SetAbout(a)
}

func (m *merge) days() error {
	if !m.file.Given[keySlots] {
		return nil
	}
	return m.SetDays(m.file.Days)
}

// rooms takes the rooms; one that was there keeps its code.
func (m *merge) rooms() error {
	if !m.file.Given[keySchedule] {
		return nil
	}
	rooms := slices.Clone(m.file.Rooms)
	for i := range rooms {
		for _, old := range m.Rooms {
			if strings.EqualFold(old.Name, rooms[i].Name) {
				rooms[i].Code = old.Code
			}
		}
		for _, code := range rooms[i].Slots {
			if _, slot := m.Slot(code); slot == nil || slot.Code != code {
				m.leavef("%s: there is no slot '%s'.", at(at(keySchedule, rooms[i].Name), code), code)
			}
		}
		m.order(&rooms[i])
	}
	return m.SetRooms(rooms)
}

// order has a room's slots be in the order of the days.
func (m *merge) order(room *gathering.Room) {
	var list []string
	for _, day := range m.Days {
		for _, slot := range day.Slots {
			if room.Has(slot.Code) {
				list = append(list, slot.Code)
			}
		}
	}
	room.Slots = append([]string{}, list...)
}

// tracks takes the tracks of the file, and those for which it books rooms. Tracks that it does not have stay, but for when
// everything is replaced.
func (m *merge) tracks() error {
	names := slices.Clone(m.file.Tracks)
	for _, b := range m.file.Bookings {
		names = append(names, b.Track)
	}
	if m.rules.Replace && m.file.Given[keyTracks] {
		var gone []string
		for _, key := range m.Keys() {
			if !slices.ContainsFunc(names, func(name string) bool { return gathering.Key(name) == key }) {
				gone = append(gone, key)
			}
		}
		m.DelTracks(gone...)
	}
	if err := m.colored(names); err != nil {
		return err
	}
	if err := m.AddTracks(names...); err != nil {
		return err
	}
	m.settings(keyURLs, m.file.URLs, func(t *gathering.Track) *string { return &t.URL })
	m.settings(keyEtherpads, m.file.Etherpads, func(t *gathering.Track) *string { return &t.Etherpad })
	return nil
}

// colored gives the tracks the colours of the file, before others get what is left of the palette.
func (m *merge) colored(names []string) error {
	for _, name := range names {
		key := gathering.Key(name)
		color := m.file.Colors[key]
		if color == "" || m.Tracks[key] != nil {
			continue
		}
		if len(m.Tracks) >= gathering.MaxTracks {
			return m.AddTracks(name) // which says so
		}
		m.PutTrack(key, &gathering.Track{Name: strings.TrimPrefix(name, "#"), Color: color, By: m.By, At: m.At})
	}
	m.settings(keyColors, m.file.Colors, func(t *gathering.Track) *string { return &t.Color })
	return nil
}

// settings takes what a file says of tracks; when everything is replaced, what it does not say is nothing. A track always has
// a colour.
func (m *merge) settings(key string, list map[string]string, of func(*gathering.Track) *string) {
	for _, track := range slices.Sorted(maps.Keys(list)) {
		if m.Tracks[track] == nil && !m.named(track) {
			m.leavef("%s: there is no such track.", at(key, track))
		}
	}
	for _, track := range m.Keys() {
		t := *m.Tracks[track]
		said := list[track]
		if said == "" && (!m.rules.Replace || !m.file.Given[key] || key == keyColors) {
			continue
		}
		if field := of(&t); *field != said {
			*field = said
			m.PutTrack(track, &t)
		}
	}
}

// named reports whether the file makes a track.
func (m *merge) named(key string) bool {
	return slices.ContainsFunc(m.file.Tracks, func(name string) bool { return gathering.Key(name) == key }) ||
		slices.ContainsFunc(m.file.Bookings, func(b Booking) bool { return gathering.Key(b.Track) == key })
}
