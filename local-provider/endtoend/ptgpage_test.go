package endtoend

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

const thePTG = "ptg" // the function

// TestThePagesOfAnEvent are served through the gateway: the page, its data, calendar and files, and what is new as it comes; also when the function has died.
func TestThePagesOfAnEvent(t *testing.T) {
	t.Parallel()
	s := start(t)
	root := s.ports.GatewayURL() + "/function/ptg/"
	get := func(path string) (*http.Response, string) {
		t.Helper()
		answer, err := http.Get(root + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
	s.eventually("the pages are there", func() bool { answer, _ := get(""); return answer.StatusCode == http.StatusNotFound })
	for _, line := range []string{"ptg event new sandbox Sandbox", "~add nova", "#nova now Cells <b>v2</b>"} {
		s.post("ops", line)
	}
	var page string
	s.eventually("the event is shown", func() bool { _, page = get(""); return strings.Contains(page, "Cells") })
	if !strings.Contains(page, "Cells &lt;b&gt;v2&lt;/b&gt;") {
		t.Error("a text is markup")
	}
	for path, want := range map[string]string{
		"": "text/html", "schedule": "text/html", "track/nova": "text/html", "signage": "text/html", "at/sandbox/": "text/html",
		"ptg.json": "application/json", "ptg.ics": "text/calendar", "track/nova.ics": "text/calendar",
	} {
		answer, body := get(path)
		if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), want) || answer.Header.Get("ETag") == "" || body == "" {
			t.Errorf("%s: %s %v", path, answer.Status, answer.Header)
		}
		if want == "text/html" && !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy", path)
		}
	}
	s.back(thePTG, s.kill(thePTG)) // it holds nothing
	s.eventually("the event is shown again", func() bool { _, page = get(""); return strings.Contains(page, "Cells") })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, root+"live?page=now", nil)
	if err != nil {
		t.Fatal(err)
	}
	live, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = live.Body.Close() }()
	s.post("ops", "#nova now Upgrades")
	lines := bufio.NewScanner(live.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") && strings.Contains(lines.Text(), "Upgrades") {
			return
		}
	}
	t.Errorf("what is new did not come: %v", lines.Err())
}
