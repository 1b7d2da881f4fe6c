package gathering_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// monday is half an hour into the first slot of furnish, in Berlin.
var monday = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

// draft is one of a furnished gathering, by ann.
func draft(t testing.TB) *gathering.Draft {
	t.Helper()
	d := gathering.NewDraft(gathering.Empty("fall"), ann, monday)
	if err := errors.Join(d.SetAbout(gathering.About{Name: "Fall", Zone: "Europe/Berlin", EventID: "fall26"}), furnish(d)); err != nil {
		t.Fatal(err)
	}
	return d
}

// then is a later draft of the same gathering, by bob.
func then(d *gathering.Draft, after time.Duration) *gathering.Draft {
	return gathering.NewDraft(d.Gathering, bob, d.At.Add(after))
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func texts(notes []gathering.Note) string {
	var list []string
	for _, n := range notes {
		list = append(list, n.Text)
	}
	return strings.Join(list, ",")
}

// TestSay: now ends what came next and finds the room; clean ends both.
func TestSay(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.Book("nova", bigA1), d.AddNext("nova", "one"), d.AddNext("NOVA", "two"))
	if texts(d.Next["nova"]) != "one,two" {
		t.Errorf("%v", d.Next)
	}
	must(t, d.SetNow("#Nova", "  \x02bold\x02 and\tplain "))
	if note := d.Now["nova"]; note.Text != "bold and plain" || note.By != ann || !note.At.Equal(monday) || d.Next["nova"] != nil {
		t.Errorf("%+v, next %v", note, d.Next)
	}
	if p := d.Places["nova"]; p == nil || p.Text != "Big Room-2" || p.Own {
		t.Errorf("%+v", p)
	}
	must(t, d.SetPlace("nova", "the beach"), d.SetNow("nova", "x"))
	if p := d.Places["nova"]; p.Text != "the beach" || !p.Own {
		t.Errorf("%+v", p)
	}
	must(t, d.SetPlace("nova", ""), d.SetNow("swift", "no room"))
	if d.Places["nova"] != nil || d.Places["swift"] != nil {
		t.Errorf("%v", d.Places)
	}
	must(t, d.AddNext("nova", "y"), d.Clean("nova"))
	if len(d.Now) != 1 || len(d.Next) != 0 {
		t.Errorf("%v %v", d.Now, d.Next)
	}
	refused(t, d.SetNow("svift", "x"), gathering.ErrNoTrack, "Unknown track 'svift'")
	refused(t, d.SetNow("swift", strings.Repeat("é", 501)), gathering.ErrInvalid, "That is too long: 1002 bytes; 1000 are the most")
	refused(t, d.SetNow("swift", " "), gathering.ErrInvalid, "Missing sentence (#TRACK now ...)")
	for range gathering.MaxNext {
		must(t, d.AddNext("swift", "z"))
	}
	refused(t, d.AddNext("swift", "z"), gathering.ErrFull, "50 things come next for #swift already; '#swift clean' begins anew")
}

// TestWhatATrackIs: etherpad, address and colour, and back to what they are by themselves.
func TestWhatATrackIs(t *testing.T) {
	t.Parallel()
	d := draft(t)
	if pad := d.EtherpadOf("nova"); pad != "https://etherpad.opendev.org/p/fall26-Nova" {
		t.Error(pad)
	}
	must(t, d.SetEtherpad("nova", "https://pad.example/p/x"), d.SetURL("nova", "http://meet.example/y"), d.SetColor("nova", "#FFFFFF"))
	if n := d.Tracks["nova"]; d.EtherpadOf("nova") != "https://pad.example/p/x" || n.URL != "http://meet.example/y" || n.Color != "#ffffff" || n.Name != "Nova" {
		t.Errorf("%+v", n)
	}
	must(t, d.SetEtherpad("nova", ""), d.SetURL("nova", ""), d.SetColor("nova", ""))
	if n := d.Tracks["nova"]; n.Etherpad+n.URL != "" || !slices.Contains(gathering.Palette, n.Color) {
		t.Errorf("%+v", n)
	}
	refused(t, d.SetURL("nova", "javascript:alert(1)"), gathering.ErrInvalid,
		"'javascript:alert(1)' is not an address that can be linked to: it begins with https:// or http://")
	refused(t, d.SetColor("nova", "red;}"), gathering.ErrInvalid, "'red;}' is no colour: say #rgb, #rrggbb or a name that CSS has, such as teal")
}

// TestBook: several at once or none, and by whom.
func TestBook(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.Book("nova", aspenA1, aspenA2))
	b := then(d, time.Minute)
	refused(t, b.Book("swift", bigA1, aspenA2), gathering.ErrTaken, "Slot 'Aspen-MonA2' is booked for nova by ann")
	refused(t, b.Book("swift", bigA1, bigA1), gathering.ErrInvalid, "Slot 'Big Room-2-MonA1' is named twice")
	refused(t, b.Book("nova", aspenA1), gathering.ErrTaken, "Slot 'Aspen-MonA1' is booked for nova by ann")
	for _, spot := range []gathering.Spot{{Room: "Beach", Slot: "MonA1"}, {Room: "Aspen", Slot: "FriP1"}, {Room: "aspen", Slot: "MonA1"}} {
		refused(t, b.Book("swift", spot), gathering.ErrNoSpot, fmt.Sprintf("Slot '%s' is invalid (or booked)", b.Reference(spot)))
	}
	refused(t, b.Unbook("nova", aspenA1, bigA1), gathering.ErrNotBooked, "Slot 'Big Room-2-MonA1' is invalid (or not booked for nova)")
	refused(t, b.Unbook("swift", aspenA1), gathering.ErrNotBooked, "Slot 'Aspen-MonA1' is invalid (or not booked for swift)")
	if len(b.Changes()) != 0 {
		t.Errorf("what was refused set %v", b.Changes())
	}
	must(t, b.Unbook("nova", aspenA1, aspenA2))
	if len(b.Bookings) != 0 || len(b.Changes()) != 2 || len(d.Bookings) != 2 {
		t.Errorf("%v, by %v", b.Bookings, b.Changes())
	}
}

// TestModerators come and go.
func TestModerators(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.AddModerator("nova", "slack:U1"), d.AddModerator("nova", "slack:U1"), d.AddModerator("nova", "person:bob"))
	if !slices.Equal(d.Moderators["nova"], []string{"slack:U1", "person:bob"}) {
		t.Error(d.Moderators)
	}
	must(t, d.DelModerator("nova", "slack:U1"))
	refused(t, d.DelModerator("nova", "slack:U1"), gathering.ErrNone, "slack:U1 is no moderator of #nova")
	must(t, d.DelModerator("nova", "person:bob"))
	if len(d.Moderators) != 0 {
		t.Error(d.Moderators)
	}
}

// TestCheckIn and out, as people do who type whatever they like.
func TestCheckIn(t *testing.T) {
	t.Parallel()
	d := draft(t)
	for said, want := range map[string]string{"NOVA": "#nova", "#Swift": "#swift", "the  bar": "the bar", "Aspen": "Aspen"} {
		if kept, err := d.CheckIn("slack:U1", "Carol", said); err != nil || kept != want {
			t.Errorf("in %s: %s %v", said, kept, err)
		}
	}
	_, err := d.CheckIn("slack:U1", "Carol", "#Foo Bar")
	refused(t, err, gathering.ErrNoTrack, "Unrecognised track #foo bar")
	_, err = d.CheckIn("slack:U1", "Carol", " ")
	refused(t, err, gathering.ErrInvalid, "The 'in' command should be followed by a location.")
	_, err = d.CheckOut("slack:U2")
	refused(t, err, gathering.ErrNotIn, "You weren't checked in anywhere yet!")
	_, _ = d.CheckIn("slack:U1", "Carol", "nova")
	_, _ = d.CheckIn("slack:U2", "abe", "nova")
	_, _ = d.CheckIn("slack:U3", "Zoe", "swift")
	if here := d.Here("Nova"); len(here) != 2 || here[0].Name != "abe" || here[1].Name != "Carol" {
		t.Errorf("%v", here)
	}
	left := then(d, time.Hour)
	if place, err := left.CheckOut("slack:U1"); place != "#nova" || err != nil {
		t.Error(place, err)
	}
	_, err = left.CheckOut("slack:U1")
	refused(t, err, gathering.ErrNotIn, "You already checked out of #nova at 2026-03-02 10:30:00 CET!")
	if here := left.Here("nova"); len(here) != 1 {
		t.Errorf("%v", here)
	}
	if in := left.Seen("cAROL"); in == nil || !in.Out.Equal(monday.Add(time.Hour)) || left.Seen("slack:U2").Name != "abe" || left.Seen("dahu") != nil {
		t.Errorf("%+v", in)
	}
	_, _ = left.CheckIn("irc:oftc/carol", "carol", "swift")
	if in := left.Seen("carol"); in.Place != "#swift" {
		t.Errorf("of two who are called so, the one who came last: %+v", in)
	}
}

// TestLink: who ties two names together is one, with the later place and the later subscription.
func TestLink(t *testing.T) {
	t.Parallel()
	d := draft(t)
	_, err := d.CheckIn("irc:oftc/ann", "ann", "nova")
	must(t, err)
	_, err = d.Subscribe("slack:U1", gathering.Subscription{Pattern: "late", Address: "slack:D1"})
	must(t, err)
	later := then(d, time.Minute)
	_, err = later.CheckIn("slack:U1", "Ann", "swift")
	must(t, err)
	must(t, later.Link("irc:oftc/ann", "person:ann"), later.Link("slack:U1", "person:ann"), later.Link("slack:U1", "person:ann"))
	if p := later.Person("slack:U1"); p != "person:ann" || len(later.Present) != 1 || later.Present[p].Place != "#swift" || later.Subscriptions[p].Pattern != "late" {
		t.Errorf("%s: %v %v", p, later.Present, later.Subscriptions)
	}
	must(t, later.Unlink("slack:U1"))
	if later.Person("slack:U1") != "slack:U1" || later.Present["person:ann"] == nil {
		t.Errorf("%v %v", later.People, later.Present)
	}
	refused(t, later.Unlink("slack:U1"), gathering.ErrNone, "slack:U1 is tied to nobody")
}

// TestLinksAreNoChains: who is tied to somebody is that one, also when that one is tied to a third; and a code that was made before
// leads to whom its maker is by then.
func TestLinksAreNoChains(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.Link("slack:U1", "irc:oftc/ann"), d.Link("irc:oftc/ann", "telnet:ann"))
	for _, name := range []string{"slack:U1", "irc:oftc/ann", "telnet:ann"} {
		if who := d.Person(name); who != "telnet:ann" {
			t.Errorf("%s is %s", name, who)
		}
	}
	must(t, d.Link("telnet:ann", "slack:U1"), d.Link("telnet:bob", "slack:U1"))
	for _, name := range []string{"slack:U1", "irc:oftc/ann", "telnet:ann", "telnet:bob"} {
		if who := d.Person(name); who != "telnet:ann" {
			t.Errorf("afterwards %s is %s", name, who)
		}
	}
}

// TestTracks come, go with all that was theirs, and are cleaned.
func TestTracks(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.AddTracks("#Heat", "nova"), d.SetNow("heat", "x"), d.AddNext("heat", "y"), d.SetPlace("heat", "z"), d.Book("heat", bigA1),
		d.AddModerator("heat", "slack:U1"), d.SetNow("nova", "x"))
	if d.Tracks["heat"].Name != "Heat" || d.Tracks["nova"].Name != "Nova" || !slices.Equal(d.Keys(), []string{"heat", "nova", "swift"}) {
		t.Errorf("%v", d.Keys())
	}
	seen := make(map[string]bool)
	for _, track := range d.Tracks {
		if seen[track.Color] {
			t.Errorf("%s is used twice while others are not used", track.Color)
		}
		seen[track.Color] = true
	}
	d.CleanTracks("NOVA", "nosuch")
	if d.Now["nova"] != nil {
		t.Error(d.Now)
	}
	d.DelTracks("Heat", "nosuch")
	for name := range d.Fields() {
		if strings.Contains(name, "heat") || strings.HasPrefix(name, "book/") {
			t.Errorf("%s is left", name)
		}
	}
	for name, words := range map[string]string{
		"in": "#in means something else and cannot be a track", "#Success": "#success means something else and cannot be a track",
		"a b": "'a b' cannot be a track: use up to 40 letters, digits and . _ + -, a letter or digit first",
	} {
		refused(t, d.AddTracks("fine", name), gathering.ErrInvalid, words)
	}
	if d.Tracks["fine"] != nil {
		t.Error("one of several that were refused was added")
	}
	for i := len(d.Tracks); i < gathering.MaxTracks; i++ {
		must(t, d.AddTracks(fmt.Sprint("t", i)))
	}
	refused(t, d.AddTracks("more"), gathering.ErrFull, "There are 200 tracks already; 200 are as many as there may be")
}

// TestNewDayAndEmpty: what stays.
func TestNewDayAndEmpty(t *testing.T) {
	t.Parallel()
	d := draft(t)
	_, err := d.CheckIn("slack:U1", "c", "nova")
	_, err2 := d.Subscribe("slack:U1", gathering.Subscription{Tracks: []string{"Nova"}, Address: "a"})
	must(t, err, err2, d.SetNow("nova", "x"), d.AddNext("swift", "x"), d.SetPlace("nova", "y"), d.Book("nova", aspenA1), d.AddBanner("info", "b"),
		d.SetStatus("alert", "s"), d.AddThanks("t", "w"), d.Link("slack:U9", "person:x"), d.AddModerator("nova", "m"), d.SetLinks([]gathering.Link{{Title: "x", URL: "https://x.example"}}))
	d.RequireVoice(true)
	d.NewDay()
	if len(d.Now)+len(d.Next)+len(d.Places)+len(d.Present) != 0 || len(d.Bookings) != 1 || len(d.Subscriptions) != 1 || len(d.Banners) != 1 || !d.Voice || d.Status == nil {
		t.Errorf("%v", d.Fields())
	}
	d.Empty()
	var left []string
	for name := range d.Fields() {
		left = append(left, name)
	}
	slices.Sort(left)
	if !slices.Equal(left, []string{"about", "link/slack:U9"}) {
		t.Errorf("left: %v", left)
	}
}

// TestBanners, the status, successes and thanks.
func TestBanners(t *testing.T) {
	t.Parallel()
	d := draft(t)
	list := func() string {
		var all []string
		for _, b := range d.Banners {
			all = append(all, b.Text)
		}
		return strings.Join(all, ",")
	}
	must(t, d.AddBanner("info", "a"), d.AddBanner("danger", "b"), d.AddBanner("success", "c"), d.ReorderBanners(3, 1))
	if list() != "c,a" {
		t.Error(list())
	}
	must(t, d.DelBanner(1))
	if list() != "a" {
		t.Error(list())
	}
	refused(t, d.DelBanner(2), gathering.ErrNone, "Incorrect message number 2")
	refused(t, d.DelBanner(0), gathering.ErrNone, "Incorrect message number 0")
	refused(t, d.ReorderBanners(1, 1), gathering.ErrInvalid, "Message number 1 is named twice")
	refused(t, d.AddBanner("foo", "bar"), gathering.ErrInvalid, "Incorrect message level 'foo' (should be info, success, warning or danger)")
	d.ClearBanners()
	for range gathering.MaxBanners {
		must(t, d.AddBanner("info", "x"))
	}
	refused(t, d.AddBanner("info", "x"), gathering.ErrFull, "There are 50 messages already, which is as many as there may be")
	must(t, d.SetStatus("alert", "the mirrors are down"))
	if d.Status.Kind != "alert" || d.Status.By != ann {
		t.Errorf("%+v", d.Status)
	}
	refused(t, d.SetStatus("log", "x"), gathering.ErrInvalid, "Unknown status 'log' (should be alert or notice)")
	if d.ClearStatus(); d.Status != nil {
		t.Error(d.Status)
	}
	for i := range 12 {
		must(t, d.AddSuccess(fmt.Sprint(i), "irc:oftc/#x"))
	}
	if len(d.Success) != 12 || d.Success[11].Text != "11" || d.Success[11].Number != 12 || d.Success[9].Number != 10 || d.Success[0].Where != "irc:oftc/#x" {
		t.Errorf("%+v", d.Success)
	}
	refused(t, d.AddThanks(" ", ""), gathering.ErrInvalid, "Missing text (#thanks TEXT)")
}

// TestADraftLeavesWhatItWasMadeOf as it is.
func TestADraftLeavesWhatItWasMadeOf(t *testing.T) {
	t.Parallel()
	d := draft(t)
	must(t, d.AddNext("nova", "a"), d.AddNext("nova", "b"), d.AddBanner("info", "a"), d.AddModerator("nova", "m"), d.AddSuccess("s", ""))
	before := fmt.Sprint(d.Next, d.Banners, d.Moderators, d.Success)
	one, two := then(d, 0), then(d, 0)
	must(t, one.AddNext("nova", "c"), two.AddNext("nova", "d"), one.AddBanner("info", "x"), two.AddBanner("info", "y"), one.DelBanner(1),
		one.AddModerator("nova", "n"), two.AddModerator("nova", "o"), one.AddSuccess("x", ""), two.AddSuccess("y", ""))
	if after := fmt.Sprint(d.Next, d.Banners, d.Moderators, d.Success); after != before {
		t.Errorf("%s\n%s", before, after)
	}
	if texts(one.Next["nova"]) != "a,b,c" || texts(two.Next["nova"]) != "a,b,d" || one.Moderators["nova"][1] != "n" {
		t.Error(one.Next, two.Next, one.Moderators)
	}
	if len(one.Changes()) != 4 {
		t.Errorf("%v", one.Changes())
	}
}
