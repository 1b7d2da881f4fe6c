package exchange_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, text string) *exchange.File {
	t.Helper()
	f, err := exchange.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestASummit is read whole: as large as they get, with rooms of any name.
func TestASummit(t *testing.T) {
	t.Parallel()
	f := read(t, string(sample(t, "summit.json")))
	booked := make(map[string]int)
	for _, b := range f.Bookings {
		booked[b.Room]++
	}
	switch {
	case len(f.Tracks) != 50 || len(f.Rooms) != 25 || len(f.Days) != 5 || len(f.Bookings) != 371 || len(f.Links) != 3,
		f.About.EventID != "spring26" || f.Voice || len(f.Left) != 0 || len(f.Banners) != 1,
		f.Colors["gpu-sig"] != "rebeccapurple" || f.URLs["edge-sites"] != "https://meet.example.org/edge":
		t.Errorf("%+v", f)
	}
	if names := f.Rooms[0].Name + "/" + f.Rooms[9].Name + "/" + f.Rooms[24].Name; names != "Alder/Hall 1 - North/Willow & Yew" {
		t.Errorf("rooms are in their order: %s", names)
	}
	slot := f.Days[0].Slots[1]
	if f.Days[0].Name != "Monday" || slot.Code != "MonA2" || !slot.Start.Equal(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)) || slot.Minutes != 90 {
		t.Errorf("%+v", slot)
	}
	birch := f.Rooms[1]
	if birch.Note != "Fits a team of 12" || birch.Icon != "facetime-video" || birch.Tip != "Projector" || len(birch.Slots) != 20 || booked["Terrace"] > 12 {
		t.Errorf("what describes a room is no slot: %+v", birch)
	}
}

// TestAnOldFile lacks keys, has one message and no list of them, tracks in capitals, and what we do not know.
func TestAnOldFile(t *testing.T) {
	t.Parallel()
	f := read(t, string(sample(t, "old.json")))
	switch {
	case f.Given["urls"] || f.Given["links"] || !f.Given["voice"] || !f.Voice,
		len(f.Banners) != 1 || f.Banners[0] != gathering.Banner{Level: "warning", Text: "The lifts are out of order"},
		f.Now["docs"] != "Reviewing the guide #docs" || len(f.Next["docs"]) != 2 || f.Colors["docs"] != "#abc" || f.Tracks[0] != "Docs",
		len(f.Present) != 2 || f.Present[0].Name != "Ann" || !f.Present[0].Out.IsZero() || f.Present[1].Out.Hour() != 11,
		len(f.Wanted) != 1 || f.Wanted[0] != exchange.Subscription{Nick: "Ann", Pattern: "#(docs|compute)"}:
		t.Errorf("%+v", f)
	}
	left := strings.Join(f.Left, "\n")
	for _, words := range []string{"The subscription of erin is left out: Invalid regex: look-ahead (?=…) is not supported", "The key ethercalc means nothing here."} {
		if !strings.Contains(left, words) {
			t.Errorf("left: %s", left)
		}
	}
	for _, text := range []string{`{"motd": {"level": "info", "message": ""}}`, `{"motd": {}}`, "\ufeff{}", `{"motd": null, "now": null}`} {
		if f := read(t, text); len(f.Banners) != 0 || f.Given["now"] {
			t.Errorf("%s: %+v", text, f)
		}
	}
}

// TestMistakes: each is told of, with where it is.
func TestMistakes(t *testing.T) {
	t.Parallel()
	slots := `"slots": {"Monday": [{"name": "MonA1", "desc": "09:00-10:45"}]}`
	for text, want := range map[string]string{
		``:                       "line 1: this is no JSON: it ends too early",
		"{\n\"now\": {},\n\"x\"": "line 3: this is no JSON: it ends too early",
		"{\n}\n{}":               "line 3: this is no JSON: there is more behind its end",
		"{\n\"now\": nope}":      "line 2: this is no JSON: invalid character 'o' in literal null (expecting 'u')",
		`[]`:                     "the file is a list, not an object",
		"{\"now\": \"\xff\"}":    "the file is not UTF-8",
		`{"now": {}, "now": {}}`: "now: is there twice",
		`{"x": ` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`: "x[0][0][0][0][0][0][0][0]: nested too deep",
		`{"tracks": {}}`:                                                    "tracks: is an object, not a list",
		`{"tracks": ["a", 1]}`:                                              "tracks[1]: is a number, not a text",
		`{"tracks": ["a", "A"]}`:                                            "tracks[1]: 'A' is the same track as tracks[0]",
		`{"tracks": ["seen"]}`:                                              "tracks[0]: #seen means something else and cannot be a track",
		`{"now": {"a b": "x"}}`:                                             "now.a b: 'a b' cannot be a track: use up to 40 letters, digits and . _ + -, a letter or digit first",
		`{"now": {"a": 1}}`:                                                 "now.a: is a number, not a text",
		`{"now": {"a": "x", "A": "y"}}`:                                     "now.A: the same track is there twice",
		`{"next": {"a": "x"}}`:                                              "next.a: is a text, not a list",
		`{"urls": {"a": "javascript:alert"}}`:                               "urls.a: 'javascript:alert' is not an address that can be linked to: it begins with https:// or http://",
		`{"colors": {"a": "url(x)"}}`:                                       "colors.a: 'url(x)' is no colour: say #rgb, #rrggbb or a name that CSS has, such as teal",
		`{"voice": 2}`:                                                      "voice: is neither 0 nor 1",
		`{"eventid": "a/b"}`:                                                "eventid: 'a/b' cannot begin the names of etherpads: it is one plain word without / ? # and %",
		`{"links": {"x": "data:,x"}}`:                                       "links.x: 'data:,x' is not an address that can be linked to: it begins with https:// or http://",
		`{"motd": [{"level": "info"}]}`:                                     "motd[0]: a message needs a level and a message",
		`{"motd": [{"level": "x", "message": "y"}]}`:                        "motd[0].level: Incorrect message level 'x' (should be info, success, warning or danger)",
		`{"slots": {"Monday": [{"desc": "x"}]}}`:                            "slots.Monday[0]: a slot needs a name",
		`{"slots": {"Monday": [{"name": "a/b"}]}}`:                          "slots.Monday[0].name: 'a/b' cannot be a slot's code: it is one word of at most 40 bytes, without / and quotes",
		`{"slots": {"M": [{"name": "A"}], "T": [{"name": "a"}]}}`:           "slots.T[0]: the slot 'a' is there already: slots.M[0]",
		`{"slots": {"M": [{"name": "A", "realtime": "tomorrow"}]}}`:         "slots.M[0].realtime: is no time: one looks like 2026-03-02T09:00:00Z",
		`{"slots": {"M": [{"name": "A", "duration": 0}]}}`:                  "slots.M[0].duration: is no duration: it is a number of minutes, from 1 to 1440",
		`{"slots": {"M": [{"name": "A", "duration": 1.5}]}}`:                "slots.M[0].duration: is no duration: it is a number of minutes, from 1 to 1440",
		`{"schedule": {"Aspen": {"MonA9": ""}}, ` + slots + `}`:             "schedule.Aspen.MonA9: there is no slot 'MonA9'",
		`{"schedule": {"Aspen": {"MonA1": "a b"}}, ` + slots + `}`:          "schedule.Aspen.MonA1: 'a b' cannot be a track: use up to 40 letters, digits and . _ + -, a letter or digit first",
		`{"schedule": {"Aspen": {"MonA1": 3}}, ` + slots + `}`:              "schedule.Aspen.MonA1: is a number, not a text",
		`{"schedule": {"Aspen": {}, "aspen": {}}}`:                          "schedule.aspen: two rooms are called so, but for the case",
		`{"schedule": {"Aspen ": {}}}`:                                      "schedule.Aspen: 'Aspen' is no name: it is one line of at most 100 bytes, without spaces at its ends",
		`{"schedule": {"Aspen": {"url": "ftp://x"}}}`:                       "schedule.Aspen.url: 'ftp://x' is not an address that can be linked to: it begins with https:// or http://",
		`{"schedule": {"Aspen": {"cap_icon": "\" onload=x"}}}`:              "schedule.Aspen.cap_icon: an icon's name is of lower-case letters, digits and hyphens",
		`{"last_check_in": {"a": {"location": "x"}}}`:                       "last_check_in.a: a check-in needs a location and a time in",
		`{"last_check_in": {"a": {"location": "x", "in": "9:00"}}}`:         "last_check_in.a.in: is no time: one looks like 2026-03-02 09:00:00",
		`{"subscriptions": {"a": 1}}`:                                       "subscriptions.a: is a number, not a text",
		`{"gathering": {"zone": "Mars"}}`:                                   "gathering.zone: 'Mars' is no time zone: say one like Europe/Berlin",
		`{"gathering": {"status": {"kind": "x", "text": "y"}}}`:             "gathering.status.kind: is neither alert nor notice",
		`{"gathering": {"status": {"kind": "alert"}}}`:                      "gathering.status: has no text",
		`{"gathering": {"success": {}}}`:                                    "gathering.success: is an object, not a list",
		`{"gathering": {"thanks": [{"text": "x", "at": "now"}]}}`:           "gathering.thanks[0].at: is no time: one looks like 2026-03-02 09:00:00",
		`{"gathering": {"thanks": [{"text": "x", "principal": "x"}]}}`:      "gathering.thanks[0].principal: is nobody: somebody is a door and a name, such as irc:oftc/ann",
		`{"gathering": {"moderators": {"nova": "ann"}}}`:                    "gathering.moderators.nova: is a text, not a list",
		`{"gathering": {"moderators": {"nova": ["irc:*"]}}}`:                "gathering.moderators.nova[0]: is nobody: somebody is a door and a name, such as irc:oftc/ann",
		`{"gathering": {"moderators": {"nova": ["irc-nick:oftc/x"]}}}`:      "gathering.moderators.nova[0]: cannot moderate: a nick alone is anybody's",
		`{"gathering": {"dates": {"Monday": "2026-03-02"}}}`:                "gathering.dates.Monday: there is no such day",
		`{"tracks": [` + strings.Repeat(`"a",`, 200) + `"a"]}`:              "tracks: 201 are too many; 200 are the most",
		`{"now": {"a": "` + strings.Repeat("x", 1001) + `"}}`:               "now.a: That is too long: 1001 bytes; 1000 are the most",
		`{"now": {"` + strings.Repeat("x", 99) + `": ""}, "tracks": [2,3]}`: "now." + strings.Repeat("x", 60) + "…: '" + strings.Repeat("x", 60) + "…' cannot be a track: use up to 40 letters, digits and . _ + -, a letter or digit first; tracks[0]: is a number, not a text; tracks[1]: is a number, not a text",
	} {
		f, err := exchange.Read([]byte(text))
		if mistakes, ok := errors.AsType[exchange.Mistakes](err); !ok || mistakes.Error() != want || f != nil {
			t.Errorf("%.200s:\n%v, want\n%s", text, err, want)
		}
	}
	if _, err := exchange.Read(make([]byte, exchange.MaxBytes+1)); err == nil || err.Error() != "the file has 2097153 bytes; 2097152 are the most" {
		t.Error(err)
	}
	many := make(exchange.Mistakes, 12)
	if !strings.HasSuffix(many.Error(), "; and 2 more") {
		t.Error(many.Error())
	}
}
