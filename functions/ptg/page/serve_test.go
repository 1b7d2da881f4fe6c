package page_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/page"
)

// said is what is to be read below a node, without what is hidden.
func said(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "hidden" {
				return
			}
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// below is what the element with an id says.
func (w *world) below(path, id string) string {
	w.Helper()
	for _, n := range nodes(w, w.page(path)) {
		if attribute(n, "id") == id {
			return said(n)
		}
	}
	w.Fatalf("%s has no #%s", path, id)
	return ""
}

// TestNoTrackIsAPartOfAPage: whatever tracks, rooms and slots are called, no two elements have one id, by which what is new finds its place.
func TestNoTrackIsAPartOfAPage(t *testing.T) {
	t.Parallel()
	w := bare(t)
	names := []string{
		"list", "title", "part", "now", "next", "rooms", "s", "menu", "count", "main", "mine", "news", "state", "stamp", "banners", "colors",
		"pause", "leaf", "1", "now-list", "sign-now", "title-now", "list-next",
	}
	w.change(func(d *gathering.Draft) error {
		var rooms []gathering.Room
		for _, name := range names {
			rooms = append(rooms, gathering.Room{Name: name, Slots: allSlots()})
		}
		err := errors.Join(d.AddTracks(names...), d.SetDays(days()), d.SetRooms(rooms))
		for _, name := range names {
			err = errors.Join(err, d.SetNow(name, "x"), d.AddNext(name, "y"), d.Book(name, gathering.Spot{Room: d.Room(name).Code, Slot: allSlots()[0]}))
		}
		return err
	})
	for _, path := range []string{"/", "/schedule", "/etherpads", "/links", "/success", "/signage", "/track/list"} {
		seen := make(map[string]bool)
		for _, n := range nodes(w, w.page(path)) {
			id := attribute(n, "id")
			if id != "" && seen[id] {
				t.Errorf("%s has two elements #%s", path, id)
			}
			seen[id] = true
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	w := begin(t)
	for _, c := range []struct{ path, id, want string }{
		{"/", "banners", "Please note The lift is out of order"},
		{"/", "now", "Being discussed Nova Aspen Cells v2 with #swift , see https://etherpad.example/cells . since 10:00 just now by ann Here: bob"},
		{"/", "next", "Coming up next Nova Aspen Placement said 10:00 just now by ann swift Big Room-2 Rings said 10:00 just now by ann"},
		{"/", "rooms", "In the rooms now Monday 09:00–10:45 Nova Aspen swift Big Room-2"},
		{"/", "stamp", "Changed last at 10:00 . Times are those of America/Denver (UTC-06:00)."},
		{"/?q=rings", "next", "Coming up next swift Big Room-2 Rings said 10:00 just now by ann"},
		{"/?q=rings", "now", "Being discussed Nothing yet."},
		{"/?mine=Nova", "next", "Coming up next Nova Aspen Placement said 10:00 just now by ann"},
		{"/schedule", "row-1-Aspen", "Aspen Fits a team of 10 Nova Nova free: #TRACK book Aspen-MonP1 free: #TRACK book Aspen-MonP2"},
		{"/schedule", "row-1-BigRoom2", "Big Room-2 swift free: #TRACK book BigRoom2-MonA2 free: #TRACK book BigRoom2-MonP1 free: #TRACK book BigRoom2-MonP2"},
		{"/schedule?mine=swift", "row-1-BigRoom2", "Big Room-2 swift free: #swift book BigRoom2-MonA2 free: #swift book BigRoom2-MonP1 free: #swift book BigRoom2-MonP2"},
		{"/schedule?mine=swift", "row-1-Aspen", ""},
		{"/schedule?q=nova", "row-1-BigRoom2", ""},
		{"/etherpads", "pad-nova", "Nova https://etherpad.opendev.org/p/DEN-ptg-Nova"},
		{"/links", "links", "Denver PTG Map Calendars Subscribe to these addresses in your calendar; they follow every change. All tracks Track keystone Track Nova Track swift Room Aspen Room Big Room-2"},
		{"/success", "success", "Successes We cut the release ann 10:00"},
		{"/success", "thanks", "Thanks ann for the cake ann 10:00"},
		{"/signage", "sign-rooms", "In the rooms now: Monday 09:00–10:45 Nova Aspen swift Big Room-2"},
		{"/at/denver/etherpads", "pad-swift", "swift https://etherpad.opendev.org/p/DEN-ptg-swift"},
	} {
		if got := w.below(c.path, c.id); got != c.want {
			t.Errorf("%s #%s says\n%s\nnot\n%s", c.path, c.id, got, c.want)
		}
	}
	track := w.below("/track/NOVA", "track")
	for _, want := range []string{"Cells v2", "Placement", "DEN-ptg-Nova", "bob", "nova.ics", "now Monday, 10 September 2018, 09:00–10:45 Aspen", "10:45–12:30"} {
		if !strings.Contains(track, want) {
			t.Errorf("the page of a track lacks %q: %s", want, track)
		}
	}
	if day := w.below("/schedule?day=2", "schedule"); !strings.Contains(day, "Tuesday, 11 September 2018") || strings.Contains(day, "10 September") {
		t.Errorf("the second day is %s", day)
	}
}

// Every link within the pages leads somewhere, from wherever it stands.
func TestLinksLead(t *testing.T) {
	t.Parallel()
	w := begin(t)
	if _, err := w.store.Create(t.Context(), "berlin", ann, "new", "", gathering.About{Name: "Berlin"}); err != nil {
		t.Fatal(err)
	}
	seen, next := map[string]bool{}, []string{"/", "/at/berlin", "/nowhere/at/all"}
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		answer := w.get(path)
		if location := answer.Header().Get("Location"); location != "" {
			next = append(next, resolve(t, path, location))
			continue
		}
		if answer.Code != http.StatusOK && path != "/nowhere/at/all" {
			t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
		}
		if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, n := range nodes(t, answer.Body.String()) {
			for _, name := range []string{"href", "src", "action", "data-mine"} {
				if to := attribute(n, name); to != "" && !strings.HasPrefix(to, "http") {
					next = append(next, resolve(t, path, to))
				}
			}
		}
	}
	for _, want := range []string{"/track/swift", "/track/swift.ics", "/room/BigRoom2.ics", "/ptg.json", "/at/berlin/", "/at/berlin/schedule", "/schedule?day=3", "/signage"} {
		if !seen[want] {
			t.Errorf("nothing leads to %s", want)
		}
	}
}

func resolve(t *testing.T, path, to string) string {
	t.Helper()
	from, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	address, err := from.URL.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	if address.Host != "x" {
		t.Fatalf("%s leads to %s", path, to)
	}
	return address.RequestURI()
}

// Who has what is there is told so, from memory, for as long as it is followed.
func TestNothingIsReadTwice(t *testing.T) {
	t.Parallel()
	w := begin(t)
	w.page("/")
	for _, path := range []string{"/ptg.json", "/", "/schedule", "/ptg.ics", "/track/nova.ics"} {
		first := w.get(path)
		tag := first.Header().Get("ETag")
		if tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, first.Header())
		}
		before := w.asked.gets.Load()
		again := w.get(path, "If-None-Match", `"other", `+tag)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 || w.asked.gets.Load() != before {
			t.Errorf("%s: %d, %d bytes, %d reads", path, again.Code, again.Body.Len(), w.asked.gets.Load()-before)
		}
	}
	tag := w.get("/ptg.json").Header().Get("ETag")
	w.change(func(d *gathering.Draft) error { return d.SetNow("swift", "news") })
	w.within("the data is new", func() bool { return w.get("/ptg.json", "If-None-Match", tag).Code == http.StatusOK })
	w.asked.down.Store(true)
	if !strings.Contains(w.page("/"), "news") {
		t.Error("while the store is away it is not shown what was")
	}
	w.pages.Forget()
	if answer := w.get("/"); answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("who comes while the store is away gets %d %s", answer.Code, answer.Body)
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	w := begin(t)
	answer := w.get("/ptg.json", "Accept-Encoding", "br, gzip")
	text, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(text)
	if err != nil || !strings.Contains(string(body), "Cells v2") || answer.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v %s", err, body)
	}
	if got := w.get("/ptg.json", "Accept-Encoding", "gzip;q=0").Body.String(); got != string(body) {
		t.Errorf("without compression it is\n%s\nnot\n%s", got, body)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := begin(t)
	text := w.page("/")
	for _, n := range nodes(t, text) {
		if n.Data != "link" && n.Data != "script" || attribute(n, "rel") == "alternate" {
			continue
		}
		answer := w.get("/" + attribute(n, "href") + attribute(n, "src"))
		if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", attribute(n, "href"), answer.Code, answer.Header())
		}
	}
	if old := w.get("/asset/page-0123.css"); old.Code != http.StatusOK || old.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("a style sheet of before is %d %v", old.Code, old.Header())
	}
	if other := w.get("/asset/other.css"); other.Code != http.StatusNotFound {
		t.Errorf("what is not there is %d", other.Code)
	}
	policy := w.get("/").Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
}

// Of whatever colour a track is, its name can be read on it.
func TestColors(t *testing.T) {
	t.Parallel()
	for rgb := 0; rgb < 1<<24; rgb += 997 {
		if ratio, ink := page.Contrast(uint8(rgb>>16), uint8(rgb>>8), uint8(rgb)); ratio < 4.5 {
			t.Fatalf("#%06x: %s has a contrast of %.2f", rgb, ink, ratio)
		}
	}
	for css, want := range map[string]string{"#FFF": "#000", "#000": "#fff", "#993399": "#fff", "#f8ac29": "#000", "Teal": "#fff"} {
		r, g, b, _ := gathering.RGB(css)
		if _, ink := page.Contrast(r, g, b); ink != want {
			t.Errorf("on %s one writes in %s", css, ink)
		}
	}
	for css, want := range map[string]string{"red": "c-ff0000", "#ABC": "c-aabbcc", "red;x": "c-none", "": "c-none"} {
		if got := page.Class(css); got != want {
			t.Errorf("%q is of the class %s", css, got)
		}
	}
	w := begin(t)
	w.change(func(d *gathering.Draft) error { return d.SetColor("nova", "#fedcba") })
	w.within("the style sheet has it", func() bool {
		return strings.Contains(w.get("/colors/x.css").Body.String(), ".c-fedcba{background:#fedcba;color:#000}")
	})
}

// What is a link in a text, and how far it goes.
func TestTexts(t *testing.T) {
	t.Parallel()
	w := begin(t)
	w.change(func(d *gathering.Draft) error { return d.AddTracks("c++", "i18n.de") })
	for text, want := range map[string]string{
		"see (https://x.example/a).":        "[https://x.example/a]https://x.example/a",
		"https://x.example/a_(b), and more": "[https://x.example/a_(b)]https://x.example/a_%28b%29",
		"#Nova: hi":                         "[#Nova]track/nova",
		"#c++, then":                        "[#c++]track/c++",
		"with #i18n.de.":                    "[#i18n.de]track/i18n.de",
		"#novae #1234 # #":                  "",
		"javascript:alert(1) ftp://x/ www.x.example mailto:a@b": "",
		"http://user:secret@x.example/":                         "",
		"HTTP://X.example":                                      "[HTTP://X.example]http://X.example",
	} {
		w.change(func(d *gathering.Draft) error { return d.SetNow("keystone", text) })
		var got string
		w.within("the page has it", func() bool {
			got = ""
			shown := false
			for _, n := range nodes(t, w.page("/")) {
				if attribute(n, "class") != "said" || attribute(n.Parent, "id") != "now-keystone" {
					continue
				}
				var plain strings.Builder
				for c := range n.Descendants() {
					if c.Type == html.TextNode {
						plain.WriteString(c.Data)
					}
					if c.Data == "a" {
						got += "[" + c.FirstChild.Data + "]" + attribute(c, "href")
					}
				}
				shown = plain.String() == text
			}
			return shown
		})
		if got != want {
			t.Errorf("%q has the links %s, not %s", text, got, want)
		}
	}
}

// A calendar follows what is booked, and says what was cancelled.
func TestFeeds(t *testing.T) {
	t.Parallel()
	w := begin(t)
	uid := "MonA1.Aspen.nova@denver.ptg.handsoff"
	first := w.page("/track/nova.ics")
	for _, want := range []string{
		"UID:" + uid, "DTSTART;TZID=America/Denver:20180910T090000", "DTEND;TZID=America/Denver:20180910T123000",
		"SUMMARY:Nova", "LOCATION:Aspen", "STATUS:CONFIRMED", "X-WR-CALNAME:Denver PTG: Nova", "BEGIN:DAYLIGHT",
	} {
		if !strings.Contains(first, want+"\r\n") {
			t.Errorf("it lacks %s:\n%s", want, first)
		}
	}
	w.change(func(d *gathering.Draft) error {
		return d.Unbook("nova", gathering.Spot{Room: "Aspen", Slot: "MonA1"}, gathering.Spot{Room: "Aspen", Slot: "MonA2"})
	})
	w.within("it is cancelled", func() bool {
		text := w.page("/track/nova.ics")
		return strings.Contains(text, "UID:"+uid) && strings.Contains(text, "STATUS:CANCELLED") && strings.Contains(text, "SEQUENCE:1\r\n")
	})
	for path, want := range map[string]int{"/room/bigroom2.ics": 1, "/my.ics?tracks=swift,nova": 2, "/my.ics": 0, "/ptg.ics": 2, "/track/unheard-of.ics": 0} {
		if n := strings.Count(w.page(path), "BEGIN:VEVENT"); n != want {
			t.Errorf("%s has %d meetings, not %d", path, n, want)
		}
	}
	// A hundred changes later, and by a process that read none of them.
	for i := range 30 {
		w.change(func(d *gathering.Draft) error { return d.SetNow("nova", fmt.Sprint("talk ", i)) })
	}
	w.within("it has followed", func() bool { return strings.Contains(w.page("/"), "talk 29") })
	before := w.page("/ptg.ics")
	w.pages.Forget()
	if again := w.page("/ptg.ics"); again != before {
		t.Errorf("it was\n%s\nand is\n%s", before, again)
	}
}
