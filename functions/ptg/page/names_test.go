package page_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// Whom a text names by a principal is shown by the name that people saw; who told only the bot of themselves is not.
func TestPeopleAreCalledByTheirNames(t *testing.T) {
	t.Parallel()
	w := begin(t)
	w.change(func(d *gathering.Draft) error {
		_, err := d.CheckIn("slack:U0BOB", "Bob <b>", "#swift")
		_, more := d.Subscribe("slack:U0EVE", gathering.Subscription{Name: "eve", Tracks: []string{"nova"}, Address: "slack:U0EVE"})
		d.PutNow("keystone", &gathering.Note{Text: "x", By: gathering.Author{Principal: "slack:U0BOB", Name: "U0BOB"}, At: monday})
		return errors.Join(err, more, d.Link("slack:U0TWIN", "slack:U0BOB"),
			d.SetNow("nova", "Cells with slack:U0BOB, (slack:U0TWIN) and slack:U0EVE, not slack:U0BOBBY"),
			d.AddNext("nova", "Quotas with slack:U0BOB"), d.AddBanner("info", "Ask slack:U0BOB."), d.AddThanks("slack:U0BOB for the cake", ""))
	})
	text := w.page("/")
	for _, want := range []string{
		"Cells with Bob &lt;b&gt;, (Bob &lt;b&gt;) and slack:U0EVE, not slack:U0BOBBY</p>", // as it is read
		`data-say="Nova now: Cells with Bob &lt;b&gt;, (`,                                  // as it is heard
		`data-say="Note: Ask Bob &lt;b&gt;."`, "by Bob &lt;b&gt;</span>", "Quotas with Bob &lt;b&gt;</p>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	if thanks := w.page("/success"); !strings.Contains(thanks, "Bob &lt;b&gt; for the cake") {
		t.Errorf("no name in:\n%s", thanks)
	}
	if !strings.Contains(w.page("/?q=bob"), `id="now-nova" class="card" data-track="nova"`) {
		t.Error("a name is not found")
	}
}
