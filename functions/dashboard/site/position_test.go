package site

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/page"
)

// TestTimeAloneIsNoNews: a page on which only ages have grown is as it was seen; one on which a time is another is not.
func TestTimeAloneIsNoNews(t *testing.T) {
	t.Parallel()
	at := func(began time.Time, said string) string {
		return position([]page.Part{{ID: "list", Shape: `<td><time data-ago datetime="` + began.Format(time.RFC3339) + `">` + said + `</time></td>`}})
	}
	began := time.Unix(1_700_000_000, 0)
	seen := at(began, "5 s ago")
	if at(began, "6 s ago") != seen {
		t.Error("a second that passed is news")
	}
	if at(began.Add(time.Second), "5 s ago") == seen {
		t.Error("another time is no news")
	}
}
