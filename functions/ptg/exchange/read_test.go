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
		`{"now": {"` + strings.Repeat("x", 99) + `": 1}, "tracks": [2,3]}`: "tracks[0]: is a number, not a text; tracks[1]: is a number, not a text; now." + strings.Repeat("x", 60) + "…: is a number, not a text",
		`{"slots": {"M": [{"name": "A", "duration": "60"}]}}`:              "slots.M[0].duration: is a text, not a number",
		`{"slots": {"M": [{"name": "///"}]}}`:                              "slots.M[0]: a slot needs a name",
		`{"tracks": {}}`:                                                   "tracks: is an object, not a list",
		`{"tracks": ["a", 1]}`:                                             "tracks[1]: is a number, not a text",
		`{"now": {"a": 1}}`:                                                "now.a: is a number, not a text",
		`{"next": {"a": "x"}}`:                                             "next.a: is a text, not a list",
		`{"voice": 2}`:                                                     "voice: is neither 0 nor 1",
		`{"slots": {"Monday": [{"desc": "x"}]}}`:                           "slots.Monday[0]: a slot needs a name",
		`{"schedule": {"Aspen": {"MonA1": 3}}, ` + slots + `}`:             "schedule.Aspen.MonA1: is a number, not a text",
		`{"subscriptions": {"a": 1}}`:                                      "subscriptions.a: is a number, not a text",
		`{"gathering": {"zone": "Mars"}}`:                                  "gathering.zone: 'Mars' is no time zone: say one like Europe/Berlin",
		`{"gathering": {"status": {"kind": "x", "text": "y"}}}`:            "gathering.status.kind: is neither alert nor notice",
		`{"gathering": {"status": {"kind": "alert"}}}`:                     "gathering.status: has no text",
		`{"gathering": {"success": {}}}`:                                   "gathering.success: is an object, not a list",
		`{"gathering": {"thanks": [{"text": "x", "at": "now"}]}}`:          "gathering.thanks[0].at: is no time: one looks like 2026-03-02 09:00:00",
		`{"gathering": {"thanks": [{"text": "x", "principal": "x"}]}}`:     "gathering.thanks[0].principal: is nobody: somebody is a door and a name, such as irc:oftc/ann",
		`{"gathering": {"moderators": {"nova": "ann"}}}`:                   "gathering.moderators.nova: is a text, not a list",
		`{"gathering": {"moderators": {"nova": ["irc:*"]}}}`:               "gathering.moderators.nova[0]: is nobody: somebody is a door and a name, such as irc:oftc/ann",
		`{"gathering": {"moderators": {"nova": ["irc-nick:oftc/x"]}}}`:     "gathering.moderators.nova[0]: cannot moderate: a nick alone is anybody's",
		`{"gathering": {"dates": {"Monday": "2026-03-02"}}}`:               "gathering.dates.Monday: there is no such day",
		`{"tracks": [` + strings.Repeat(`"a",`, 200) + `"a"]}`:             "tracks: 201 are too many; 200 are the most",
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

// TestWhatIsNotOurs: what ptgbot let through and we do not is made fit or left out, and told of.
func TestWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	slots := `"slots": {"Monday": [{"name": "MonA1", "desc": "09:00-10:45"}, {"name": "Mon A2", "desc": "x"}]}`
	long := strings.Repeat("é", 600)
	for text, want := range map[string]string{
		`{"tracks": ["a", "A"]}`:                                   "tracks[1]: 'A' is the same track as tracks[0].",
		`{"tracks": ["Release Management"]}`:                       "tracks[0]: 'Release Management' is taken as the track Release-Management.",
		`{"tracks": ["a b", "a-b", "a/b"]}`:                        "tracks[0]: 'a b' is taken as the track a-b-2.|tracks[2]: 'a/b' is taken as the track a-b-3.",
		`{"tracks": ["seen", "ωω", "<b>"]}`:                        "tracks[0]: 'seen' is taken as the track seen-track.|tracks[1]: 'ωω' is taken as the track track.|tracks[2]: '<b>' is taken as the track b.",
		`{"tracks": ["` + strings.Repeat("x", 50) + `"]}`:          "tracks[0]: '" + strings.Repeat("x", 50) + "' is taken as the track " + strings.Repeat("x", 40) + ".",
		`{"now": {"a b": "x"}, "urls": {"A B": ""}}`:               "now.a b: 'a b' is taken as the track a-b.",
		`{"now": {"a": "x", "A": "y"}}`:                            "now.A: the same track is there twice.",
		`{"next": {"a": ["x"], "A": ["y"]}}`:                       "next.A: the same track is there twice.",
		`{"next": {"a": [` + strings.Repeat(`"x",`, 50) + `"y"]}}`: "next.a: is of 51 texts, of which the first 50 are taken.",
		`{"now": {"a": "` + long + `"}}`:                           "now.a: has 1200 bytes; the first 1000 are taken.",
		`{"urls": {"a": "javascript:alert", "b": "zoom.example/j/1"}}`: "urls.a: 'javascript:alert' is not an address that can be linked to: it begins with https:// or http://.|" +
			"urls.b: 'zoom.example/j/1' is not an address that can be linked to: it begins with https:// or http://.",
		`{"colors": {"a": "rgb(1,2,3)"}}`:                           "colors.a: 'rgb(1,2,3)' is no colour: say #rgb, #rrggbb or a name that CSS has, such as teal.",
		`{"eventid": "a/b"}`:                                        "eventid: 'a/b' cannot begin the names of etherpads: it is one plain word without / ? # and %.",
		`{"links": {"x": "data:,x", "": "https://x.example"}}`:      "links.x: 'data:,x' is not an address that can be linked to: it begins with https:// or http://.|links.: a link has a title.",
		`{"motd": [{"level": "info"}]}`:                             "motd[0]: it says nothing.",
		`{"motd": [{"message": "x"}]}`:                              "motd[0]: is taken as one of the level info.",
		`{"motd": [{"level": "x", "message": "y"}]}`:                "motd[0]: is taken as one of the level info.|motd[0].level: Incorrect message level 'x' (should be info, success, warning or danger).",
		`{"slots": {"Monday ": [], "": []}}`:                        "slots.Monday: 'Monday' is taken without what is not seen of it.|slots.: it has no name.",
		`{"slots": {"M": [{"name": "A b/c"}]}}`:                     "slots.M[0]: 'A b/c' is taken as the slot A-b-c.",
		`{"slots": {"M": [{"name": "A"}], "T": [{"name": "a"}]}}`:   "slots.T[0]: the slot 'a' is there already: slots.M[0].",
		`{"slots": {"M": [{"name": "A", "realtime": "tomorrow"}]}}`: "slots.M[0].realtime: is no time: one looks like 2026-03-02T09:00:00Z.",
		`{"slots": {"M": [{"name": "A", "duration": 0}]}}`:          "slots.M[0].duration: is no duration: it is a number of minutes, from 1 to 1440.",
		`{"slots": {"M": [{"name": "A", "duration": 1.5}]}}`:        "slots.M[0].duration: is no duration: it is a number of minutes, from 1 to 1440.",
		`{"schedule": {"Aspen": {"MonA9": "x"}}, ` + slots + `}`:    "slots.Monday[1]: 'Mon A2' is taken as the slot Mon-A2.|schedule.Aspen.MonA9: there is no slot 'MonA9'.",
		`{"schedule": {"Aspen": {"Mon A2": "a b"}}, ` + slots + `}`: "slots.Monday[1]: 'Mon A2' is taken as the slot Mon-A2.|schedule.Aspen.Mon A2: 'a b' is taken as the track a-b.",
		`{"schedule": {"Aspen": {}, "aspen": {}}}`:                  "schedule.aspen: another room is called so, but for the case; this one is taken as 'aspen (2)'.",
		`{"schedule": {"Aspen": {"url": "ftp://x", "desc": ""}}}`:   "schedule.Aspen.url: 'ftp://x' is not an address that can be linked to: it begins with https:// or http://.",
		`{"schedule": {"Aspen": {"cap_icon": "\" onload=x"}}}`:      "schedule.Aspen.cap_icon: an icon's name is of lower-case letters, digits and hyphens.",
		`{"last_check_in": {"a": {"location": "x"}}}`:               "last_check_in.a: a check-in has a location and a time in.",
		`{"last_check_in": {"a": {"location": "x", "in": "9:00"}}}`: "last_check_in.a.in: is no time: one looks like 2026-03-02 09:00:00.|last_check_in.a: a check-in has a location and a time in.",
		`{"subscriptions": {"": "x", "a": ""}}`:                     "subscriptions.: it has no name.",
	} {
		f := read(t, text)
		if got := strings.Join(append(f.Amended, f.Left...), "|"); got != want {
			t.Errorf("%.200s:\n%s, want\n%s", text, got, want)
		}
		for _, name := range f.Tracks {
			if err := gathering.CheckTrack(name); err != nil {
				t.Error(err)
			}
		}
	}
	f := read(t, `{"schedule": {"Aspen": {"Mon A2": "A b"}}, "tracks": ["x", "a B"], "now": {"a b": "Now"}, `+slots+`}`)
	if f.Tracks[1] != "a-B" || f.Now["a-b"] != "Now" || f.Bookings[0] != (exchange.Booking{Room: "Aspen", Slot: "Mon-A2", Track: "a-B"}) {
		t.Errorf("one name is several tracks: %+v", f)
	}
}
