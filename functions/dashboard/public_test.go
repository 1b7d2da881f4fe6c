package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// secretive is a job with a word of its own in each place where it can say something; it runs, or was stopped.
func (h *hall) secretive(stopped bool, changes ...func(*job.Request)) string {
	h.Helper()
	id, does := h.running(append(changes, func(r *job.Request) {
		r.Args, r.Text, r.Lock = map[string]any{"what": "hidden-argument"}, "demo run what=hidden-text", "hidden-lock"+r.Key
		r.Why.Notes = []string{"hidden-note"}
	})...)
	does <- job.Change{
		Progress: &job.Progress{Percent: 40, Line: "hidden-line"}, Say: []string{"hidden-story"}, Log: []string{"hidden-log"},
		Links: []job.Link{{Title: "hidden-link", URL: "https://ci.example.org/hidden-link"}},
	}
	jobtest.Eventually(h, "the line", func() bool {
		j, err := h.Jobs.Get(h.Context(), id)
		return err == nil && j.Progress.Line != ""
	})
	if !stopped {
		return id
	}
	if _, err := h.Jobs.Cancel(h.Context(), id, "telnet:hidden-canceller", "hidden-reason"); err != nil {
		h.Fatal(err)
	}
	jobtest.Eventually(h, "the stop", func() bool {
		j, err := h.Jobs.Get(h.Context(), id)
		return err == nil && j.State == job.Cancelled
	})
	return id
}

// hidden are the words of a text that begin with "hidden-", once each, in order.
func hidden(text string) string {
	var list []string
	for _, name := range []string{"argument", "text", "lock", "note", "line", "story", "log", "link", "reason", "canceller"} {
		if strings.Contains(text, "hidden-"+name) {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

// TestWhatStrangersSee of public jobs is how they stand, and what they wrote only where logs are public too; that somebody has
// logged in is no role. Whoever asked for a job sees what became of it.
func TestWhatStrangersSee(t *testing.T) {
	t.Parallel()
	jobs, logs := bare(t, "  public: [jobs]"), bare(t, "  public: [jobs, logs]")
	for _, c := range []struct {
		hall                *hall
		who                 string
		stopped, runs, list string
	}{
		{jobs, "", "", "", ""},
		{jobs, "telnet:mallory", "", "", ""},
		{jobs, "telnet:someone", "argument text lock note story link reason canceller", "argument text lock note line story link", "text line"},
		{jobs, "telnet:eve", "argument text lock note story log link reason canceller", "argument text lock note line story log link", "text line"},
		{logs, "", "lock story log link reason canceller", "lock line story log link", "line"},
		{logs, "telnet:mallory", "lock story log link reason canceller", "lock line story log link", "line"},
	} {
		h := c.hall
		by := "telnet:ann"
		if c.who == "telnet:someone" {
			by = c.who
		}
		stopped := h.secretive(true, func(r *job.Request) { r.Key, r.Principal = c.who+"stopped", by })
		runs := h.secretive(false, func(r *job.Request) { r.Key, r.Principal = c.who+"runs", by })
		v := h.visitor()
		if c.who != "" {
			v = h.as(c.who)
		}
		for path, want := range map[string]string{"jobs/" + stopped: c.stopped, "jobs/" + runs: c.runs, "": c.list} {
			p := v.get(path)
			if got := hidden(p.body); got != want || p.StatusCode != http.StatusOK || !strings.Contains(p.body, "demo run") {
				t.Errorf("%q sees %q of %q, not %q (%d)", c.who, got, path, want, p.StatusCode)
			}
		}
	}
}

// TestWhatStrangersFind: what is not shown is not told by searching for it either.
func TestWhatStrangersFind(t *testing.T) {
	t.Parallel()
	jobs, logs := bare(t, "  public: [jobs]"), bare(t, "  public: [jobs, logs]")
	for _, c := range []struct {
		hall  *hall
		who   string
		finds string
	}{
		{jobs, "", "id command name"},
		{jobs, "telnet:mallory", "id command name"},
		{logs, "", "id command line lock name"},
		{jobs, "telnet:eve", "id command text line lock name person"},
	} {
		id := c.hall.secretive(false, func(r *job.Request) { r.Key = c.who })
		v := c.hall.visitor()
		if c.who != "" {
			v = c.hall.as(c.who)
		}
		var finds []string
		for _, one := range [][2]string{
			{"id", "text=" + id},
			{"command", "text=demo+run"},
			{"text", "text=hidden-text"},
			{"line", "text=hidden-line"},
			{"lock", "lock=hidden-lock"},
			{"name", "who=ann"},
			{"person", "who=slack:U0ANN"},
		} {
			if strings.Contains(v.get("?"+one[1]).body, "jobs/"+id+`"`) {
				finds = append(finds, one[0])
			}
		}
		if got := strings.Join(finds, " "); got != c.finds {
			t.Errorf("%q finds a job by %q, not %q", c.who, got, c.finds)
		}
	}
}

// TestWhyADeliveryWasGivenUp is told to viewers, and to strangers only that it was.
func TestWhyADeliveryWasGivenUp(t *testing.T) {
	t.Parallel()
	h := bare(t, "  public: [events]")
	h.givesUp("github", "hidden-text")
	for who, told := range map[string]bool{"": false, "telnet:mallory": false, "telnet:eve": true} {
		v := h.visitor()
		if who != "" {
			v = h.as(who)
		}
		body := v.get("events/one?id=dead-github").body
		if !strings.Contains(body, ">given up<") || strings.Contains(body, "hidden-text") != told {
			t.Errorf("%q is told why: %t", who, !told)
		}
	}
}
