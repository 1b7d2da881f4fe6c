package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// news is what a log tells those who ask for it.
type news struct {
	At   string `json:"at"`
	HTML string `json:"html"`
	More bool   `json:"more"`
	Over bool   `json:"over"`
}

// news asks what a log has behind a line.
func (v *visitor) news(id, after string) (n news) {
	v.Helper()
	p := v.get("jobs/" + id + "/log/live.json?after=" + after)
	if err := json.Unmarshal([]byte(p.body), &n); err != nil || p.StatusCode != http.StatusOK {
		v.Fatalf("%d %v: %s", p.StatusCode, err, p.body)
	}
	return n
}

// TestALogIsAskedFor by those whom streams do not reach: bit by bit, each line once, in order, until it is over.
func TestALogIsAskedFor(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.as("telnet:ops")
	id, does := h.running()
	if n := v.news(id, ""); n != (news{}) {
		t.Errorf("before it wrote anything: %+v", n)
	}
	lines := make([]string, 250)
	for i := range lines {
		lines[i] = fmt.Sprintf("\x1b[32mline\x1b[0m <%d>", i)
	}
	does <- job.Change{Log: lines}
	jobtest.Eventually(t, "the lines", func() bool { return v.news(id, "").More })
	first := v.news(id, "")
	second := v.news(id, first.At)
	all := first.HTML + second.HTML
	if strings.Count(all, "<li>") != 250 || !strings.Contains(all, `<li><span class="c2">line</span> &lt;0&gt;</li><li>`) || !strings.HasSuffix(all, "&lt;249&gt;</li>") {
		t.Errorf("the lines are %s", all)
	}
	if second.More || second.Over {
		t.Errorf("it runs: %+v", second)
	}
	if n := v.news(id, second.At); n != (news{At: second.At}) {
		t.Errorf("nothing is new: %+v", n)
	}
	does <- job.Change{Log: []string{"the last"}}
	close(does)
	jobtest.Eventually(t, "the end", func() bool { return v.news(id, second.At).Over })
	if n := v.news(id, second.At); n.HTML != "<li>the last</li>" || n.More {
		t.Errorf("the end: %+v", n)
	}
	if n := v.news(id, ""); n.Over || !n.More {
		t.Errorf("it is said to be over while there is more: %t %t", n.More, n.Over)
	}
}

// TestWhoMayAskForALog: nobody without the role, for what there is.
func TestWhoMayAskForALog(t *testing.T) {
	t.Parallel()
	h := bare(t, "  public: [jobs]")
	id := h.ended([]string{"a line of output"})
	for who, want := range map[string]int{"": http.StatusForbidden, "telnet:mallory": http.StatusForbidden, "telnet:eve": http.StatusOK} {
		v := h.visitor()
		if who != "" {
			v = h.as(who)
		}
		p := v.get("jobs/" + id + "/log/live.json")
		if p.StatusCode != want || strings.Contains(p.body, "a line of output") != (want == http.StatusOK) {
			t.Errorf("%q: %d %s", who, p.StatusCode, p.body)
		}
	}
	if p := h.as("telnet:eve").get("jobs/zzzz/log/live.json"); p.StatusCode != http.StatusNotFound {
		t.Errorf("no job: %d", p.StatusCode)
	}
}

// TestAnOpenLogIsNoUse: following a log keeps no session alive; looking at it does.
func TestAnOpenLogIsNoUse(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.ended([]string{"a line"})
	v := h.as("telnet:ops")
	h.backdate("seen", time.Hour)
	before := h.record()["seen"]
	for _, path := range []string{"live", "live.json"} {
		if p := v.get("jobs/" + id + "/log/" + path); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "a line") {
			t.Fatalf("%d %s", p.StatusCode, p.body)
		}
		if after := h.record()["seen"]; after != before {
			t.Errorf("%s is a use: %v, %v", path, before, after)
		}
	}
	v.get("jobs/" + id + "/log")
	if after := h.record()["seen"]; after == before {
		t.Error("a page is no use")
	}
}
