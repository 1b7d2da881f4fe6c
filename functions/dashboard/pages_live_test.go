package main

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/ruling"
	"github.com/handsoff/handsoff/shared/schedule"
)

var positions = regexp.MustCompile(`data-at="([^"]*)"`)

// fresh asks what is new on a page since it was as the text of it says.
func (v *visitor) fresh(path, text string) string {
	v.Helper()
	at := positions.FindStringSubmatch(text)
	if at == nil {
		v.Fatalf("%s is not kept up to date", path)
	}
	return v.get("live.json?page=" + url.QueryEscape(path) + "&after=" + url.QueryEscape(at[1])).body
}

// TestPagesAreKeptUpToDate: what did not change is not sent, and what did is, without the rest.
func TestPagesAreKeptUpToDate(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	v := h.as("telnet:ops")
	for path, change := range map[string]func(){
		"schedules": func() {
			h.write(schedule.Save(t.Context(), h.Redis, "report", &schedule.State{Paused: &schedule.Pause{By: "telnet:bob"}}))
		},
		"rules": func() {
			_, err := ruling.SetPause(t.Context(), h.Redis, "tip", &ruling.Pause{By: "telnet:bob"})
			h.write(err)
		},
	} {
		text := v.get(path).body
		again := v.fresh(path, text)
		var message struct {
			Parts []json.RawMessage `json:"parts"`
		}
		if err := json.Unmarshal([]byte(again), &message); err != nil || len(message.Parts) > 0 || !strings.Contains(text, "data-ago") {
			t.Errorf("%s: %v %s", path, err, again)
		}
		change()
		if now := v.fresh(path, text); !strings.Contains(now, "paused") || strings.Contains(now, "<h1") {
			t.Errorf("%s: %s", path, now)
		}
	}
}

// TestTheTrailIsDownloaded, whole and sealed, as the command that checks it reads it.
func TestTheTrailIsDownloaded(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	answer := h.as("telnet:ops").get("audit/trail.jsonl")
	report, err := audit.Check(strings.NewReader(answer.body), audit.Head{})
	if err != nil || !report.Good() || report.Checked < 5 || !strings.Contains(answer.Header.Get("Content-Disposition"), `"trail.jsonl"`) {
		t.Errorf("%+v %v: %s", report, err, answer.body)
	}
	if page := h.as("telnet:ops").get("audit").body; !strings.Contains(page, "Head: <code") {
		t.Error("the page does not show the chain's head")
	}
}
