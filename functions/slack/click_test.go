package main

import (
	"encoding/json"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack/card"
)

// aClick is a click of somebody on a button, somewhere.
func aClick(tb testing.TB, h *hall, user, trigger, where string, button *goslack.ButtonBlockElement) string {
	tb.Helper()
	value, err := json.Marshal(button.Value)
	if err != nil {
		tb.Fatal(err)
	}
	if where != atHome {
		where += `,"response_url":"` + h.slack.hook() + `"`
	}
	return payload(`{"type":"block_actions","trigger_id":"` + trigger + `","user":{"id":"` + user + `"},` + where +
		`,"actions":[{"type":"button","action_id":"` + button.ActionID + `","value":` + string(value) + `}]}`)
}

const (
	onCard      = `"channel":{"id":"C0OPS"},"container":{"type":"message"},"message":{"ts":"1700000000.000100"}`
	inAThread   = `"channel":{"id":"C0OPS"},"container":{"type":"message"},"message":{"ts":"1700000000.000200","thread_ts":"1700000000.000100"}`
	ephemerally = `"channel":{"id":"C0OPS"},"container":{"type":"message","is_ephemeral":true,"message_ts":"1700000000.000100"}`
	atHome      = `"container":{"type":"view"},"view":{"id":"V1"}`
)

// TestClicks: a click is a request of who clicked, and is answered where it belongs.
func TestClicks(t *testing.T) {
	t.Parallel()
	on := func(command string) card.Action {
		return card.Action{Command: command, Args: map[string]any{"id": "k3f7"}}
	}
	refuse := command.Answer{Text: "No.", Problem: &command.Problem{Code: command.CodeForbidden}}
	done := command.Answer{Text: "Done."}
	for name, c := range map[string]struct {
		user, where string
		action      card.Action
		answer      command.Answer
		address     string
		want        []string
	}{
		"cancel":           {"U0ANN", onCard, on("cancel"), done, "slack:C0OPS", nil},
		"cancel, refused":  {"U0EVE", onCard, on("cancel"), refuse, "slack:C0OPS", []string{"hook  ephemeral No."}},
		"approve, refused": {"U0EVE", inAThread, on("approve"), refuse, "slack:C0OPS/" + rootTS, []string{"hook /" + rootTS + " ephemeral No."}},
		"retry":            {"U0ANN", inAThread, on("retry"), command.Answer{Text: "new", Accepted: true}, "slack:C0OPS/" + rootTS, nil},
		"log":              {"U0ANN", onCard, on("log"), done, "slack:C0OPS", []string{"Message C0OPS/" + rootTS + "  Done."}},
		"log in a thread":  {"U0ANN", inAThread, on("log"), done, "slack:C0OPS/" + rootTS, []string{"Message C0OPS/" + rootTS + "  Done."}},
		"log at home":      {"U0ANN", atHome, on("log"), done, "slack:U0ANN", []string{"Message D0ANN  Done."}},
		"log, ephemeral":   {"U0ANN", ephemerally, on("log"), done, "slack:C0OPS", []string{"hook  ephemeral Done."}},
		"a suggestion in a thread": {
			"U0EVE", `"channel":{"id":"C0OPS"},"container":{"type":"message","is_ephemeral":true,"message_ts":"1700000000.000200","thread_ts":"` + rootTS + `"}`,
			card.Action{Text: "help jobs"},
			done, "slack:C0OPS/" + rootTS,
			[]string{"hook /" + rootTS + " ephemeral Done."},
		},
		"a suggestion":     {"U0EVE", ephemerally, card.Action{Text: "help jobs"}, done, "slack:C0OPS", []string{"hook  ephemeral Done."}},
		"cancel in a view": {"U0EVE", atHome, on("cancel"), refuse, "slack:U0EVE", []string{"Message D0EVE  No."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Redis(t).Client(t))
			h.desk.answer = func(command.Envelope) command.Answer { return c.answer }
			h.sends(inForm, aClick(t, h, c.user, "1.2.3", c.where, card.Button(1, "Do", c.action)))
			e := h.only()
			if e.Principal != "slack:"+c.user || e.Origin.Address != c.address || e.Watch[0] != c.address || e.ID != "slack 1.2.3" {
				t.Errorf("%+v", e)
			}
			if e.Command != c.action.Command || e.Text != c.action.Text || c.action.Command != "" && e.Args["id"] != "k3f7" {
				t.Errorf("%+v", e)
			}
			h.wants(c.want...)
		})
	}
}

// TestClicksOnNothingOfOurs do nothing, and are not tried again.
func TestClicksOnNothingOfOurs(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	const user = `"user":{"id":"U0ANN"},`
	for _, c := range []struct{ inner, log string }{
		{user + onCard + `,"actions":[{"action_id":"open","value":""}]`, ""},
		{user + onCard + `,"actions":[]`, "a click on nothing"},
		{user + onCard + `,"actions":[{"action_id":"command:1","value":"{\"command\":7}"}]`, "button"},
		{user + `"channel":{"id":"C0 OPS"},"actions":[{"action_id":"command:1","value":"{\"text\":\"jobs\"}"}]`, "a click nowhere"},
	} {
		before := strings.Count(h.logs.String(), "cannot be understood")
		h.sends(inForm, payload(`{"type":"block_actions",`+c.inner+`}`))
		h.wants()
		if logged := strings.Count(h.logs.String(), "cannot be understood") > before; logged != (c.log != "") || !strings.Contains(h.logs.String(), c.log) {
			t.Errorf("%s: %s", c.inner, h.logs)
		}
	}
	if list := h.desk.envelopes(); len(list) != 0 {
		t.Errorf("asked for %+v", list)
	}
}
