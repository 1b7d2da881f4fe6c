package talk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`Aspen-MonA1`:                   {"Aspen-MonA1"},
		`"Big Room" monday 13:30-15:15`: {"Big Room", "monday", "13:30-15:15"},
		`“Big Room”-MonA1, Vail-MonA1`:  {"Big Room-MonA1", "Vail-MonA1"},
		`Ann's Room-MonA1`:              {"Ann's", "Room-MonA1"},
		`"never closed`:                 {"never closed"},
		` , ,, `:                        nil,
	} {
		if got := talk.Tokens(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestTimeOf(t *testing.T) {
	t.Parallel()
	for word, want := range map[string][2]int{
		"9:00": {540, -1}, "9": {540, -1}, "09.30": {570, -1}, "9am": {540, -1}, "12am": {0, -1}, "12pm": {720, -1}, "1:30pm": {810, -1}, "0930": {570, -1},
		"13:30-15:15": {810, 915}, "9–10:45": {540, 645}, "22:00-2:00": {1320, 1560}, "14h": {840, -1}, "24:00": {1440, -1},
	} {
		from, until, ok := talk.TimeOf(word)
		if !ok || from != want[0] || until != want[1] {
			t.Errorf("%s: %d %d %v", word, from, until, ok)
		}
	}
	for _, word := range []string{"", "25:00", "9:60", "13pm", "0am", "a9", "9-", "-9", "9:00-26:00", "1234567"} {
		if from, until, ok := talk.TimeOf(word); ok {
			t.Errorf("%q is taken as %d %d", word, from, until)
		}
	}
}

func TestMomentOf(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, zone)
	for text, want := range map[string]time.Time{
		"2h":               now.Add(-2 * time.Hour),
		"90m ago":          now.Add(-90 * time.Minute),
		"09:00":            time.Date(2026, 3, 2, 9, 0, 0, 0, zone),
		"10:00":            time.Date(2026, 3, 1, 10, 0, 0, 0, zone),
		"2026-03-01 18:00": time.Date(2026, 3, 1, 18, 0, 0, 0, zone),
		"2026-03-01":       time.Date(2026, 3, 1, 0, 0, 0, 0, zone),
	} {
		if got, ok := talk.MomentOf(text, now); !ok || !got.Equal(want) {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	if got, ok := talk.MomentOf("soon", now); ok {
		t.Error(got)
	}
}

// TestWhoReadsAlong: what is one person's business is told only where nobody else reads, also at doors of which nothing is known.
func TestWhoReadsAlong(t *testing.T) {
	t.Parallel()
	for where, public := range map[string]bool{
		"": false, "telnet:ann": false, "cli:local": false, "web:ann": false, "irc:oftc/ann": false, "irc:oftc/@ann": false,
		"slack:D0ANN": false, "slack:U0ANN": false, "slack:D0ANN/1700000000.000100": false,
		"irc:oftc/#ptg": true, "slack:C0PTG": true, "slack:C0PTG/1700000000.000100": true, "slack:G0PTG": true,
		"github:acme/app#12": true, "gerrit:review/4711": true, "mail:all@example.org": true, "matrix:room": true,
	} {
		if got := talk.InPublic(where); got != public {
			t.Errorf("%q: %v", where, got)
		}
	}
}

// TestTomorrow is the next day also of a day with 25 hours.
func TestTomorrow(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.now = time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC) // half past midnight on the 25th in Berlin
	root := gathering.Author{Principal: "telnet:root", Name: "root"}
	_, err := s.store.Create(t.Context(), "berlin", root, "", "", gathering.About{Name: "Berlin", Zone: "Europe/Berlin"})
	if err == nil {
		_, err = s.store.Change(t.Context(), "berlin", root, "", "", func(d *gathering.Draft) (string, error) {
			days := []gathering.Day{
				{Name: "One", Date: "2026-10-25", Slots: []gathering.Slot{{Code: "A1", Label: "09:00-10:00"}}},
				{Name: "Two", Date: "2026-10-26", Slots: []gathering.Slot{{Code: "B1", Label: "09:00-10:00"}}},
			}
			return "", errors.Join(d.SetDays(days), d.SetRooms([]gathering.Room{{Name: "Aspen", Slots: []string{"A1", "B1"}}}))
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.talk.Say(t.Context(), s.saying("ann", "", "@berlin free tomorrow", false))
	if err != nil || !strings.HasPrefix(answer.Text, "Two 09:00-10:00 (B1): Aspen") {
		t.Errorf("%+v %v", answer, err)
	}
}
