package page

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// maxSearch bounds what is searched for, in bytes.
const maxSearch = 100

// filter is what somebody wants to see of a page, as its address says.
type filter struct {
	Text string   // as typed
	Mine []string // keys of tracks; none is all
	Day  string   // of the schedule

	words []string
}

// filterOf reads it. What cannot be meant is passed over.
func filterOf(query url.Values) filter {
	f := filter{Text: strings.TrimSpace(query.Get("q")), Day: query.Get("day")}
	if len(f.Text) > maxSearch || !utf8.ValidString(f.Text) {
		f.Text = ""
	}
	f.words = strings.Fields(strings.ToLower(f.Text))
	f.Mine = tracksOf(query["mine"])
	return f
}

// tracksOf are the keys of tracks in values that hold one each or several with commas.
func tracksOf(values []string) []string {
	var list []string
	for _, value := range values {
		for track := range strings.SplitSeq(value, ",") {
			key := gathering.Key(strings.TrimSpace(track))
			if gathering.CheckTrack(key) == nil && !slices.Contains(list, key) && len(list) < gathering.MaxTracks {
				list = append(list, key)
			}
		}
	}
	return list
}

// Active reports whether anything is left out.
func (f filter) Active() bool { return len(f.words) > 0 || len(f.Mine) > 0 }

// query is the filter as an address has it, with its question mark; empty for none.
func (f filter) query() string {
	values := url.Values{}
	if f.Text != "" {
		values.Set("q", f.Text)
	}
	for _, track := range f.Mine {
		values.Add("mine", track)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// says reports whether all words that are searched for are in a text, which is in lower case.
func (f filter) says(text string) bool {
	for _, word := range f.words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// wants reports whether a track is one that is to be seen.
func (f filter) wants(track string) bool { return len(f.Mine) == 0 || slices.Contains(f.Mine, track) }

// hides reports whether an item of a track, with these words, is left out.
func (f filter) hides(track, words string) bool { return !f.wants(track) || !f.says(words) }

// words are texts as they are searched in.
func words(texts ...string) string { return strings.ToLower(strings.Join(texts, " ")) }
