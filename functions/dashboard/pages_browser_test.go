package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// usual is what people write.
const usual = "the change cannot be merged: its parent is abandoned"

// TestPicturesOfPages keeps a picture of each of these pages, as TestPictures does.
func TestPicturesOfPages(t *testing.T) {
	t.Parallel()
	dir := pagetest.PicturesFolder(t, "dashboard")
	h := house(t, usual)
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	enter(tab, h.link("telnet:ops"))
	tab.Pictures(dir, h.base(), housePages)
}

// seldom are pages like another one, that are looked at in a soak only.
var seldom = []string{"schedule-paused", "rule-paused", "event-dead", "statistics-week", "statistics-weeks", "statistics-none", "audit-wrong"}

// TestPagesAreAccessible has axe-core look at each of these pages.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	h := house(t, usual)
	enter(tab, h.link("telnet:ops"))
	for name, path := range housePages {
		if jobtest.Soak() || !slices.Contains(seldom, name) {
			tab.Accessible(h.base() + path)
		}
	}
}

// TestTextsOnPagesAreTexts: whatever somebody outside writes is text there. In a soak each text has pages of its own.
func TestTextsOnPagesAreTexts(t *testing.T) {
	t.Parallel()
	texts := hostile
	if !jobtest.Soak() {
		texts = []string{strings.Join(hostile, " "), hostile[1]}
	}
	for _, text := range texts {
		clean := strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
		h := house(t, clean)
		v := h.as("telnet:ops")
		given := escaped(text)
		own := []string{
			"rules/verify?event=" + given, "events/one?id=" + given, "events?topic=" + given + "&rule=" + given + "&subject=" + given,
			"audit?who=" + given + "&act=" + given + "&text=" + given + "&since=" + given + "&before=" + given,
			"statistics?range=" + given + "&command=" + given,
		}
		for _, path := range slices.AppendSeq(own, maps.Values(housePages)) {
			answer := v.get(path)
			if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d for %q", path, answer.StatusCode, text)
			}
			onlyOurs(t, path, answer.body)
		}
	}
}

// escaped is a text as a part of an address.
func escaped(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
