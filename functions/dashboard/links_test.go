package main

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/handsoff/handsoff/shared/job"
)

// TestAJobsLinksLead somewhere: also those to all that can have led to it.
func TestAJobsLinksLead(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	before := h.accept()
	id := h.ended([]string{"a line"}, func(r *job.Request) {
		r.RetryOf = before
		r.Why.Cause = []string{"rule:verify", "event:gerrit-review-77", "schedule:nova-nightly", "job:" + before}
	})
	v := h.as("telnet:ops")
	root, err := html.Parse(strings.NewReader(v.get("jobs/" + id).body))
	if err != nil {
		t.Fatal(err)
	}
	led := map[string]bool{}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if n.Type != html.ElementNode || a.Key != "href" || led[a.Val] {
				continue
			}
			led[a.Val] = true
			path := strings.TrimPrefix(a.Val, "../")
			if p := v.get(path); p.StatusCode != http.StatusOK {
				t.Errorf("%s answers %d", a.Val, p.StatusCode)
			}
		}
	}
	for _, want := range []string{"rules/verify", "events/one?id=gerrit-review-77", "schedules/nova-nightly", "jobs/" + before} {
		if !led["../"+want] {
			t.Errorf("the page does not lead to %s: %v", want, led)
		}
	}
}
