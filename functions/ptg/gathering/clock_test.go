package gathering_test

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// utc is a moment, "2026-03-02 08:30".
func utc(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// in is a gathering in a zone with days.
func in(t testing.TB, zone string, days ...gathering.Day) *gathering.Draft {
	t.Helper()
	d := gathering.NewDraft(gathering.Empty("x"), ann, monday)
	rooms := []gathering.Room{{Name: "Aspen"}, {Name: "Vail", URL: "https://meet.example/vail"}}
	for _, day := range days {
		for _, slot := range day.Slots {
			rooms[0].Slots, rooms[1].Slots = append(rooms[0].Slots, slot.Code), append(rooms[1].Slots, slot.Code)
		}
	}
	must(t, d.SetAbout(gathering.About{Name: "x", Zone: zone}), d.SetDays(days), d.SetRooms(rooms), d.AddTracks("nova", "swift"))
	return d
}

func TestHours(t *testing.T) {
	t.Parallel()
	for label, want := range map[string][2]int{
		"09:00-10:45": {540, 645}, "9:00 - 10:45": {540, 645}, "1300-1400 UTC": {780, 840}, "13:30–15:15 (plenary)": {810, 915},
		"22:00-02:00": {1320, 1560}, "9:00 to 17:30": {540, 1050}, "00:00-24:00": {0, 1440},
	} {
		if from, until, ok := gathering.Hours(label); !ok || from != want[0] || until != want[1] {
			t.Errorf("%s: %d %d %v", label, from, until, ok)
		}
	}
	for _, label := range []string{"", "afternoon", "13 UTC", "9:00", "25:00-26:00", "9:70-10:00", "9:00-10:455"} {
		if from, until, ok := gathering.Hours(label); ok {
			t.Errorf("%s: %d %d", label, from, until)
		}
	}
}

// TestSpan: a slot's own time counts; else that of another slot of the day; else the date and the zone, also on the day on
// which clocks are changed.
func TestSpan(t *testing.T) {
	t.Parallel()
	berlin := "Europe/Berlin"
	for name, test := range map[string]struct {
		zone       string
		day        gathering.Day
		start, end string // of the last slot
	}{
		"its own time and length": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "9:00-10:00", Start: utc(t, "2026-03-02 08:15"), Minutes: 20},
		}}, "2026-03-02 08:15", "2026-03-02 08:35"},
		"its own time, the label's length": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "9:00-10:45", Start: utc(t, "2026-03-02 08:00")},
		}}, "2026-03-02 08:00", "2026-03-02 09:45"},
		"its own time, no length": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "13 UTC", Start: utc(t, "2026-03-02 13:00")},
		}}, "2026-03-02 13:00", "2026-03-02 14:00"},
		"beside another slot": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "09:00-10:45", Start: utc(t, "2026-03-02 15:00")}, {Code: "B", Label: "10:45-12:30"},
		}}, "2026-03-02 16:45", "2026-03-02 18:30"},
		"the date": {berlin, gathering.Day{Date: "2026-07-01", Slots: []gathering.Slot{
			{Code: "A", Label: "09:00-10:45"},
		}}, "2026-07-01 07:00", "2026-07-01 08:45"},
		"the day on which summer time begins": {berlin, gathering.Day{Date: "2026-03-29", Slots: []gathering.Slot{
			{Code: "A", Label: "09:00-10:45"},
		}}, "2026-03-29 07:00", "2026-03-29 08:45"},
		"summer time begins after the slot beside it": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "00:00-01:00", Start: utc(t, "2026-03-28 23:00")}, {Code: "B", Label: "09:00-10:45"},
		}}, "2026-03-29 07:00", "2026-03-29 08:45"},
		"labels of another clock, on that day": {berlin, gathering.Day{Slots: []gathering.Slot{
			{Code: "A", Label: "00:00-01:00 UTC", Start: utc(t, "2026-03-29 00:00")}, {Code: "B", Label: "0900-1045 UTC"},
		}}, "2026-03-29 09:00", "2026-03-29 10:45"},
		"clocks are changed during it": {berlin, gathering.Day{Date: "2026-10-25", Slots: []gathering.Slot{
			{Code: "A", Label: "01:00-04:00"},
		}}, "2026-10-24 23:00", "2026-10-25 03:00"},
		"clocks are changed, its length is known": {berlin, gathering.Day{Date: "2026-10-25", Slots: []gathering.Slot{
			{Code: "A", Label: "01:00-04:00", Minutes: 180},
		}}, "2026-10-24 23:00", "2026-10-25 02:00"},
		"beyond midnight": {"Asia/Tokyo", gathering.Day{Date: "2026-03-02", Slots: []gathering.Slot{
			{Code: "A", Label: "23:00-01:00"},
		}}, "2026-03-02 14:00", "2026-03-02 16:00"},
		"nothing is known":     {berlin, gathering.Day{Slots: []gathering.Slot{{Code: "A", Label: "09:00-10:45"}}}, "", ""},
		"a date, but no times": {berlin, gathering.Day{Date: "2026-03-02", Slots: []gathering.Slot{{Code: "A", Label: "late"}}}, "", ""},
	} {
		test.day.Name = "Day"
		d := in(t, test.zone, test.day)
		start, end, ok := d.Span(&d.Days[0], &d.Days[0].Slots[len(d.Days[0].Slots)-1])
		if ok != (test.start != "") || ok && (!start.Equal(utc(t, test.start)) || !end.Equal(utc(t, test.end))) {
			t.Errorf("%s: %s to %s (%v)", name, start.UTC(), end.UTC(), ok)
		}
	}
}

// TestToday goes by dates where every day has one, in the gathering's zone; else by the weekday's name, as ptgbot did.
func TestToday(t *testing.T) {
	t.Parallel()
	slots := func(code string) []gathering.Slot { return []gathering.Slot{{Code: code, Label: "09:00-10:00"}} }
	dated := in(t, "America/Denver",
		gathering.Day{Name: "Monday", Date: "2026-03-02", Slots: slots("A")},
		gathering.Day{Name: "Day two", Slots: []gathering.Slot{{Code: "B", Label: "x", Start: utc(t, "2026-03-04 02:00")}}}) // still the 3rd there
	named := in(t, "America/Denver",
		gathering.Day{Name: "Monday", Slots: []gathering.Slot{{Code: "A", Label: "09:00-10:00", Start: utc(t, "2020-06-01 09:00")}}},
		gathering.Day{Name: "Tuesday", Slots: slots("B")})
	for _, test := range []struct {
		d    *gathering.Draft
		now  string
		want string
	}{
		{dated, "2026-03-02 06:59", ""},
		{dated, "2026-03-02 07:00", "Monday"},
		{dated, "2026-03-03 06:59", "Monday"},
		{dated, "2026-03-03 07:01", "Day two"},
		{dated, "2026-03-09 12:00", ""},
		{named, "2026-03-02 12:00", "Monday"},
		{named, "2026-03-03 12:00", "Tuesday"},
		{named, "2026-03-04 06:30", "Tuesday"},
		{named, "2026-03-05 12:00", "Monday"}, // a Thursday
	} {
		got := ""
		if day := test.d.Today(utc(t, test.now)); day != nil {
			got = day.Name
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.now, got, test.want)
		}
	}
	if none := in(t, ""); none.Today(monday) != nil || none.Dated() {
		t.Error("there is a day where there are none")
	}
}

// TestSlotNow is the one under way by its real length, not by an hour's.
func TestSlotNow(t *testing.T) {
	t.Parallel()
	d := draft(t)
	weekdays := in(t, "Europe/Berlin", gathering.Day{Name: "Monday", Slots: []gathering.Slot{{Code: "MonA1", Label: "09:00-10:45"}}})
	for now, want := range map[string]string{
		"2026-03-02 07:59": "", "2026-03-02 08:00": "MonA1", "2026-03-02 09:44": "MonA1", "2026-03-02 09:45": "MonA2",
		"2026-03-02 11:29": "MonA2", "2026-03-02 11:30": "", "2026-03-03 08:00": "TueA1", "2026-03-09 08:00": "",
	} {
		for name, g := range map[string]*gathering.Draft{"dated": d, "by weekdays": weekdays} {
			want := want
			if name == "by weekdays" {
				want = map[string]string{"2026-03-02 08:00": "MonA1", "2026-03-02 09:44": "MonA1", "2026-03-09 08:00": "MonA1"}[now]
			}
			got := ""
			if _, slot := g.SlotNow(utc(t, now)); slot != nil {
				got = slot.Code
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q", now, name, got, want)
			}
		}
	}
	long := in(t, "", gathering.Day{Name: "x", Date: "2026-03-02", Slots: []gathering.Slot{{Code: "all", Label: "08:00-20:00"}, {Code: "talk", Label: "10:00-11:00"}}})
	if _, slot := long.SlotNow(utc(t, "2026-03-02 10:30")); slot.Code != "talk" {
		t.Error(slot)
	}
	if _, slot := long.SlotNow(utc(t, "2026-03-02 11:30")); slot.Code != "all" {
		t.Error(slot)
	}
}

// TestRoomOf is where a track is now, not where it is first that day.
func TestRoomOf(t *testing.T) {
	t.Parallel()
	d := in(t, "Europe/Berlin",
		gathering.Day{Name: "Monday", Date: "2026-03-02", Slots: []gathering.Slot{
			{Code: "A", Label: "09:00-10:00"}, {Code: "B", Label: "11:00-12:00"}, {Code: "C", Label: "23:00-01:00"},
		}},
		gathering.Day{Name: "Tuesday", Date: "2026-03-03", Slots: []gathering.Slot{{Code: "D", Label: "09:00-10:00"}}})
	spot := func(room, slot string) gathering.Spot { return gathering.Spot{Room: room, Slot: slot} }
	must(t, d.Book("nova", spot("Aspen", "A"), spot("Vail", "B")), d.Book("swift", spot("Vail", "C")))
	for _, test := range []struct {
		track, now string
		room       string
		when       gathering.When
		place      string
		meeting    string
	}{
		{"nova", "2026-03-02 07:00", "Aspen", gathering.Later, "Aspen", ""},
		{"nova", "2026-03-02 08:30", "Aspen", gathering.Running, "Aspen", ""},
		{"nova", "2026-03-02 09:30", "Vail", gathering.Later, "Vail", "https://meet.example/vail"},
		{"nova", "2026-03-02 10:30", "Vail", gathering.Running, "Vail", "https://meet.example/vail"},
		{"nova", "2026-03-02 12:30", "Vail", gathering.Earlier, "", ""},
		{"nova", "2026-03-03 08:30", "", gathering.Never, "", ""},
		{"swift", "2026-03-02 23:30", "Vail", gathering.Running, "Vail", "https://meet.example/vail"}, // the day after, there
		{"swift", "2026-03-03 01:00", "", gathering.Never, "", ""},
	} {
		now := utc(t, test.now)
		room, _, when := d.RoomOf(test.track, now)
		name := ""
		if room != nil {
			name = room.Name
		}
		if name != test.room || when != test.when || d.PlaceOf(test.track, now) != test.place || d.MeetingOf(test.track, now) != test.meeting {
			t.Errorf("%s at %s: %q %v, at %q, meets at %q", test.track, test.now, name, when, d.PlaceOf(test.track, now), d.MeetingOf(test.track, now))
		}
	}
	for track, at := range map[string]string{"nova": "2026-03-02 08:30", "swift": "2026-03-02 23:30"} {
		said := gathering.NewDraft(d.Gathering, ann, utc(t, at))
		must(t, said.SetNow(track, "x"))
		place := said.Places[track].Text
		for at, want := range map[string]string{"2026-03-02 12:30": map[string]string{"nova": "Aspen", "swift": "Vail"}[track], "2026-03-03 09:00": map[string]string{"swift": "Vail"}[track]} {
			if got := said.PlaceOf(track, utc(t, at)); got != want {
				t.Errorf("%s said something in %s; at %s it is at %q, not %q", track, place, at, got, want)
			}
		}
	}
	must(t, d.SetPlace("nova", "vail"), d.SetURL("swift", "https://own.example"))
	evening := utc(t, "2026-03-02 12:30")
	if d.PlaceOf("nova", evening) != "vail" || d.MeetingOf("nova", evening) != "https://meet.example/vail" || d.MeetingOf("swift", evening) != "https://own.example" {
		t.Error(d.PlaceOf("nova", evening), d.MeetingOf("nova", evening), d.MeetingOf("swift", evening))
	}
}

// TestStale: what was said yesterday, or hours ago, may be so no more.
func TestStale(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.SetNow("nova", "x"))
	note := d.Now["nova"]
	for after, stale := range map[time.Duration]bool{0: false, 3 * time.Hour: false, 3*time.Hour + time.Second: true, 24 * time.Hour: true} {
		if now := d.At.Add(after); d.Stale("Nova", now) != stale || note.Age(now) != after {
			t.Errorf("after %s: %v, age %s", after, d.Stale("nova", now), note.Age(now))
		}
	}
	late := gathering.NewDraft(d.Gathering, ann, utc(t, "2026-03-02 22:59")) // a minute before midnight there
	must(t, late.SetNow("swift", "x"))
	if late.Stale("swift", late.At) || !late.Stale("swift", late.At.Add(2*time.Minute)) {
		t.Error("a day ends at midnight")
	}
	late.PutNow("swift", &gathering.Note{Text: "from a file"})
	if late.Stale("swift", late.At) || late.Now["swift"].Age(late.At) != 0 || late.Stale("nosuch", late.At) {
		t.Error("what has no time has no age")
	}
}
