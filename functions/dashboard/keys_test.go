package main

import (
	"encoding/json"
	"net/url"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job"
	pages "github.com/handsoff/handsoff/shared/page"
)

var (
	pressed = regexp.MustCompile(`<form [^>]*>`)
	rows    = regexp.MustCompile(`(?s)<tr[^>]*>.*?</tr>`)
	named   = regexp.MustCompile(`^<(?:form|tr) (?:[^>]* )?(?:id|data-key)="[^"]+"`)
	links   = regexp.MustCompile(`<td.*<a `)
)

// TestWhatIsRenewedHasAName: on pages that keep themselves up to date forms, and rows with links, are told apart by their names, so
// that none becomes another one.
func TestWhatIsRenewedHasAName(t *testing.T) {
	t.Parallel()
	h := house(t, usual)
	asks := h.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	runs, does := h.running()
	told(does, job.Change{
		Offers: []job.Offer{{Title: "Extend", Text: "env extend demo"}}, Parts: []job.Part{{Name: "first", State: "running", Job: asks}},
		Links: []job.Link{{Title: "build", URL: "http://127.0.0.1/1"}},
	})
	v := h.as("telnet:ops")
	n := 0
	for _, path := range []string{"", "jobs/" + asks, "jobs/" + runs, "events", "rules", "rules/verify", "schedules", "schedules/nova-nightly", "system"} {
		var m pages.Message
		if err := json.Unmarshal([]byte(v.get("live.json?page="+url.QueryEscape(path)).body), &m); err != nil || len(m.Parts) == 0 {
			t.Fatalf("%s: %v %+v", path, err, m)
		}
		for _, part := range m.Parts {
			for _, one := range append(pressed.FindAllString(part.HTML, -1), rows.FindAllString(part.HTML, -1)...) {
				if one[1] == 't' && !links.MatchString(one) {
					continue
				}
				if n++; !named.MatchString(one) {
					t.Errorf("%s: %s", path, one)
				}
			}
		}
	}
	if n < 12 {
		t.Errorf("%d were looked at", n)
	}
}

// TestNothingElseIsUnderAFinger: the button on which somebody stands does not become another one when somebody else is quicker.
func TestNothingElseIsUnderAFinger(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	h := bare(t)
	id := h.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	enter(tab, h.link("telnet:ops"))
	tab.Do(chromedp.Navigate(h.base()+"jobs/"+id), pagetest.Visible(`form[action$="/approve"] button`))
	tab.Until(`document.documentElement.dataset.live === "stream"`)
	tab.Do(chromedp.Evaluate(`window.held = document.querySelector('form[action$="/approve"] button'); held.focus()`, nil))
	if _, err := h.Jobs.Approve(t.Context(), id, "telnet:bob", false); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelector('form[action$="/cancel"]') !== null`)
	var stays bool
	tab.Do(chromedp.Evaluate(`held.isConnected`, &stays))
	if stays {
		t.Error("what was Approve is another button")
	}
}
