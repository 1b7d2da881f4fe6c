package main

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// wrote has a job's log be so many lines.
func (h *hall) wrote(id string, n int, text func(i int) string) {
	h.Helper()
	for from := 0; from < n; from += 10_000 {
		_, err := h.Redis.Pipelined(h.Context(), func(pipe redis.Pipeliner) error {
			for i := from; i < min(from+10_000, n); i++ {
				pipe.XAdd(h.Context(), &redis.XAddArgs{Stream: job.Prefix + "job:" + id + ":log", ID: fmt.Sprintf("%d-0", i+1), Values: []any{"at", 1, "text", text(i)}})
			}
			return nil
		})
		h.write(err)
	}
}

var further = regexp.MustCompile(`href="\./(log\?[^"]+)"`)

// next is where a log's page goes on; empty when that is all.
func next(id, body string) string {
	m := further.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return "jobs/" + id + "/" + html.UnescapeString(m[1])
}

// TestSearchingALog: lines that hold the words, marked; page by page; and where the search stopped that is said, and it goes on.
func TestSearchingALog(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.accept()
	const many, lines = 1500, 50_100
	h.wrote(id, lines, func(i int) string {
		switch {
		case i == lines-1:
			return "the \x1b[31mlast\x1b[0m one"
		case i < many:
			return fmt.Sprintf("Many %d <i> of many", i)
		}
		return "filler"
	})
	v := h.as("telnet:eve")
	count := func(body string) int { return strings.Count(body, `<li id="l`) }

	first := v.get("jobs/" + id + "/log?q=MANY")
	at := next(id, first.body)
	if count(first.body) != 1000 || !strings.Contains(first.body, "<mark>Many</mark> 999 &lt;i&gt; of <mark>many</mark></li>") || at == "" {
		t.Fatalf("the first page has %d lines and goes on at %q", count(first.body), at)
	}
	second := v.get(at)
	if count(second.body) != 500 || !strings.Contains(second.body, "</mark> 1000 &lt;") || strings.Contains(second.body, "</mark> 999 &lt;") || next(id, second.body) != "" ||
		!strings.Contains(second.body, "From the beginning") {
		t.Errorf("the second page has %d lines and goes on at %q", count(second.body), next(id, second.body))
	}

	stopped := v.get("jobs/" + id + "/log?q=the+last")
	at = next(id, stopped.body)
	if count(stopped.body) != 0 || !strings.Contains(stopped.body, "No line of those that were looked through holds that.") ||
		!strings.Contains(stopped.body, "50000 lines were looked through.") || at == "" {
		t.Fatalf("a search that stopped goes on at %q: %d lines", at, count(stopped.body))
	}
	if on := v.get(at); count(on.body) != 1 || !strings.Contains(on.body, "<mark>the last</mark> one") || next(id, on.body) != "" {
		t.Errorf("where it goes on there are %d lines", count(on.body))
	}
	if none := v.get(at + "+more"); !strings.Contains(none.body, "holds that") {
		t.Error("it does not say that nothing was found")
	}

	// What is looked for is text, in the field, in the marks and in the links.
	hostile := `<i> of m`
	p := v.get("jobs/" + id + "/log?q=" + url.QueryEscape(hostile))
	onlyOurs(t, "the search", strings.ReplaceAll(p.body, "<mark>", ""))
	if !strings.Contains(p.body, `value="&lt;i&gt; of m"`) || !strings.Contains(p.body, "Many 7 <mark>&lt;i&gt; of m</mark>any") {
		t.Error("a query in HTML is not shown as it is")
	}
	if on := v.get(next(id, p.body)); count(on.body) != 500 {
		t.Errorf("a query in HTML goes on with %d lines", count(on.body))
	}
	p = v.get("jobs/" + id + "/log?q=" + url.QueryEscape(`"><script>alert(1)</script>`))
	onlyOurs(t, "the search", p.body)
	if !strings.Contains(p.body, `value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"`) {
		t.Error("a query that is a script is not shown as text")
	}
}
