package exchange_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

func write(t testing.TB, g *gathering.Gathering, view exchange.View) string {
	t.Helper()
	data, err := exchange.Write(g, view)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestTheSameJSONBack: what was read is written, but for the colours that tracks got, the time, and what is ours.
func TestTheSameJSONBack(t *testing.T) {
	t.Parallel()
	d := begun(t)
	in := string(sample(t, "summit.json"))
	merge(t, d, in, exchange.Rules{})
	var before, after map[string]any
	if err := errors.Join(json.Unmarshal([]byte(in), &before), json.Unmarshal([]byte(write(t, d.Gathering, exchange.Whole)), &after)); err != nil {
		t.Fatal(err)
	}
	colors, _ := after["colors"].(map[string]any)
	if len(colors) != 50 || colors["gpu-sig"] != "rebeccapurple" {
		t.Errorf("%v", colors)
	}
	for _, key := range []string{"colors", "timestamp", "gathering"} {
		delete(before, key)
		delete(after, key)
	}
	slots, _ := before["slots"].(map[string]any)
	for _, day := range slots { // the same moments, with their seconds
		list, _ := day.([]any)
		for _, one := range list {
			slot, _ := one.(map[string]any)
			slot["realtime"] = strings.TrimSuffix(fmt.Sprint(slot["realtime"]), "Z") + ":00Z"
		}
	}
	for key := range before {
		if !reflect.DeepEqual(before[key], after[key]) {
			t.Errorf("%s: %v\n%v", key, before[key], after[key])
		}
	}
	if len(before) != len(after) {
		t.Errorf("%d keys, then %d", len(before), len(after))
	}
}

// TestThePublicFile tells nobody's subscription, and of people only those who are there.
func TestThePublicFile(t *testing.T) {
	t.Parallel()
	d := lived(t)
	_, err := d.CheckIn("slack:U1", "Gone", "the bar")
	_, err2 := d.CheckOut("slack:U1")
	must(t, err, err2, d.AddModerator("nova", "slack:U7"), d.Link("slack:U8", "person:eve"), d.AddSuccess("Merged", "slack:C1"),
		d.AddThanks("to all", "irc:oftc/#ptg"), d.AddThanks("slack:U1, for the cake", ""), d.AddNext("nova", "Quotas, with slack:U1"), d.SetStatus("alert", "Out"))
	text := write(t, d.Gathering, exchange.Public)
	for _, secret := range []string{"irc:oftc", "slack:", `"gone"`, "person:", `"x"`} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is told: %s", secret, text)
		}
	}
	for _, part := range []string{
		`"last_check_in":{"ann":{"nick":"Ann","location":"#nova","in":"2026-03-02 12:00:00","out":null}}`, `"subscriptions":{}`, `"voice":1`,
		`"status":{"kind":"alert","text":"Out","name":"ann","at":"2026-03-02 13:00:00"}`,
		`"text":"Gone, for the cake"`, `"Quotas, with Gone"`,
		`"success":[{"text":"Merged","name":"ann","at":"2026-03-02 13:00:00"}],"thanks":[{"text":"to all"`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is missing: %s", part, text)
		}
	}
	whole := write(t, d.Gathering, exchange.Whole)
	for _, part := range []string{`"gone": {`, `"ann": "x"`, `"slack:U7"`, `"where": "slack:C1"`} {
		if !strings.Contains(whole, part) {
			t.Errorf("%s is missing: %s", part, whole)
		}
	}
	if !strings.Contains(write(t, gathering.Empty("x"), exchange.Public), `"tracks":[],"schedule":{}`) {
		t.Error("what is empty is not left out")
	}
}

// anyGathering draws one, through what people may do and what files may say.
func anyGathering(t *rapid.T) *gathering.Gathering {
	d := gathering.NewDraft(gathering.Empty("x"), ann, noon)
	text := rapid.StringMatching(`[a-zé<&"#/ ]{1,12}`)
	flip := rapid.Bool()
	about := gathering.About{Name: "X", EventID: rapid.SampledFrom([]string{"", "x26"}).Draw(t, "event"), Zone: rapid.SampledFrom([]string{"", "Europe/Berlin"}).Draw(t, "zone")}
	_ = d.SetAbout(about)
	_ = d.AddTracks(rapid.SliceOfN(rapid.StringMatching(`[A-Z]?[a-c][.+-]?`), 0, 6).Draw(t, "tracks")...)
	var days []gathering.Day
	var codes []string
	for i := range rapid.IntRange(0, 3).Draw(t, "days") {
		day := gathering.Day{Name: fmt.Sprint("Day ", i), Date: rapid.SampledFrom([]string{"", "2026-03-02"}).Draw(t, "date"), Slots: []gathering.Slot{}}
		for j := range rapid.IntRange(0, 3).Draw(t, "slots") {
			slot := gathering.Slot{Code: fmt.Sprintf("S%d-%d", i, j), Label: "09:00-10:00", Minutes: rapid.IntRange(0, 90).Draw(t, "minutes")}
			if flip.Draw(t, "timed") {
				slot.Start = noon.Add(time.Duration(j) * time.Hour)
			}
			day.Slots, codes = append(day.Slots, slot), append(codes, slot.Code)
		}
		days = append(days, day)
	}
	_ = d.SetDays(days)
	var rooms []gathering.Room
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"Aspen", "Big Room", "Hall-1", "BigRoom", "Québec"}), 0, 4, rapid.ID).Draw(t, "rooms") {
		room := gathering.Room{Name: name, Note: rapid.SampledFrom([]string{"", "for <ten>"}).Draw(t, "note"), Slots: []string{}}
		for _, code := range codes {
			if flip.Draw(t, "has") {
				room.Slots = append(room.Slots, code)
			}
		}
		rooms = append(rooms, room)
	}
	_ = d.SetRooms(rooms)
	for i := range d.Days {
		for _, spot := range d.Free(&d.Days[i]) {
			if len(d.Tracks) > 0 && flip.Draw(t, "booked") {
				_ = d.Book(rapid.SampledFrom(d.Keys()).Draw(t, "track"), spot)
			}
		}
	}
	for _, key := range d.Keys() {
		if flip.Draw(t, "says") {
			_ = d.SetNow(key, text.Draw(t, "now"))
			_ = d.AddNext(key, text.Draw(t, "next"))
			_ = d.SetPlace(key, text.Draw(t, "place"))
			_ = d.SetEtherpad(key, "https://pad.example/"+key)
			_, _ = d.CheckIn("slack:"+key, "In "+key, rapid.SampledFrom([]string{key, "bar", "#" + key}).Draw(t, "in"))
			_, _ = d.Subscribe("slack:"+key, gathering.Subscription{Name: "In " + key, Pattern: "a|b", Address: "a"})
		}
	}
	for _, key := range d.Keys() {
		if flip.Draw(t, "moderated") {
			_ = d.AddModerator(key, "irc:oftc/"+key)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "remarks") {
		_ = d.AddSuccess(text.Draw(t, "success"), rapid.SampledFrom([]string{"", "irc:oftc/#ptg"}).Draw(t, "where"))
		_ = d.AddThanks(text.Draw(t, "thanks"), "")
	}
	if flip.Draw(t, "alerts") {
		_ = d.SetStatus("alert", text.Draw(t, "alert"))
	}
	_ = d.AddBanner("info", text.Draw(t, "banner"))
	d.RequireVoice(flip.Draw(t, "voice"))
	return d.Gathering
}

// TestThereAndBack: what is written is read again, and then written the same.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first, err := exchange.Write(anyGathering(t), exchange.Whole)
		if err != nil {
			t.Fatal(err)
		}
		f, err := exchange.Read(first)
		if err != nil || len(f.Left)+len(f.Amended) != 0 {
			t.Fatalf("%v %v\n%s", err, f, first)
		}
		d := gathering.NewDraft(gathering.Empty("y"), ann, noon)
		plan, err := exchange.Merge(d, f, exchange.Rules{Replace: true, Network: "oftc"})
		if err != nil || len(plan.Left)+len(plan.Kept) != 0 {
			t.Fatalf("%v %+v\n%s", err, plan, first)
		}
		second, err := exchange.Write(d.Gathering, exchange.Whole)
		if err != nil || undated(first) != undated(second) {
			t.Fatalf("%s\nis again\n%s\n(%v)", first, second, err)
		}
	})
}

// undated is a file without the time of its last change, of which drafts have none.
func undated(data []byte) string {
	before, rest, _ := strings.Cut(string(data), `"timestamp": "`)
	_, after, _ := strings.Cut(rest, `"`)
	return before + after
}

// FuzzRead: whatever a file says, it is refused or can be brought in, and what is written of that can be read.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"old.json", "odd.json", "summit.json"} {
		f.Add(sample(f, name))
	}
	for _, text := range []string{
		base, `{"motd": {"level": "info", "message": "x"}}`, `{"schedule": {"a": {"url": ""}}}`,
		`{"tracks": ["a b", "a/b", "in"], "now": {"A B": "x", "ä": "y"}, "colors": {"a/b": "rgb(1,2,3)"}, "urls": {"in": "x"}}`,
		`{"slots": {"Mon ": [{"name": "A 1"}, {"name": "a-1", "duration": 0}]}, "schedule": {"R": {"A 1": "a b", "x": "y"}, "r ": {"a-1": "In"}}}`,
		`{"slots": {"Monday": []}}`, "{", `{"voice": true}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := exchange.Read(data)
		if err != nil {
			if _, said := errors.AsType[exchange.Mistakes](err); !said || file != nil {
				t.Fatalf("%v, with a file %v", err, file)
			}
			return
		}
		for _, rules := range []exchange.Rules{{}, {Replace: true, Network: "oftc"}} {
			d := begun(t)
			if _, err := exchange.Merge(d, file, rules); err != nil {
				if !errors.Is(err, gathering.ErrFull) {
					t.Fatalf("it was understood, and is refused: %v", err)
				}
				continue
			}
			for spot := range d.Bookings {
				if err := d.CheckSpot(spot); err != nil {
					t.Fatal(err)
				}
			}
			out := []byte(write(t, d.Gathering, exchange.Whole))
			again, err := exchange.Read(out)
			if err != nil || len(again.Amended) > 0 {
				t.Fatalf("%v %v:\n%s", err, again, out)
			}
			second := begun(t)
			if _, err := exchange.Merge(second, again, rules); err != nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			if next := write(t, second.Gathering, exchange.Whole); undated(out) != undated([]byte(next)) {
				t.Fatalf("%s\nis again\n%s", out, next)
			}
		}
	})
}
