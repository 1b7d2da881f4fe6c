package slack_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// opened opens the form as ann, filled in so that it can be submitted.
func (s *stage) opened(view string) *slack.Person {
	s.Helper()
	ann := s.person("ann")
	s.answers(func(rq received) (int, string, string) {
		if strings.HasPrefix(rq.body, "payload=") {
			switch p := rq.payload(s.T); p["type"] {
			case "shortcut":
				s.call("views.open", map[string]any{"trigger_id": p["trigger_id"], "view": view})
			case "block_suggestion":
				return http.StatusOK, "application/json", `{"options":[{"text":{"type":"plain_text","text":"demo/slow"},"value":"slow"}]}`
			}
		}
		return http.StatusOK, "", ""
	})
	check(s, ann.Shortcut(s.Context(), "run"))
	s.next()
	return ann
}

// TestSubmissionAnswers: whatever an app answers to a form, the person sees what Slack shows.
func TestSubmissionAnswers(t *testing.T) {
	t.Parallel()
	small := `{"type":"modal","title":{"type":"plain_text","text":"Next"},"blocks":[{"type":"divider"}]}`
	for name, tt := range map[string]struct {
		status       int
		answer, want string // the error, and below the titles of the modals that are open
		open         string
	}{
		"nothing":      {200, "", "", ""},
		"an object":    {200, "{}", "", ""},
		"null":         {200, "null", "", ""},
		"clear":        {200, `{"response_action":"clear"}`, "", ""},
		"update":       {200, `{"response_action":"update","view":` + small + `}`, "", "Next"},
		"push":         {200, `{"response_action":"push","view":` + small + `}`, "", "Run a command Next"},
		"errors":       {200, `{"response_action":"errors","errors":{"note":"too short"}}`, "note: too short", "Run a command"},
		"other block":  {200, `{"response_action":"errors","errors":{"nose":"x"}}`, `the block "nose"`, "Run a command"},
		"no errors":    {200, `{"response_action":"errors","errors":{}}`, "its errors are empty", "Run a command"},
		"bad view":     {200, `{"response_action":"update","view":{"type":"modal"}}`, "its view is refused: invalid_arguments", "Run a command"},
		"other action": {200, `{"response_action":"dance"}`, `"dance"`, "Run a command"},
		"no JSON":      {200, `ok`, "We had some trouble connecting. Try again?", "Run a command"},
		"broken":       {500, "", "HTTP 500", "Run a command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			ann := s.opened(formView)
			check(s, ann.Do(t.Context(), slack.Act{View: "modal", Action: "Job", Value: "demo/slow"}))
			s.next() // what the menu asked
			s.answers(func(received) (int, string, string) { return tt.status, "application/json", tt.answer })
			err := ann.Submit(t.Context())
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			c := s.callback()
			if v := c.View; c.Type != goslack.InteractionTypeViewSubmission || v.CallbackID != "form" || v.Hash == "" || v.ID == "" || v.RootViewID != v.ID ||
				v.State.Values["job"]["job"].SelectedOption.Value != "slow" || v.State.Values["seconds"]["n"].Value != "30" {
				t.Errorf("%+v", c.View)
			}
			var titles []string
			for _, m := range ann.SeeModals() {
				titles = append(titles, m.Title)
			}
			if got := strings.Join(titles, " "); got != tt.open {
				t.Errorf("open are %q, want %q", got, tt.open)
			}
		})
	}
}

// TestSuggestions: what an app offers must be what Slack can show.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.opened(formView)
	option := func(text string) string { return `{"text":{"type":"plain_text","text":"` + text + `"},"value":"v"}` }
	for name, tt := range map[string]struct {
		status int
		answer string
		offers int
		fails  bool
	}{
		"options": {200, `{"options":[` + option("a") + `,` + option("b") + `]}`, 2, false},
		"groups":  {200, `{"option_groups":[{"label":{"type":"plain_text","text":"g"},"options":[` + option("a") + `]}]}`, 1, false},
		"none":    {200, `{"options":[]}`, 0, false},
		"many":    {200, `{"options":[` + strings.Repeat(option("a")+",", 100) + option("a") + `]}`, 0, true},
		"long":    {200, `{"options":[` + option(strings.Repeat("a", 76)) + `]}`, 0, true},
		"empty":   {200, ``, 0, true},
		"nothing": {200, `{}`, 0, true},
		"broken":  {500, ``, 0, true},
	} {
		s.answers(func(received) (int, string, string) { return tt.status, "application/json", tt.answer })
		list, err := ann.Suggest(t.Context(), slack.Act{View: "modal", Action: "Job", Value: "d"})
		if (err != nil) != tt.fails || !tt.fails && len(list) != tt.offers {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
		if c := s.callback(); c.Type != goslack.InteractionTypeBlockSuggestion || c.Value != "d" || c.ActionID != "job" || c.BlockID != "job" || c.View.CallbackID != "form" {
			t.Errorf("%s: asked %+v", name, c)
		}
	}
	before := len(s.slack.Sent())
	if list, err := ann.Suggest(t.Context(), slack.Act{View: "modal", Action: "Job"}); err != nil || len(list) != 0 || len(s.slack.Sent()) != before {
		t.Errorf("asked for too little: %s, %v", list, err)
	}
	if _, err := ann.Suggest(t.Context(), slack.Act{View: "modal", Action: "size", Value: "s"}); !errors.Is(err, slack.ErrUnusable) {
		t.Errorf("a menu of its own: %v", err)
	}
}

// TestFields: every field takes what fits it, and a form that Slack's client would hold back is not sent.
func TestFields(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	block := func(id, kind, more string) string {
		return fmt.Sprintf(`{"type":"input","block_id":%q,"label":{"type":"plain_text","text":%q},"element":{"type":%q,"action_id":"a"%s}}`, id, id, kind, more)
	}
	ann := s.opened(`{"type":"modal","title":{"type":"plain_text","text":"Form"},"submit":{"type":"plain_text","text":"Go"},"blocks":[` + strings.Join([]string{
		block("text", "plain_text_input", `,"min_length":2,"max_length":4`),
		block("number", "number_input", `,"is_decimal_allowed":true,"min_value":"1.5","max_value":"9"`),
		block("people", "multi_users_select", ""), block("place", "conversations_select", ""), block("channels", "multi_channels_select", ""),
		block("day", "datepicker", ""), block("moment", "datetimepicker", ""),
	}, ",") + `]}`)
	fill := func(label, value string) error {
		return ann.Do(t.Context(), slack.Act{View: "modal", Action: label, Value: value})
	}
	for label, value := range map[string]string{"people": "ann,zoe", "place": "#nowhere", "moment": "noon"} {
		if err := fill(label, value); err == nil {
			t.Errorf("%s takes %q", label, value)
		}
	}
	for _, step := range []struct{ label, value, flaw string }{
		{"text", "a", "text: Please use at least 2 characters."},
		{"text", "abcde", "text: Please use at most 4 characters."},
		{"text", "abc", "number: Please complete this required field."},
		{"number", "1", "number: Please enter a number of at least 1.5."},
		{"number", "10", "number: Please enter a number of at most 9."},
		{"number", "2.5", "people: Please complete this required field."},
		{"people", "ann, @bob", "place: Please complete this required field."},
		{"place", "@handsoff", "channels: Please"},
		{"channels", "#ops,C0GENERAL", "day: Please"},
		{"day", "2026-11-22", "moment: Please"},
	} {
		check(s, fill(step.label, step.value))
		if err := ann.Submit(t.Context()); err == nil || !strings.Contains(err.Error(), step.flaw) {
			t.Errorf("%s=%s: %v, want %q", step.label, step.value, err, step.flaw)
		}
	}
	check(s, fill("moment", "1700000000"), ann.Submit(t.Context()))
	v := s.callback().View.State.Values
	if fmt.Sprint(v["people"]["a"].SelectedUsers, v["channels"]["a"].SelectedChannels) != "[U0ANN U0BOB] [C0OPS C0GENERAL]" ||
		v["place"]["a"].SelectedConversation != s.directOf("ann") || v["day"]["a"].SelectedDate != "2026-11-22" || v["moment"]["a"].SelectedDateTime != 1700000000 {
		t.Errorf("%+v", v)
	}
}

// TestPlainViews: what stands on a screen can be read as text.
func TestPlainViews(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.opened(formView)
	var flaws *slack.FormError
	if err := ann.Submit(t.Context()); !errors.As(err, &flaws) {
		t.Error(err)
	}
	want := "== Run a command ==\njenkins build starts a job of Jenkins.\nJob:\n<external_select: demo/…>\nseconds:\n<number_input: 30>\n" +
		"size:\n<static_select:>\nnote:\n<plain_text_input:>\n! Please complete this required field.\n"
	if got := s.read("/sandbox/people/ann/modals?as=text"); got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
	if status, _ := s.send(http.MethodGet, "/sandbox/people/ann/home", "", appToken); status != http.StatusConflict {
		t.Errorf("a home that is not there: %d", status)
	}
	s.call("views.publish", map[string]any{"user_id": slack.Ann, "view": homeView})
	want = "Your jobs\njenkins build demo/slow\nrunning, 42 %\n[Log]\n---\nNothing waits for your approval.\n[Run a command]\n"
	if got := s.read("/sandbox/people/ann/home?as=text"); got != want {
		t.Errorf("%q", got)
	}
	s.call("chat.postMessage", map[string]any{"channel": slack.Ops, "text": "x", "blocks": `[{"type":"rich_text","elements":[
		{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0BOB"},{"type":"text","text":" in "},{"type":"channel","channel_id":"C0OPS"},
			{"type":"text","text":" "},{"type":"link","url":"https://a.b"},{"type":"emoji","name":"tada"},{"type":"broadcast","range":"here"}]},
		{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},
			{"type":"rich_text_section","elements":[{"type":"usergroup","usergroup_id":"S0OPS"}]}]}]},
		{"type":"image","image_url":"https://a.b/c.png","alt_text":"a chart"},
		{"type":"section","fields":[{"type":"mrkdwn","text":"*Step*\nbuild"}]}]`})
	s.call("chat.postMessage", map[string]any{"channel": slack.Ops, "text": "y", "attachments": `[{"pretext":"p","title":"t","text":"*x*","fallback":"f"}]`})
	want = "  @bob in #ops https://a.b:tada:@here\n  • one\n  • @ops\n  (a chart)\n  Step: build\n"
	if got := s.read("/sandbox/people/bob/see?as=text&channel=" + url.QueryEscape("#ops")); !strings.Contains(got, want) || !strings.Contains(got, "  y\n  | p\n  | t\n  | x\n") {
		t.Errorf("%q", got)
	}
}
