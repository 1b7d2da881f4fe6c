package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

var (
	ann  = gathering.Author{Principal: "irc:oftc/ann", Name: "ann"}
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

// begun is a draft of a gathering with nothing but a name.
func begun(t testing.TB) *gathering.Draft {
	t.Helper()
	d := gathering.NewDraft(gathering.Empty("x"), ann, noon)
	if err := d.SetAbout(gathering.About{Name: "X"}); err != nil {
		t.Fatal(err)
	}
	return d
}

func merge(t testing.TB, d *gathering.Draft, text string, rules exchange.Rules) *exchange.Plan {
	t.Helper()
	plan, err := exchange.Merge(d, read(t, text), rules)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// base is a schedule of one day, two rooms and two tracks; nova has both of Aspen.
const base = `{"eventid": "x26", "tracks": ["nova", "swift"], "voice": 0, "motd": [], "now": {}, "next": {}, "location": {}, "colors": {},
	"etherpads": {}, "urls": {}, "last_check_in": {}, "subscriptions": {}, "links": {"map": "https://x.example/map"},
	"slots": {"Monday": [{"name": "MonA1", "desc": "09:00-10:45"}, {"name": "MonA2", "desc": "10:45-12:30"}]},
	"schedule": {"Aspen": {"MonA2": "nova", "MonA1": "nova"}, "Big Room": {"MonA1": "", "MonA2": ""}}}`

var (
	aspen1 = gathering.Spot{Room: "Aspen", Slot: "MonA1"}
	aspen2 = gathering.Spot{Room: "Aspen", Slot: "MonA2"}
	big1   = gathering.Spot{Room: "BigRoom", Slot: "MonA1"}
)

// booked is who has which spots.
func booked(d *gathering.Draft) string {
	var list []string
	for spot, b := range d.Bookings {
		list = append(list, d.Reference(spot)+"="+b.Track)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// TestAFileIntoNothing sets all up, and again nothing.
func TestAFileIntoNothing(t *testing.T) {
	t.Parallel()
	d := begun(t)
	plan := merge(t, d, base, exchange.Rules{})
	if booked(d) != "Aspen-MonA1=nova Aspen-MonA2=nova" || !d.Bookings[aspen1].File || d.About.EventID != "x26" || d.About.Name != "X" || len(d.Links) != 1 {
		t.Errorf("%s %+v", booked(d), d.About)
	}
	if slots := d.Rooms[0].Slots; !slices.Equal(slots, []string{"MonA1", "MonA2"}) {
		t.Errorf("a room's slots are in the order of the days: %v", slots)
	}
	if len(plan.Changes) == 0 || len(plan.Kept)+len(plan.Left) != 0 {
		t.Errorf("%+v", plan)
	}
	again := gathering.NewDraft(d.Gathering, ann, noon.Add(time.Hour))
	for _, replace := range []bool{false, true} {
		if plan := merge(t, again, base, exchange.Rules{Replace: replace}); plan.Text(9) != "Nothing would change." || len(again.Changes()) != 0 {
			t.Errorf("again: %s: %v", plan.Text(9), again.Changes())
		}
	}
	if merge(t, begun(t), string(sample(t, "summit.json")), exchange.Rules{}); len(d.Tracks) != 2 {
		t.Error(d.Tracks)
	}
}

// lived is what people made of base.
func lived(t testing.TB) *gathering.Draft {
	t.Helper()
	d := begun(t)
	merge(t, d, base, exchange.Rules{})
	_, err := d.CheckIn("irc:oftc/ann", "Ann", "nova")
	_, err2 := d.Subscribe("irc:oftc/ann", gathering.Subscription{Name: "ann", Pattern: "x", Address: "irc:oftc/@ann"})
	must(t, err, err2, d.Unbook("nova", aspen2), d.Book("swift", aspen2, big1), d.SetNow("nova", "Now"), d.AddNext("nova", "Next"),
		d.SetPlace("swift", "the bar"), d.AddBanner("info", "Hi"), d.AddTracks("heat"), d.SetColor("nova", "red"))
	d.RequireVoice(true)
	return gathering.NewDraft(d.Gathering, ann, noon.Add(time.Hour))
}

// TestPeoplesWordStays: a file that was edited decides what the schedule is, people what they did.
func TestPeoplesWordStays(t *testing.T) {
	t.Parallel()
	d := lived(t)
	plan := merge(t, d, strings.ReplaceAll(base, `"MonA2": "nova", "MonA1": "nova"`, `"MonA1": "glance", "MonA2": "nova"`), exchange.Rules{})
	if got := booked(d); got != "Aspen-MonA1=glance Aspen-MonA2=swift Big Room-MonA1=swift" {
		t.Error(got)
	}
	switch {
	case d.Now["nova"].Text != "Now" || len(d.Next) != 1 || d.Places["swift"] == nil || len(d.Present) != 1 || len(d.Subscriptions) != 1,
		len(d.Banners) != 1 || !d.Voice || d.Tracks["heat"] == nil || d.Tracks["nova"].Color != "red" || d.Tracks["glance"] == nil:
		t.Errorf("%+v", d.Gathering)
	}
	want := "What changes:\n  track #glance: glance, " + d.Tracks["glance"].Color + "\n  Aspen-MonA1: booked for glance (was booked for nova by ann)\n" +
		"What stays, though the file has it otherwise:\n  Aspen-MonA2 is booked for swift by ann; the file has nova\n  voice stays required"
	if got := plan.Text(9); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := plan.Text(1); !strings.Contains(got, "\n  … and 1 more\n") {
		t.Error(got)
	}
}

// TestReplace has all be as the file says, where it says something.
func TestReplace(t *testing.T) {
	t.Parallel()
	d := lived(t)
	merge(t, d, base, exchange.Rules{Replace: true})
	if got := booked(d); got != "Aspen-MonA1=nova Aspen-MonA2=nova" {
		t.Error(got)
	}
	if len(d.Now)+len(d.Next)+len(d.Places)+len(d.Present)+len(d.Subscriptions)+len(d.Banners) != 0 || d.Voice || d.Tracks["heat"] != nil || d.Tracks["nova"].Color != "red" {
		t.Errorf("%v", d.Gathering)
	}
	d = lived(t)
	plan := merge(t, d, `{"now": {"swift": "Here", "gone": "x"}, "urls": {"nova": "https://meet.example/n", "gone": "https://x.example"}, "motd": []}`, exchange.Rules{Replace: true})
	switch {
	case d.Now["nova"] != nil || d.Now["swift"].Text != "Here" || !d.Now["swift"].At.IsZero(),
		d.Tracks["nova"].URL != "https://meet.example/n" || d.Tracks["swift"].URL != "" || len(d.Banners) != 0,
		len(d.Next) != 1 || len(d.Bookings) != 3 || len(d.Present) != 1 || !d.Voice || len(d.Days) != 1:
		t.Errorf("what it does not say stays: %+v", d.Gathering)
	}
	if !slices.Equal(plan.Left, []string{"urls.gone: there is no such track.", "now.gone: there is no such track."}) {
		t.Errorf("%q", plan.Left)
	}
}

// TestWhatOnlyOurFilesHave: who moderates and what was a success comes where nobody has said so here, or when everything is replaced; an
// alert of then only then.
func TestWhatOnlyOurFilesHave(t *testing.T) {
	t.Parallel()
	text := `{"gathering": {"status": {"kind": "alert", "text": "Out"}, "moderators": {"nova": ["slack:U1"], "swift": ["slack:U2"], "gone": ["slack:U3"]},
		"success": [{"text": "Merged", "name": "Zoe", "at": "2026-03-01 09:00:00"}], "thanks": [{"text": "to all"}]}}`
	d := lived(t)
	must(t, d.AddModerator("nova", "telnet:ann"), d.AddModerator("heat", "telnet:ann"), d.AddThanks("to you", ""))
	plan := merge(t, d, text, exchange.Rules{})
	if fmt.Sprint(d.Moderators) != "map[heat:[telnet:ann] nova:[telnet:ann] swift:[slack:U2]]" || d.Status != nil ||
		len(d.Success) != 1 || d.Success[0].By.Name != "Zoe" || d.Success[0].Number != 1 || len(d.Thanks) != 1 || d.Thanks[0].Text != "to you" {
		t.Errorf("%+v", d.Gathering)
	}
	if !slices.Equal(plan.Kept, []string{"moderators of #nova stay telnet:ann"}) || !slices.Equal(plan.Left, []string{"gathering.moderators.gone: there is no such track."}) {
		t.Errorf("%+v", plan)
	}
	merge(t, d, text, exchange.Rules{Replace: true})
	if fmt.Sprint(d.Moderators) != "map[nova:[slack:U1] swift:[slack:U2]]" || d.Status == nil || d.Status.Text != "Out" ||
		len(d.Success) != 1 || len(d.Thanks) != 1 || d.Thanks[0].Text != "to all" {
		t.Errorf("replaced: %+v", d.Gathering)
	}
	merge(t, d, base, exchange.Rules{Replace: true})
	if len(d.Moderators) != 2 || len(d.Success) != 1 || d.Status == nil {
		t.Errorf("what ptgbot's files cannot say is gone: %+v", d.Gathering)
	}
}

// TestRoomsMove: a room that is gone takes its bookings with it, and one that stays keeps its code.
func TestRoomsMove(t *testing.T) {
	t.Parallel()
	d := lived(t)
	plan := merge(t, d, `{"schedule": {"big room": {"MonA1": "", "MonA2": ""}, "BigRoom": {"MonA1": "nova"}}}`, exchange.Rules{})
	if got := booked(d); got != "BigRoom-MonA1=nova big room-MonA1=swift" || d.Rooms[0].Code != "BigRoom" || d.Rooms[1].Code != "BigRoom2" {
		t.Errorf("%s %+v", got, d.Rooms)
	}
	if text := plan.Text(20); !strings.Contains(text, "Aspen-MonA2: free (was booked for swift by ann)") {
		t.Error(text)
	}
	d = lived(t)
	merge(t, d, `{"slots": {"Monday": [{"name": "MonA1", "desc": "9:00-10:00"}]}}`, exchange.Rules{})
	if got := booked(d); got != "Aspen-MonA1=nova Big Room-MonA1=swift" {
		t.Error(got)
	}
	d = lived(t)
	plan = merge(t, d, `{"schedule": {"Aspen": {"MonA1": "", "TueA1": "nova"}}}`, exchange.Rules{})
	if !slices.Equal(plan.Left, []string{"schedule.Aspen.TueA1: there is no slot 'TueA1'."}) || booked(d) != "" || !slices.Equal(d.Rooms[0].Slots, []string{"MonA1"}) {
		t.Errorf("%v %s %+v", plan.Left, booked(d), d.Rooms)
	}
	var many []string
	for i := range gathering.MaxTracks {
		many = append(many, `"t`+strings.Repeat("x", i%10)+string(rune('a'+i/10))+`"`)
	}
	if _, err := exchange.Merge(lived(t), read(t, `{"tracks": [`+strings.Join(many, ",")+`]}`), exchange.Rules{}); !errors.Is(err, gathering.ErrFull) {
		t.Error(err)
	}
}

// TestPeopleOfAFile are found by what they are called, else by their nick on the network.
func TestPeopleOfAFile(t *testing.T) {
	t.Parallel()
	file := `{"last_check_in": {"ann": {"nick": "ann", "location": "the bar", "in": "2026-03-02 08:00:00", "out": null},
		"zoe": {"nick": "Zoe", "location": "#SWIFT", "in": "2026-03-02 08:00:00", "out": "2026-03-02 09:00:00"}},
		"subscriptions": {"ann": "y", "Zoe": "z"}}`
	d := lived(t)
	merge(t, d, file, exchange.Rules{Network: "oftc"})
	zoe := d.Present["irc-nick:oftc/zoe"]
	switch {
	case len(d.Present) != 2 || d.Present["irc:oftc/ann"].Place != "#nova" || zoe == nil || zoe.Track != "swift" || zoe.Place != "#swift" || zoe.Out.Hour() != 9,
		d.Subscriptions["irc:oftc/ann"].Pattern != "x" || d.Subscriptions["irc-nick:oftc/zoe"].Address != "irc:oftc/Zoe":
		t.Errorf("%v %v", d.Present, d.Subscriptions)
	}
	d = lived(t)
	plan := merge(t, d, file, exchange.Rules{Replace: true})
	switch {
	case d.Present["irc:oftc/ann"].Place != "the bar" || d.Present["nick:zoe"] == nil || d.Subscriptions["irc:oftc/ann"].Pattern != "y",
		d.Subscriptions["irc:oftc/ann"].Address != "irc:oftc/@ann", len(d.Subscriptions) != 1, len(plan.Left) != 1:
		t.Errorf("%v %v %v", d.Present, d.Subscriptions, plan.Left)
	}
}

// TestAnOldDatabase moves in with all that was said.
func TestAnOldDatabase(t *testing.T) {
	t.Parallel()
	d := begun(t)
	merge(t, d, string(sample(t, "old.json")), exchange.Rules{Network: "oftc"})
	switch {
	case d.Now["docs"].Text != "Reviewing the guide #docs" || len(d.Next["docs"]) != 2 || d.Tracks["docs"].Color != "#abc" || d.Tracks["docs"].Name != "Docs",
		d.Tracks["compute"] == nil || d.Places["docs"].Own || !d.Places["compute"].Own || !d.Voice || len(d.Banners) != 1,
		len(d.Here("docs")) != 1 || d.Seen("CAROL").Place != "the bar":
		t.Errorf("%+v", d.Gathering)
	}
	if today := d.Today(noon); today == nil || today.Name != "Monday" {
		t.Error(today)
	}
}

// TestADatabaseThatNobodyChecked moves in, too: what it is told of is all that is otherwise.
func TestADatabaseThatNobodyChecked(t *testing.T) {
	t.Parallel()
	d := begun(t)
	plan := merge(t, d, string(sample(t, "odd.json")), exchange.Rules{Network: "oftc"})
	switch {
	case fmt.Sprint(d.Keys()) != "[api-sig docs help-track k8s-openstack release-management]",
		d.Now["release-management"].Text != "Dates of the cycle" || len(d.Next["k8s-openstack"]) != 1 || d.Tracks["k8s-openstack"].Name != "K8s-OpenStack",
		booked(d) != "Big Hall-Mon-AM=release-management Big Hall-MonPM=k8s-openstack big hall (2)-MonPM=help-track",
		d.Tracks["docs"].URL != "" || d.Tracks["docs"].Color == "hsl(1,2%,3%)" || d.Tracks["docs"].Etherpad == "",
		len(d.Present) != 1 || len(d.Banners) != 2 || d.Banners[1].Level != "info":
		t.Errorf("%s %v %+v", booked(d), d.Keys(), d.Gathering)
	}
	want := "What of the file is taken otherwise:\n  slots.Monday[0]: 'Mon AM' is taken as the slot Mon-AM.\n" +
		"  tracks[0]: 'Release Management' is taken as the track Release-Management.\n  tracks[2]: 'K8s/OpenStack' is taken as the track K8s-OpenStack.\n" +
		"  tracks[3]: 'help' is taken as the track help-track.\n" +
		"  schedule.big hall: another room is called so, but for the case; this one is taken as 'big hall (2)'.\n" +
		"  motd[1]: is taken as one of the level info.\nWhat of the file is left out:\n  schedule.Big Hall.SatAM: there is no slot 'SatAM'.\n  urls.docs: 'zoom.example.org/j/1' is not an address that can be linked to: it begins with https:// or http://.\n" +
		"  colors.docs: 'hsl(1,2%,3%)' is no colour: say #rgb, #rrggbb or a name that CSS has, such as teal.\n" +
		"  motd[1].level: Incorrect message level 'urgent' (should be info, success, warning or danger).\n" +
		"  last_check_in.bob.in: is no time: one looks like 2026-03-02 09:00:00.\n" +
		"  last_check_in.bob: a check-in has a location and a time in."
	if got := plan.Otherwise(99); got != want || !strings.HasSuffix(plan.Text(99), got) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := plan.Otherwise(1); !strings.Contains(got, "\n  … and 5 more\nWhat of the file is left out:\n") {
		t.Error(got)
	}
}
