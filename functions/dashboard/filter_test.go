package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// mixed is one of the jobs that are looked for, as the engine would leave it.
type mixed struct {
	name, who, door, function, lock, text string
	state                                 job.State
	ago                                   time.Duration // since it was accepted, or ended
}

// mixture are some of each kind; day is so long ago that it is another day than today.
const day = 30 * time.Hour

var mixture = []mixed{
	{"asks", "telnet:eve", "telnet", "openstack", "", "openstack server delete web", job.Confirming, time.Minute},
	{"runs", "telnet:ann", "telnet", "jenkins", "jenkins/Nova", "jenkins build nova", job.Running, 10 * time.Minute},
	{"sleeps", "slack:U0ANN", "slack", "jenkins", "jenkins/kettle", "jenkins build kettle", job.Waiting, 5 * time.Hour},
	{"stops", "telnet:bob", "telnet", "ansible", "", "ansible run site", job.Cancelling, day},
	{"waits", "schedule:nightly", "schedule", "git", "git/nova", "git sync nova", job.Queued, 3 * 24 * time.Hour},
	{"good", "telnet:ann", "web", "jenkins", "", "jenkins build nova", job.Succeeded, time.Hour},
	{"bad", "telnet:bob", "slack", "ansible", "git/nova", "ansible run site", job.Failed, 6 * time.Hour},
	{"stopped", "slack:U0ANN", "slack", "git", "", "git sync kettle", job.Cancelled, day},
	{"lost", "github:7", "github", "jenkins", "", "jenkins build 100%_*", job.Unknown, 3 * 24 * time.Hour},
}

// mix makes them, and gives their names by id.
func (h *hall) mix() map[string]string {
	h.Helper()
	names := make(map[string]string)
	now := time.Now()
	for _, m := range mixture {
		id := h.accept(func(r *job.Request) {
			r.Principal, r.Origin, r.Function, r.Text = m.who, job.Origin{Door: m.door}, m.function, m.text
		})
		names[id] = m.name
		at := now.Add(-m.ago).UnixMilli()
		index, field := "open", "created"
		if m.state.Final() {
			index, field = "finished", "finished"
			h.write(h.Redis.ZRem(h.Context(), job.Prefix+"open", id).Err())
		}
		h.write(h.Redis.ZAdd(h.Context(), job.Prefix+index, redis.Z{Score: float64(at), Member: id}).Err())
		h.write(h.Redis.HSet(h.Context(), job.Prefix+"job:"+id, "state", string(m.state), field, at, "lock", m.lock).Err())
	}
	return names
}

// TestFilters in the address: each alone, two together, and what they leave out.
func TestFilters(t *testing.T) {
	t.Parallel()
	h := bare(t)
	names := h.mix()
	v := h.as("telnet:eve")
	that := time.Now().UTC().Add(-day).Format(time.DateOnly)
	const all = "asks runs sleeps stops waits good bad stopped lost"
	for query, want := range map[string]string{
		"":                                 all,
		"who=ann":                          "runs sleeps good stopped",
		"who=person:ann":                   "runs sleeps good stopped",
		"who=TELNET:bob":                   "stops bad",
		"who=nightly":                      "waits",
		"who=an":                           "",
		"door=Slack":                       "sleeps bad stopped",
		"door=web":                         "good",
		"function=git":                     "waits stopped",
		"function=jenkins":                 "runs sleeps good lost",
		"state=open":                       "asks runs sleeps stops waits",
		"state=confirming":                 "asks",
		"state=running":                    "runs sleeps stops",
		"state=queued":                     "waits",
		"state=finished":                   "good bad stopped lost",
		"state=succeeded":                  "good",
		"state=failed":                     "bad",
		"state=cancelled":                  "stopped",
		"state=unknown":                    "lost",
		"lock=NOVA":                        "runs waits bad",
		"lock=git/":                        "waits bad",
		"text=Nova+build":                  "runs good",
		"text=kettle":                      "sleeps stopped",
		"text=100%25_*":                    "lost",
		"text=*":                           "lost",
		"since=2h":                         "asks runs good",
		"since=2h+ago":                     "asks runs good",
		"until=2h":                         "sleeps stops waits bad stopped lost",
		"since=" + that:                    "asks runs sleeps stops good bad stopped",
		"until=" + that:                    "stops waits stopped lost",
		"since=" + that + "&until=" + that: "stops stopped",
		"since=7h&until=2h":                "sleeps bad",
		"since=2h&until=7h":                "",
		"who=ann&state=open":               "runs sleeps",
		"who=bob&door=slack":               "bad",
		"door=slack&function=git":          "stopped",
		"function=jenkins&state=failed":    "",
		"state=running&lock=nova":          "runs",
		"lock=nova&text=sync":              "waits",
		"text=build&since=2h":              "runs good",
		"who=ann&until=2h":                 "sleeps stopped",
		"text=" + url.QueryEscape(strings.Repeat("x", 300)): "",
	} {
		if got := found(v.get("?"+query).body, names); got != want {
			t.Errorf("?%s finds %q, not %q", query, got, want)
		}
	}
	if at := time.Now().UTC().Add(-2 * time.Hour).Format("2006-01-02 15:04"); found(v.get("?since="+url.QueryEscape(at)).body, names) != "asks runs good" {
		t.Errorf("since %s finds others", at)
	}
}

// found are the names of the jobs that a list has, in the mixture's order.
func found(body string, names map[string]string) string {
	var list []string
	for id, name := range names {
		if strings.Contains(body, `id="job-`+id+`"`) {
			list = append(list, name)
		}
	}
	place := func(name string) int { return slices.IndexFunc(mixture, func(m mixed) bool { return m.name == name }) }
	slices.SortFunc(list, func(a, b string) int { return place(a) - place(b) })
	return strings.Join(list, " ")
}

// TestWrongFilters say what is wrong with them, and leave nothing out.
func TestWrongFilters(t *testing.T) {
	t.Parallel()
	h := bare(t)
	names := h.mix()
	v := h.as("telnet:eve")
	for query, wants := range map[string][]string{
		"state=nope":            {"There is no state “nope”."},
		"state=%3Cb%3E":         {"There is no state “&lt;b&gt;”."},
		"since=soon":            {"I cannot read “soon” as a time (since)"},
		"until=2026-13-40":      {"I cannot read “2026-13-40” as a time (until)"},
		"since=x&until=y":       {"“x” as a time (since)", "“y” as a time (until)"},
		"state=Running&since=-": {"no state “Running”", "“-” as a time (since)"},
	} {
		body := v.get("?" + query).body
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("?%s does not say %q", query, want)
			}
		}
		if n := strings.Count(body, `role="alert"`); n != len(wants) {
			t.Errorf("?%s says %d things", query, n)
		}
		if got := found(body, names); strings.Count(got, " ") != len(mixture)-1 {
			t.Errorf("?%s leaves out all but %q", query, got)
		}
	}
	// What is right beside it counts.
	if got := found(v.get("?since=soon&state=failed").body, names); got != "bad" {
		t.Errorf("beside what is wrong: %q", got)
	}
}

// TestTheFirstPageIsSmall with as many jobs as a list shows, together with its files and before any compression; and what asks for an approval is not among
// those that are left out.
func TestTheFirstPageIsSmall(t *testing.T) {
	t.Parallel()
	h := bare(t)
	long := strings.Repeat("a long line of a job ", 20)
	asks := ""
	for i := range 240 { // more than are shown
		id := h.accept(func(r *job.Request) { r.Text = fmt.Sprintf("jenkins build demo/slow number=%d %s", i, long) })
		state, index, field := job.Running, "open", "started"
		if i == 0 {
			state, asks = job.Confirming, id
		}
		if i >= 200 {
			state, index, field = job.Failed, "finished", "finished"
			h.write(h.Redis.ZRem(t.Context(), job.Prefix+"open", id).Err())
		}
		at := time.Now().Add(-time.Minute).UnixMilli()
		h.write(h.Redis.ZAdd(t.Context(), job.Prefix+index, redis.Z{Score: float64(at), Member: id}).Err())
		h.write(h.Redis.HSet(t.Context(), job.Prefix+"job:"+id, "state", string(state), field, at, "percent", 40, "line", long, "error", long).Err())
	}
	v := h.as("telnet:ops")
	body := v.get("").body
	rows, size := strings.Count(body, `id="job-`), len(body)
	if strings.Index(body, `id="job-`) != strings.Index(body, `id="job-`+asks) || !strings.Contains(body, "1 asking for approval") {
		t.Error("what asks is not the first, or not counted")
	}
	for name := range strings.SplitSeq(body, `asset/`) {
		if name, _, ok := strings.Cut(name, `"`); ok && strings.Contains(name, "-") && !strings.Contains(name, " ") {
			file := v.get("asset/" + name)
			if len(file.body) == 0 {
				t.Errorf("%s is empty", name)
			}
			size += len(file.body)
		}
	}
	if rows != 75 || size > 100_000 {
		t.Errorf("%d rows in %d bytes, of which the page has %d", rows, size, len(body))
	}
}
