package calendar_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/calendar"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/need"
)

// log is a gathering's log, as tests write it.
type log struct {
	ledger  *calendar.Ledger
	version int64
	at      time.Time
}

func (l *log) set(t rapid.TB, values ...any) {
	t.Helper()
	l.version++
	l.at = l.at.Add(time.Minute)
	c := gathering.Change{Version: l.version, At: l.at}
	for i := 0; i < len(values); i += 2 {
		after := ""
		if values[i+1] != nil {
			text, err := json.Marshal(values[i+1])
			if err != nil {
				t.Fatal(err)
			}
			after = string(text)
		}
		c.Sets = append(c.Sets, gathering.Set{Field: values[i].(string), After: after})
	}
	if err := l.ledger.Follow(c); err != nil {
		t.Fatal(err)
	}
}

func all(*calendar.Meeting) bool { return true }

var (
	days = []gathering.Day{{Name: "Monday", Date: "2026-03-02", Slots: []gathering.Slot{
		{Code: "MonA1", Label: "09:00-10:45"}, {Code: "MonA2", Label: "10:45-12:30"}, {Code: "MonP1", Label: "13:30-15:15"},
	}}}
	rooms = []gathering.Room{
		{Name: "Aspen", Code: "Aspen", Slots: []string{"MonA1", "MonA2", "MonP1"}},
		{Name: "Big, Room; 2", Code: "BigRoom2", URL: "https://meet.example/big", Slots: []string{"MonA1", "MonA2", "MonP1"}},
	}
)

func nova() gathering.Booking { return gathering.Booking{Track: "nova"} }

func begin(t rapid.TB) *log {
	t.Helper()
	l := &log{ledger: calendar.NewLedger("denver"), at: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)}
	l.set(t, "about", gathering.About{Name: "Denver", Zone: "Europe/Berlin", EventID: "DEN"}, "days", days, "rooms", rooms,
		"track/nova", gathering.Track{Name: "Nova"}, "track/swift", gathering.Track{Name: "swift", URL: "https://meet.example/swift"})
	return l
}

// say is what the ledger has, in short.
func (l *log) say() string {
	var lines []string
	for _, m := range l.ledger.Meetings(all) {
		state := ""
		if m.Cancelled {
			state = " cancelled"
		}
		uid, _, _ := strings.Cut(m.UID, "@")
		lines = append(lines, fmt.Sprintf("%s %s %s-%s %s #%d%s", uid, m.Summary, m.Start.Format("15:04"), m.End.Format("15:04"), m.Place, m.Sequence, state))
	}
	return strings.Join(lines, "\n")
}

func TestMeetings(t *testing.T) {
	t.Parallel()
	l := begin(t)
	expect := func(want string) {
		t.Helper()
		if got := l.say(); got != want {
			t.Errorf("is\n%s\nnot\n%s", got, want)
		}
	}
	l.set(t, "book/Aspen/MonA1", nova())
	expect("MonA1.Aspen.nova Nova 08:00-09:45 Aspen #0")
	l.set(t, "book/Aspen/MonA2", nova(), "book/Aspen/MonP1", nova())
	expect("MonA1.Aspen.nova Nova 08:00-11:30 Aspen #1\nMonP1.Aspen.nova Nova 12:30-14:15 Aspen #0")
	l.set(t, "now/nova", gathering.Note{Text: "talk"})
	expect("MonA1.Aspen.nova Nova 08:00-11:30 Aspen #1\nMonP1.Aspen.nova Nova 12:30-14:15 Aspen #0")
	l.set(t, "book/Aspen/MonA1", nil)
	expect("MonA1.Aspen.nova Nova 08:00-11:30 Aspen #2 cancelled\nMonA2.Aspen.nova Nova 09:45-11:30 Aspen #0\nMonP1.Aspen.nova Nova 12:30-14:15 Aspen #0")
	l.set(t, "book/Aspen/MonA1", gathering.Booking{Track: "swift"}, "book/BigRoom2/MonA1", nova())
	expect("MonA1.Aspen.nova Nova 08:00-11:30 Aspen #2 cancelled\nMonA1.Aspen.swift swift 08:00-09:45 Aspen #0\n" +
		"MonA1.BigRoom2.nova Nova 08:00-09:45 Big, Room; 2 #0\nMonA2.Aspen.nova Nova 09:45-11:30 Aspen #0\nMonP1.Aspen.nova Nova 12:30-14:15 Aspen #0")
	l.set(t, "book/Aspen/MonA1", nova(), "book/BigRoom2/MonA1", nil, "book/Aspen/MonP1", nil)
	expect("MonA1.Aspen.nova Nova 08:00-11:30 Aspen #3\nMonA1.Aspen.swift swift 08:00-09:45 Aspen #1 cancelled\n" +
		"MonA1.BigRoom2.nova Nova 08:00-09:45 Big, Room; 2 #1 cancelled\nMonA2.Aspen.nova Nova 09:45-11:30 Aspen #1 cancelled\nMonP1.Aspen.nova Nova 12:30-14:15 Aspen #1 cancelled")
}

// Whatever is booked, unbooked, moved and renamed: a slot is in at most one meeting that is on, a UID is one meeting's, its
// sequence never falls and rises with each change that its reader could see, and what is over is cancelled, not gone.
func TestLedgerWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := begin(t)
		type seen struct {
			m    calendar.Meeting
			text string
		}
		before := map[string]seen{}
		booked := map[gathering.Spot]string{}
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			room := rapid.SampledFrom(rooms).Draw(t, "room")
			slot := rapid.SampledFrom(room.Slots).Draw(t, "slot")
			spot := gathering.Spot{Room: room.Code, Slot: slot}
			field := "book/" + spot.Room + "/" + spot.Slot
			switch track := rapid.SampledFrom([]string{"", "nova", "swift", "moved"}).Draw(t, "track"); track {
			case "":
				l.set(t, field, nil)
				delete(booked, spot)
			case "moved":
				other := rapid.IntRange(8, 10).Draw(t, "hour")
				changed := slices.Clone(days)
				changed[0].Slots = slices.Clone(days[0].Slots)
				changed[0].Slots[0].Label = fmt.Sprintf("%02d:00-10:45", other)
				l.set(t, "days", changed)
			default:
				l.set(t, field, gathering.Booking{Track: track})
				booked[spot] = track
			}
			on := map[string]bool{}
			for _, m := range l.ledger.Meetings(all) {
				if on[m.UID] {
					t.Fatalf("two meetings are %s", m.UID)
				}
				on[m.UID] = true
				plain := m
				plain.Sequence, plain.Changed = 0, time.Time{}
				text := fmt.Sprintf("%+v", plain)
				if b, ok := before[m.UID]; ok && (m.Sequence < b.m.Sequence || (text != b.text) != (m.Sequence > b.m.Sequence) || (text != b.text) != m.Changed.After(b.m.Changed)) {
					t.Fatalf("%s\nbecame\n%s\nwith sequence %d after %d", b.text, text, m.Sequence, b.m.Sequence)
				}
				before[m.UID] = seen{m, text}
			}
			if len(on) != len(before) {
				t.Fatal("a meeting is gone that should be cancelled")
			}
			for spot, track := range booked {
				if !covered(l, spot, track) {
					t.Fatalf("%v of %s is in no meeting:\n%s", spot, track, l.say())
				}
			}
		}
	})
}

// covered reports whether a track's spot is in one of its meetings, beginning or going on.
func covered(l *log, spot gathering.Spot, track string) bool {
	n := 0
	for _, m := range l.ledger.Meetings(func(m *calendar.Meeting) bool { return m.Room == spot.Room && m.Track == track && !m.Cancelled }) {
		first, _, _ := strings.Cut(m.UID, ".")
		if first <= spot.Slot {
			n++
		}
	}
	return n > 0
}

// No text ends a line, and no line is longer than it may be.
func TestText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := "x" + rapid.String().Draw(t, "text")
		feed := calendar.Feed{Name: text, About: text, Meetings: []calendar.Meeting{{
			UID: text, Summary: text, About: text, Place: text, Link: "https://x.example/" + text, Start: time.Unix(0, 0), End: time.Unix(3600, 0),
		}}}
		var b strings.Builder
		if err := feed.Write(&b); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
		unfolded := 0
		for _, line := range lines {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
			if !strings.HasPrefix(line, " ") {
				unfolded++
			}
		}
		if unfolded != 24 {
			t.Fatalf("%d lines:\n%s", unfolded, b.String())
		}
	})
}

// reader is a program of Node that has ical.js say what a calendar holds.
const reader = `
const ICAL = require(process.argv[1]);
const text = require("fs").readFileSync(0, "utf8");
const cal = new ICAL.Component(ICAL.parse(text));
for (const z of cal.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(z), z.getFirstPropertyValue("tzid"));
const events = cal.getAllSubcomponents("vevent").map(c => {
  const e = new ICAL.Event(c);
  return [e.uid, e.summary, e.startDate.toJSDate().toISOString(), e.endDate.toJSDate().toISOString(), e.location, e.description,
    c.getFirstPropertyValue("status"), e.sequence, c.getFirstPropertyValue("url")].map(String);
});
console.log(JSON.stringify({name: cal.getFirstPropertyValue("x-wr-calname"), events}));
`

// An independent reader reads what we wrote, over a change of the clock, too.
func TestIndependentReader(t *testing.T) {
	t.Parallel()
	library := filepath.Join(need.Node(t, "ical.js"), "ical.js", "dist", "ical.es5.cjs")
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		feed := calendar.Feed{Name: "Denver: one", Zone: zone}
		var want [][]string
		for i := range 60 { // more than a year, in all hours of the day
			start := time.Date(2026, 1, 5, 0, 30, 0, 0, time.UTC).Add(time.Duration(i) * 7 * 25 * time.Hour)
			m := calendar.Meeting{
				UID: fmt.Sprintf("Mön%d.Room.t@x", i), Summary: strings.Repeat("größer €, ", i%20) + "end", About: "one\ntwo;\\three", Place: "Room, 2; \\n",
				Start: start, End: start.Add(105 * time.Minute), Sequence: i, Cancelled: i%3 == 0, Link: "https://meet.example/a?b=c,d;e",
			}
			status := "CONFIRMED"
			if m.Cancelled {
				status = "CANCELLED"
			}
			feed.Meetings = append(feed.Meetings, m)
			form := "2006-01-02T15:04:05.000Z"
			want = append(want, []string{m.UID, m.Summary, m.Start.Format(form), m.End.Format(form), m.Place, m.About, status, fmt.Sprint(i), m.Link})
		}
		var text strings.Builder
		if err := feed.Write(&text); err != nil {
			t.Fatal(err)
		}
		read := exec.CommandContext(t.Context(), "node", "-e", reader, library)
		read.Stdin = strings.NewReader(text.String())
		read.Env = append(os.Environ(), "TZ=UTC")
		out, err := read.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		var got struct {
			Name   string     `json:"name"`
			Events [][]string `json:"events"`
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got.Name != feed.Name || len(got.Events) != len(want) {
			t.Fatalf("%s: %q, %d events", name, got.Name, len(got.Events))
		}
		for i := range want {
			if !slices.Equal(got.Events[i], want[i]) {
				t.Errorf("%s: is read as\n%q\nnot\n%q", name, got.Events[i], want[i])
			}
		}
	}
}
