package gathering_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// TestDiff has a line for whatever can differ, and none for what does not.
func TestDiff(t *testing.T) {
	t.Parallel()
	before := draft(t)
	_, err := before.CheckIn("slack:U1", "Secret", "nova")
	_, err2 := before.Subscribe("slack:U1", gathering.Subscription{Pattern: "secret", Address: "a"})
	must(t, err, err2, before.Book("nova", aspenA1), before.Book("swift", bigA1), before.SetNow("nova", "one"), before.AddBanner("info", "a"), before.AddBanner("info", "b"),
		before.SetStatus("alert", "down"), before.AddNext("swift", "x"), before.AddModerator("nova", "slack:U1"))
	if lines := gathering.Diff(before.Gathering, then(before, 0).Gathering); len(lines) != 0 {
		t.Errorf("%q", lines)
	}
	d := then(before, time.Hour)
	_, err = d.CheckOut("slack:U1")
	_, err2 = d.CheckIn("slack:U2", "Other", "bar")
	must(t, err, err2, d.Unbook("nova", aspenA1), d.Book("swift", aspenA1), d.Unbook("swift", bigA1), d.Book("nova", aspenA2), d.SetNow("nova", "two"), d.ReorderBanners(2, 1),
		d.SetColor("nova", "red"), d.SetURL("nova", "https://m.example"), d.AddTracks("heat"), d.Clean("swift"), d.SetPlace("swift", "bar"), d.AddSuccess("s", ""), d.AddThanks("t", ""),
		d.SetLinks([]gathering.Link{{Title: "map", URL: "https://x.example"}}), d.Link("irc:x/y", "person:z"), d.DelModerator("nova", "slack:U1"))
	d.ClearStatus()
	d.RequireVoice(true)
	_, err = d.Unsubscribe("slack:U1")
	must(t, err, d.SetAbout(gathering.About{Name: "Autumn", Zone: "Europe/Berlin"}))
	days := slices.Clone(d.Days)
	days[1] = gathering.Day{Name: "Tuesday", Slots: []gathering.Slot{{Code: "TueA1", Label: "x", Start: monday, Minutes: 30}}}
	must(t, d.SetDays(days))
	color := d.Tracks["heat"].Color
	want := []string{
		"name: Autumn (was Fall)",
		"event id: nothing (was fall26)",
		"status: nothing (was alert: down)",
		"voice required: true (was false)",
		"days and slots: + Tuesday TueA1 x from 2026-03-02 08:30 UTC for 30 minutes",
		"track #heat: heat, " + color,
		"track #nova: Nova, red, meeting https://m.example (was Nova, " + before.Tracks["nova"].Color + ")",
		"Aspen-MonA1: booked for swift (was booked for nova by ann)",
		"Aspen-MonA2: booked for nova",
		"Big Room-2-MonA1: free (was booked for swift by ann)",
		"now #nova: two (was one)",
		"next #swift: gone (was x)",
		"place of #swift: bar",
		"moderators of #nova: gone (was slack:U1)",
		"messages: in another order",
		"links: + map https://x.example",
		"people who checked in: 1 more, 1 changed",
		"subscriptions: 1 gone",
		"people tied together: 1 more",
		"successes: 1 more",
		"thanks: 1 more",
	}
	lines := gathering.Diff(before.Gathering, d.Gathering)
	for _, line := range lines {
		if strings.HasPrefix(line, "days and slots: - Tuesday 2026-03-03 TueA") {
			continue
		}
		if !slices.Contains(want, line) {
			t.Errorf("said: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("not said: %s", line)
		}
	}
	if text := strings.Join(lines, " "); strings.Contains(text, "ecret") {
		t.Errorf("who is there is nobody's business: %s", text)
	}
}
