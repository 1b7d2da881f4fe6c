package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// ours are the elements that our pages have.
var ours = " html head meta title base link script body a header div p img nav ul li span form input button main h1 h2 h3 label details summary section table thead tr th tbody " +
	"td time progress strong b code pre dl dt dd ol svg line rect footer noscript mark text desc select option textarea caption title "

// onlyOurs fails when a page has an element, an attribute or a link that none of our templates makes.
func onlyOurs(t *testing.T, path, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(ours, " "+n.Data+" ") {
			t.Fatalf("%s has a <%s>", path, n.Data)
		}
		for _, a := range n.Attr {
			link := a.Key == "href" || a.Key == "src" || a.Key == "action"
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "formaction":
				t.Fatalf("%s has %s=%q", path, a.Key, a.Val)
			case link && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"), link && strings.HasPrefix(a.Val, "//"), link && strings.HasPrefix(a.Val, "data:"):
				t.Fatalf("%s leads to %q", path, a.Val)
			case n.Data == "script" && (n.FirstChild != nil || a.Key == "src" && !strings.Contains(a.Val, "asset/")):
				t.Fatalf("%s has a script of another's making", path)
			}
		}
	}
}

// hostile texts are what somebody would write to get more out of a page than text.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, "javascript:alert(1)", `</title><script>x</script>`,
	"\x1b[31m<b>\x1b]8;;javascript:alert(1)\x07x", "{{.Data}}", "\u202e\u2028<svg onload=x>", "&lt;script&gt;", strings.Repeat("<i>", 100), `</textarea></pre></ol><iframe>`,
	"\x00\xff<plaintext>", "data:text/html,<script>x</script>", "//evil.example/", "..\\..\\x",
}

// hear shows a job that says a text wherever a job can say something, on all pages, and fails when it is more than text there.
func (h *hall) hear(t *testing.T, v *visitor, text string) {
	t.Helper()
	clean := strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
	id := h.accept(func(r *job.Request) {
		r.Text, r.Lock, r.Args = clean, clean, map[string]any{"what": clean, clean: clean}
		r.Why = job.Why{Role: "operator", Granted: clean, Cause: []string{clean, "rule:" + clean, "job:" + clean}, Notes: []string{clean}}
		r.Origin, r.Principal = job.Origin{Door: clean}, "telnet:ann"
	})
	go func() { _, _ = h.worker.Run(t.Context(), id) }()
	told(h.stage.of(id), job.Change{
		Progress: &job.Progress{Percent: 3, Line: clean}, Say: []string{clean}, Log: []string{clean},
		Links:  []job.Link{{Title: clean, URL: clean}, {Title: clean, URL: "https://example.org/" + clean}, {Title: "x", URL: "javascript:" + clean}},
		Parts:  []job.Part{{Name: clean, State: clean, Note: clean, Job: clean, Started: time.Now()}},
		Offers: []job.Offer{{Title: clean, Text: clean, Danger: true}, {Title: clean, Text: "env delete \"" + strings.ReplaceAll(clean, `"`, "'") + "\"", Danger: true}},
	})
	list, one := v.get("?text="+id).body, v.get("jobs/"+id).body
	if !strings.Contains(list, id) || !strings.Contains(one, id) {
		t.Fatalf("%q: the job is not shown", text)
	}
	onlyOurs(t, "the list", list)
	onlyOurs(t, "the job", one)
	onlyOurs(t, "the log", v.get("jobs/"+id+"/log?q=a").body)
	v.act("jobs/"+id+"/cancel", "reason", clean)
	jobtest.Eventually(t, "the stop", func() bool {
		j, err := h.Jobs.Get(t.Context(), id)
		return err == nil && j.State.Final()
	})
	onlyOurs(t, "the job when it ended", v.get("jobs/"+id).body)
}

// TestHostileTexts: what comes from outside is text on every page.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.as("telnet:ops")
	for _, text := range hostile {
		h.hear(t, v, text)
	}
	for _, text := range hostile {
		for _, path := range []string{"?text=", "?who=", "?state=", "?since=", "?after=", "jobs/", "login?back=", "login/failed?why=", "login/link?token=", "?said="} {
			p := v.get(path + url.QueryEscape(text))
			if p.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s%q: %d", path, text, p.StatusCode)
			}
			onlyOurs(t, path, p.body)
		}
	}
}

// FuzzJob is the like for any text.
func FuzzJob(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	h := bare(f)
	v := h.as("telnet:ops")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		h.TB = t
		h.hear(t, v, text)
	})
	h.TB = f
}

// TestWhatIsSent with each page: a policy that lets nothing of others run.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.as("telnet:ops")
	for _, path := range []string{"", "login", "jobs/zzzz", "live.json?page=", "nowhere"} {
		p := v.get(path)
		policy := p.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || p.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, p.Header)
		}
		if cache := p.Header.Get("Cache-Control"); !strings.Contains(cache, "private") && !strings.Contains(cache, "no-store") {
			t.Errorf("%s: %q", path, cache)
		}
		want := "same-origin"
		if path == "login" {
			want = "strict-origin" // the address of a link holds its token
		}
		if got := p.Header.Get("Referrer-Policy"); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}
