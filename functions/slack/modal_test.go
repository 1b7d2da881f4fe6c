package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func commands() []command.Declared {
	return []command.Declared{
		{Spec: command.Spec{Words: "jenkins build", Summary: "Build a Jenkins job", Extra: "parameters", Args: []command.Arg{
			{Name: "job"}, {Name: "lines", Type: command.TypeInt, Default: 20},
		}}},
		{Spec: command.Spec{Words: "jobs", Summary: "List jobs"}},
	}
}

func TestTheShortcutOpensTheForm(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.sends(inForm, payload(`{"type":"shortcut","callback_id":"run","trigger_id":"1.2.3","user":{"id":"U0EVE"}}`))
	h.sends(inForm, payload(`{"type":"shortcut","callback_id":"another","trigger_id":"1.2.4","user":{"id":"U0EVE"}}`))
	h.sends(inForm, payload(`{"type":"shortcut","callback_id":"run","trigger_id":"1.2.5","user":{"id":"U0CI"}}`))
	h.settles()
	views := h.slack.lastViews()
	if len(views) != 1 || views[0].method != "views.open" || views[0].trigger != "1.2.3" || !strings.Contains(views[0].text, "Which command?") {
		t.Errorf("%+v", views)
	}
	h.sends(inForm, payload(`{"type":"block_actions","trigger_id":"1.2.6","user":{"id":"U0EVE"},`+atHome+`,"actions":[{"action_id":"run:open"}]}`))
	h.settles()
	if views := h.slack.lastViews(); len(views) != 1 || views[0].trigger != "1.2.6" {
		t.Errorf("%+v", views)
	}
}

func TestAFormThatCouldNotBeOpened(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.slack.fails("views.open", "expired_trigger_id")
	h.sends(inForm, payload(`{"type":"shortcut","callback_id":"run","trigger_id":"1.2.3","user":{"id":"U0EVE"}}`))
	h.wants("Message D0EVE  I could not open the form in time; try again, or type the command: /handsoff help")
}

func TestTheMenuOffersCommands(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	for _, test := range []struct{ user, action, typed, want string }{
		{"U0EVE", "run:command", "Build", `{"options":[{"text":{"type":"plain_text","text":"jenkins build","emoji":false},"value":"jenkins build",` +
			`"description":{"type":"plain_text","text":"Build a Jenkins job","emoji":false}}]}`},
		{"U0EVE", "run:command", "nothing like it", `{"options":[]}`},
		{"U0EVE", "another", "", ""},
		{"U0CI", "run:command", "", ""},
	} {
		got := h.interacts(`{"type":"block_suggestion","action_id":"` + test.action + `","value":"` + test.typed + `","user":{"id":"` + test.user + `"}}`)
		if got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	h.desk.Close()
	if got := h.interacts(`{"type":"block_suggestion","action_id":"run:command","value":"","user":{"id":"U0EVE"}}`); got != "" {
		t.Error(got)
	}
}

func (h *hall) chooses(trigger, words string) []aView {
	h.Helper()
	h.sends(inForm, payload(`{"type":"block_actions","trigger_id":"`+trigger+`","user":{"id":"U0ANN"},"container":{"type":"view"},"view":{"id":"V7","hash":"1.h"},`+
		`"actions":[{"action_id":"run:command","block_id":"command","selected_option":{"value":"`+words+`"}}]}`))
	h.settles()
	return h.slack.lastViews()
}

func TestChoosingACommandShowsItsFields(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	views := h.chooses("1.1", "jenkins build")
	if len(views) != 1 || views[0].method != "views.update" || views[0].id != "V7" || views[0].hash != "1.h" || views[0].PrivateMetadata != "jenkins build" {
		t.Fatalf("%+v", views)
	}
	if views := h.chooses("1.2", "format disk"); len(views) != 1 || !strings.Contains(views[0].text, "format disk is no command that you may use now.") {
		t.Errorf("%+v", views)
	}
	h.slack.fails("views.update", "hash_conflict")
	if views := h.chooses("1.3", "jobs"); len(views) != 0 || h.slack.called("views.update") != 3 {
		t.Errorf("%+v", views)
	}
	h.desk.Close()
	if views := h.chooses("1.4", "jobs"); len(views) != 1 || !strings.Contains(views[0].text, "cannot be read now") {
		t.Errorf("%+v", views)
	}
}

// filled is the form of jenkins build as Slack sends it.
func filled(tb testing.TB, h *hall, trigger, job, extra, conversation string) string {
	tb.Helper()
	views := h.chooses("c"+trigger, "jenkins build")
	if len(views) != 1 {
		tb.Fatal(views)
	}
	values := map[string]map[string]map[string]any{"where": {"where": {"type": "conversations_select", "selected_conversation": conversation}}}
	for _, block := range views[0].Blocks.BlockSet {
		id := block.ID()
		switch {
		case strings.HasSuffix(id, ":job"):
			values[id] = map[string]map[string]any{"string": {"type": "plain_text_input", "value": job}}
		case strings.HasSuffix(id, ":lines"):
			values[id] = map[string]map[string]any{"int": {"type": "number_input", "value": "20"}}
		case strings.HasPrefix(id, "extra:"):
			values[id] = map[string]map[string]any{"extra": {"type": "plain_text_input", "value": extra}}
		}
	}
	body, err := json.Marshal(map[string]any{
		"type": "view_submission", "trigger_id": trigger, "user": map[string]any{"id": "U0ANN"},
		"view": map[string]any{"id": "V" + trigger[:1], "callback_id": "run", "private_metadata": "jenkins build", "state": map[string]any{"values": values}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}

func TestAFormIsDone(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	h.desk.answer = func(command.Envelope) command.Answer {
		return command.Answer{Text: "k3f7", Job: "k3f7", Accepted: true}
	}
	if got := h.interacts(filled(t, h, "1.1", "demo/slow", "a=1\nb=2", "C0OPS")); got != "" {
		t.Errorf("the form does not close: %s", got)
	}
	e := h.only()
	args, _ := json.Marshal(e.Args)
	if e.ID != "slack view V1" || e.Principal != "slack:U0ANN" || e.Command != "jenkins build" || e.Watch[0] != "slack:C0OPS" ||
		string(args) != `{"extra":{"a":"1","b":"2"},"job":"demo/slow","lines":"20"}` {
		t.Errorf("%+v %s", e, args)
	}
	h.wants()
	h.desk.answer = func(command.Envelope) command.Answer { return command.Answer{Text: "Done."} }
	for conversation, want := range map[string]string{"C0OPS": "Ephemeral C0OPS U0ANN Done.", "": "Message D0ANN  Done."} {
		trigger := map[string]string{"C0OPS": "2.1", "": "3.1"}[conversation]
		if got := h.interacts(filled(t, h, trigger, "x", "", conversation)); got != "" {
			t.Error(got)
		}
		h.wants(want)
	}
}

func TestMistakesAreShownInTheForm(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	for _, test := range []struct{ trigger, extra, argument, at, text string }{
		{"1.1", "nonsense", "", "extra:", "Line 1 has not the form name=value."},
		{"2.1", "", "job", ":job", "No such job."},
		{"3.1", "", "", "where", "No such job."},
		{"4.1", "a=1", "extra", "extra:", "No such job."},
	} {
		h.desk.answer = func(command.Envelope) command.Answer {
			return command.Answer{Text: "No such job.", Problem: &command.Problem{Code: command.CodeUsage, Argument: test.argument}}
		}
		var answer struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}
		got := h.interacts(filled(t, h, test.trigger, "demo/slow", test.extra, ""))
		if err := json.Unmarshal([]byte(got), &answer); err != nil || answer.Action != "errors" || len(answer.Errors) != 1 {
			t.Errorf("%+v: %s", test, got)
		}
		for block, text := range answer.Errors {
			if !strings.Contains(block, test.at) || text != test.text {
				t.Errorf("%+v: %s", test, got)
			}
		}
	}
	h.wants()
}

// TestAFormWhoseRequestWaitsNoLonger: what went wrong is told all the same.
func TestAFormWhoseRequestWaitsNoLonger(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	body := filled(t, h, "1.1", "demo/slow", "", "")
	h.desk.answer = func(command.Envelope) command.Answer {
		h.waiting.answer("1.1", nil) // as its end of time would
		return command.Answer{Text: "No such job.", Problem: &command.Problem{Code: command.CodeUsage, Argument: "job"}}
	}
	if got := h.interacts(body); got != "" {
		t.Error(got)
	}
	h.wants("Message D0ANN  No such job.")
}
