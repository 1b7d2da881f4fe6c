package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// forges is a GitHub and a Gerrit, counted.
type forges struct {
	*httptest.Server

	asked atomic.Int32
	token atomic.Value
}

func newForges(tb testing.TB) *forges {
	tb.Helper()
	f := &forges{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		f.token.Store(r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/api/repos/a/b/pulls/1":
			fmt.Fprint(w, `{"title":"Fix <it>","state":"open","user":{"login":"ann"},"base":{"ref":"main"},"head":{"ref":"fix"}}`)
		default:
			number := strings.TrimPrefix(r.URL.Path, "/changes/")
			if number == "404" {
				http.NotFound(w, r)
				return
			}
			fmt.Fprintf(w, ")]}'\n{\"_number\":%s,\"project\":\"nova\",\"subject\":\"Change %s\",\"status\":\"MERGED\",\"branch\":\"master\"}", number, number)
		}
	}))
	tb.Cleanup(f.Close)
	return f
}

// linkingHall is a hall whose configuration names those forges and a dashboard.
func linkingHall(t *testing.T, f *forges) *hall {
	t.Helper()
	return newHall(t, jobtest.Redis(t).Client(t), func(secrets map[string]string) {
		text := strings.Replace(secrets[function.ConfigSecret], "teams: [T0GRID]", fmt.Sprintf(
			"teams: [T0GRID], unfurl: [{github: 'https://github.com', api: '%s/api'}, {gerrit: '%s'}]", f.URL, f.URL), 1)
		secrets[function.ConfigSecret] = text + "\ndashboard: {url: 'https://bot.example.org/'}\n"
		secrets[githubSecret] = "ghp_1\n"
	})
}

// links is an event about links that somebody posted.
func links(user, more string, urls ...string) string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = fmt.Sprintf(`{"domain":"x","url":%q}`, u)
	}
	return fmt.Sprintf(`{"type":"link_shared","user":%q,"channel":"C0OPS","message_ts":"17.1"%s,"links":[%s]}`, user, more, strings.Join(list, ","))
}

func (h *hall) unfolds(id, event string, want ...string) {
	h.Helper()
	h.event(id, event)
	h.settles()
	h.slack.mu.Lock()
	defer h.slack.mu.Unlock()
	var got []string
	for _, line := range h.slack.unfurls {
		parts := strings.SplitN(line, " ", 4)
		if parts[0] != "C0OPS" || parts[1] != "17.1" {
			h.Errorf("unfolded elsewhere: %s", line)
		}
		got = append(got, parts[2])
	}
	h.slack.unfurls = nil
	slices.Sort(got)
	if !slices.Equal(got, want) {
		h.Errorf("%s: unfolded %v, want %v", event, got, want)
	}
}

func TestLinksAreUnfolded(t *testing.T) {
	t.Parallel()
	f := newForges(t)
	h := linkingHall(t, f)
	id := h.accepts(of("slack:U0EVE", "run it"), func(r *job.Request) { r.Args = map[string]any{"n": 1} })
	const pull, job = "https://github.com/a/b/pull/1", "https://bot.example.org/jobs/"
	change := f.URL + "/c/nova/+/7"
	h.event("Ev0", links("U0EVE", "", pull, job+id))
	h.settles()
	all := strings.Join(h.slack.unfolded(), "\n")
	for _, said := range []string{`Fix \u0026lt;it\u0026gt;`, "*open*", "main ← fix", "run it", id, "asked for at "} {
		if !strings.Contains(all, said) {
			t.Errorf("%s is not in %s", said, all)
		}
	}
	if strings.Contains(all, `"button"`) {
		t.Error("a preview has buttons:", all)
	}
	if f.token.Load() != "Bearer ghp_1" {
		t.Errorf("asked with %v", f.token.Load())
	}
	h.slack.mu.Lock()
	h.slack.unfurls = nil
	h.slack.mu.Unlock()
	f.asked.Store(0)

	h.unfolds("Ev1", links("U0EVE", "", pull, "https://github.com/A/B/pull/1/files", pull, f.URL+"/c/nova/+/404", "https://evil.example/a/b/pull/1"), pull)
	if n := f.asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
	h.unfolds("Ev2", links("U0EVE", `,"source":"composer","unfurl_id":"u"`, pull))
	h.unfolds("Ev3", links("U0CI", "", pull))
	h.unfolds("Ev4", links("U0GUEST", "", pull, job+id))
	h.unfolds("Ev5", links("U0STR", "", pull, job+id))
	h.unfolds("Ev6", links("U0EVE", "", job+"zzzz"))
	if n := f.asked.Load(); n != 2 {
		t.Errorf("something was fetched that is nobody's: %d requests", n)
	}
	var many, want []string
	for i := range 14 {
		many = append(many, fmt.Sprintf("%s/%d", f.URL, 10+i))
	}
	want = append(want, many[:10]...)
	h.unfolds("Ev7", links("U0EVE", "", append(many, change)...), want...)
}

func TestASlackThatRefusesAPreview(t *testing.T) {
	t.Parallel()
	f := newForges(t)
	h := linkingHall(t, f)
	h.slack.fails("chat.unfurl", "cannot_unfurl_url", "429")
	h.unfolds("Ev1", links("U0EVE", "", "https://github.com/a/b/pull/1"))
	h.unfolds("Ev2", links("U0EVE", "", "https://github.com/a/b/pull/1"), "https://github.com/a/b/pull/1")
	if n := h.slack.called("chat.unfurl"); n != 3 {
		t.Errorf("%d calls", n)
	}
}
