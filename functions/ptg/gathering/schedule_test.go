package gathering_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// TestReferences: whatever rooms are called, what people are shown for a spot is what they may type, in any case.
func TestReferences(t *testing.T) {
	t.Parallel()
	rooms := []gathering.Room{}
	slots := []string{"MonA1", "A-1", "1"}
	for _, name := range []string{"Aspen", "Ballroom A", "BallroomA", "Ballroom-A", "Hall 1 - North", "Hall", "Hall-A", "Salon Québec", "★", "☆", "Room 2", "Room2 "} {
		rooms = append(rooms, gathering.Room{Name: strings.TrimSpace(name), Slots: slots})
	}
	d := in(t, "", gathering.Day{Name: "Monday", Slots: []gathering.Slot{{Code: "MonA1"}, {Code: "A-1"}, {Code: "1"}}})
	must(t, d.SetRooms(rooms))
	codes := make(map[string]string)
	for _, r := range d.Rooms {
		if other := codes[strings.ToLower(r.Code)]; other != "" || strings.ContainsAny(r.Code, " -/") || r.Code == "" {
			t.Errorf("%q has the code %q, as %q", r.Name, r.Code, other)
		}
		codes[strings.ToLower(r.Code)] = r.Name
	}
	if codes["ballrooma"] != "BallroomA" || codes["aspen"] != "Aspen" || codes["room2"] != "Room2" || codes["hall1north"] != "Hall 1 - North" {
		t.Errorf("%v", codes)
	}
	for _, day := range d.Days {
		for _, spot := range d.Free(&day) {
			for _, typed := range []string{d.Reference(spot), strings.ToLower(d.Reference(spot)), spot.Room + "-" + spot.Slot} {
				found, ok := d.Spot(typed)
				if typed == "Hall-A-1" || typed == "hall-a-1" { // the longer room is meant
					ok = ok && found.Room == "HallA" && found.Slot == "1"
				} else {
					ok = ok && found == spot
				}
				if !ok {
					t.Errorf("%s: %v, want %v", typed, found, spot)
				}
			}
		}
	}
	for _, none := range []string{"", "-", "Aspen", "Aspen-", "-MonA1", "Aspen-MonA9", "Beach-MonA1", "Aspen MonA1"} {
		if spot, ok := d.Spot(none); ok {
			t.Errorf("%q is %v", none, spot)
		}
	}
}

// TestCodesStayUnique whatever rooms are called.
func TestCodesStayUnique(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[AaB12 -]{1,4}`), func(s string) string { return s }).Draw(t, "names")
		rooms := make([]gathering.Room, len(names))
		for i, name := range names {
			rooms[i].Name = name
			if rapid.IntRange(0, 4).Draw(t, "has") == 0 {
				rooms[i].Code = fmt.Sprint("Kept", i)
			}
		}
		gathering.Codes(rooms)
		seen := make(map[string]bool)
		for i, r := range rooms {
			low := strings.ToLower(r.Code)
			if r.Code == "" || seen[low] || strings.HasPrefix(r.Code, "Kept") && r.Code != fmt.Sprint("Kept", i) {
				t.Fatalf("%+v", rooms)
			}
			seen[low] = true
		}
	})
}

// TestFreeAndBooked are in the order of the schedule.
func TestFreeAndBooked(t *testing.T) {
	t.Parallel()
	d := draft(t)
	tuesday := d.Day("tue")
	must(t, d.Book("nova", gathering.Spot{Room: "BigRoom2", Slot: "TueA1"}, aspenA2, bigA1))
	name := func(spots []gathering.Spot) string {
		var list []string
		for _, s := range spots {
			list = append(list, d.Reference(s))
		}
		return strings.Join(list, " ")
	}
	if got := name(d.Free(tuesday)); got != "Aspen-TueA1 Aspen-TueA2 Big Room-2-TueA2" {
		t.Error(got)
	}
	if got := name(d.Booked("Nova")); got != "Big Room-2-MonA1 Aspen-MonA2 Big Room-2-TueA1" {
		t.Error(got)
	}
	must(t, d.SetDays(d.Days[:1]))
	if got := name(d.Booked("nova")); got != "Big Room-2-MonA1 Aspen-MonA2 Big Room-2-TueA1" {
		t.Errorf("what the schedule does not have comes last: %s", got)
	}
	if room, _, when := d.RoomOf("nova", monday); when != gathering.Running || room.Name != "Big Room-2" {
		t.Error(room, when)
	}
}

// TestConflicts: a track cannot be in two rooms at a time, also not where slots only overlap.
func TestConflicts(t *testing.T) {
	t.Parallel()
	for name, day := range map[string]gathering.Day{
		"a date":    {Name: "x", Date: "2026-03-02"},
		"no date":   {Name: "x"},
		"real time": {Name: "x"},
	} {
		day.Slots = []gathering.Slot{{Code: "A", Label: "09:00-10:00"}, {Code: "B", Label: "09:30-11:00"}, {Code: "C", Label: "10:00-11:00"}}
		if name == "real time" {
			for i, at := range []string{"2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:00"} {
				day.Slots[i].Start = utc(t, at)
			}
		}
		d := in(t, "Europe/Berlin", day)
		at := func(room, slot string) gathering.Spot { return gathering.Spot{Room: room, Slot: slot} }
		must(t, d.Book("nova", at("Aspen", "A")))
		for spot, conflicts := range map[gathering.Spot]int{at("Vail", "A"): 1, at("Vail", "B"): 1, at("Vail", "C"): 0, at("Aspen", "B"): 0} {
			if got := d.Conflicts("NOVA", spot); len(got) != conflicts || conflicts == 1 && got[0] != at("Aspen", "A") {
				t.Errorf("%s, %v: %v", name, spot, got)
			}
		}
		if got := d.Conflicts("swift", at("Vail", "A")); len(got) != 0 {
			t.Error(got)
		}
	}
}

// TestDay is found by its name, the beginning of one, or its date.
func TestDay(t *testing.T) {
	t.Parallel()
	d := in(t, "", gathering.Day{Name: "Tuesday", Date: "2026-03-03"}, gathering.Day{Name: "Thursday"}, gathering.Day{Name: "Day 1"}, gathering.Day{Name: "Day 2"})
	for typed, want := range map[string]string{
		"tue": "Tuesday", "TUESDAY": "Tuesday", "2026-03-03": "Tuesday", "thurs": "Thursday", "day 2": "Day 2",
		"t": "", "Day": "", "": "", "Tuesdays": "", "2026-03-04": "",
	} {
		got := ""
		if day := d.Day(typed); day != nil {
			got = day.Name
		}
		if got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

// TestASetUpThatCannotBe is refused.
func TestASetUpThatCannotBe(t *testing.T) {
	t.Parallel()
	d := draft(t)
	slot := func(codes ...string) []gathering.Day {
		day := gathering.Day{Name: "Monday"}
		for _, code := range codes {
			day.Slots = append(day.Slots, gathering.Slot{Code: code})
		}
		return []gathering.Day{day}
	}
	for name, err := range map[string]error{
		"'' is no name: it is one line of at most 100 bytes, without spaces at its ends":          d.SetAbout(gathering.About{}),
		"'Mars/Base' is no time zone: say one like Europe/Berlin":                                 d.SetAbout(gathering.About{Name: "x", Zone: "Mars/Base"}),
		"'Local' is no time zone: say one like Europe/Berlin":                                     d.SetAbout(gathering.About{Name: "x", Zone: "Local"}),
		"'2026-02-30' is no date: say one like 2026-03-02":                                        d.SetAbout(gathering.About{Name: "x", Starts: "2026-02-30"}),
		"It ends on 2026-03-01, before it starts on 2026-03-02":                                   d.SetAbout(gathering.About{Name: "x", Starts: "2026-03-02", Ends: "2026-03-01"}),
		"'a b' cannot begin the names of etherpads: it is one plain word without / ? # and %":     d.SetAbout(gathering.About{Name: "x", EventID: "a b"}),
		"There are two slots called a":                                                            d.SetDays(slot("A", "a")),
		"'a/b' cannot be a slot's code: it is one word of at most 40 bytes, without / and quotes": d.SetDays(slot("a/b")),
		"'a b' cannot be a slot's code: it is one word of at most 40 bytes, without / and quotes": d.SetDays(slot("a b")),
		"There are two rooms called aspen":                                                        d.SetRooms([]gathering.Room{{Name: "Aspen"}, {Name: "aspen"}}),
		"'ftp://x' is not an address that can be linked to: it begins with https:// or http://":   d.SetLinks([]gathering.Link{{Title: "x", URL: "ftp://x"}}),
	} {
		refused(t, err, gathering.ErrInvalid, name)
	}
	if d.About.EventID != "fall26" || len(d.Days) != 2 || len(d.Rooms) != 2 {
		t.Errorf("%+v", d.Gathering)
	}
	refused(t, d.SetDays(make([]gathering.Day, 32)), gathering.ErrInvalid, "'' is no name: it is one line of at most 100 bytes, without spaces at its ends")
	refused(t, d.SetRooms(make([]gathering.Room, 201)), gathering.ErrFull, "201 rooms are too many; 200 are the most")
	must(t, d.SetDays(nil), d.SetRooms(nil), d.SetLinks(nil))
	if !slices.Equal(d.Keys(), []string{"nova", "swift"}) || len(d.Days) != 0 {
		t.Error(d.Keys())
	}
}

// TestARoomCalledAsAnothersCode: what people type is a name first, a spot's room is a code.
func TestARoomCalledAsAnothersCode(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.Book("nova", bigA1), d.SetRooms(append(d.Rooms, gathering.Room{Name: "BigRoom2", Slots: []string{"MonA1"}})))
	if code := d.Rooms[2].Code; code == "BigRoom2" || d.Room("BigRoom2").Code != code || d.Coded("BigRoom2").Name != "Big Room-2" {
		t.Errorf("%+v", d.Rooms)
	}
	if spot, ok := d.Spot("BigRoom2-MonA1"); !ok || spot == bigA1 || d.Reference(spot) != "BigRoom2-MonA1" || d.Reference(bigA1) != "Big Room-2-MonA1" {
		t.Errorf("%v", spot)
	}
	if room, _, _ := d.RoomOf("nova", monday); room == nil || room.Name != "Big Room-2" {
		t.Errorf("%+v", room)
	}
}
