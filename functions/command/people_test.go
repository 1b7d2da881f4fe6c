package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// A role may be a group's or a person's. What gave it is kept with the job.
func TestRolesOfGroupsAndPeople(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, test := range []struct {
		who     string
		groups  []string
		granted string // "" when it is refused
	}{
		{"slack:U0BOB", []string{"slack-group:S0DEV", "slack-group:S0OPS"}, "roles.brewer lists slack-group:S0OPS"},
		{"telnet:zed", nil, "roles.brewer lists person:zed"},
		{"slack:U0ZED", nil, "roles.brewer lists person:zed"},
		{"telnet:adam", nil, "roles.admin lists telnet:adam (admin implies brewer)"},
		{"slack:U0BOB", []string{"slack-group:S0DEV"}, ""},
		{"slack:U0BOB", []string{"person:zed", "slack:U0ZED", "telnet:zed"}, ""},
		{"person:zed", nil, ""},
	} {
		answer := b.say(test.who, "tea pour", func(e *command.Envelope) { e.Groups = test.groups })
		if test.granted == "" {
			const text = "tea pour needs the role brewer; you have no role. zed, everybody in slack-group:S0OPS or telnet:adam could do it."
			if answer.Problem == nil || answer.Problem.Code != command.CodeForbidden || answer.Text != text {
				t.Errorf("%s in %v: %+v, want %s", test.who, test.groups, answer, text)
			}
			continue
		}
		j, err := b.platform.Jobs.Get(t.Context(), answer.Job)
		if err != nil || j.Why.Granted != test.granted || !slices.Equal(j.Groups, test.groups) {
			t.Errorf("%s in %v: %+v %v", test.who, test.groups, j, err)
		}
	}
	b.say("slack:U0BOB", "tea taste mint", func(e *command.Envelope) { e.Groups = []string{"slack-group:S0OPS"} })
	if len(b.gateway.calls) > 0 {
		t.Error("brewer implies viewer:", b.gateway.calls)
	}
	b.say("telnet:ann", "tea taste mint", func(e *command.Envelope) { e.Groups = []string{"slack-group:S0OPS"} })
	if call := b.gateway.calls[0]; !slices.Equal(call.Groups, []string{"slack-group:S0OPS"}) || !slices.Contains(call.Roles, "brewer") {
		t.Errorf("%+v", call)
	}
	request, err := json.Marshal(command.CatalogueRequest{Principal: "slack:U0BOB", Groups: []string{"slack-group:S0OPS"}, Nonce: fresh(), Time: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var list []command.Declared
	if w := b.post("/catalogue", request, newKey); json.Unmarshal(w.Body.Bytes(), &list) != nil ||
		!slices.ContainsFunc(list, func(d command.Declared) bool { return d.Words == "tea pour" }) {
		t.Error("a door does not learn what a group may do:", w.Body)
	}
}

func TestWhoamiShowsThePerson(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	answer := b.say("slack:U0ZED", "whoami")
	const want = "You are slack:U0ZED, at the door slack.\nYou are the person zed, elsewhere telnet:zed.\n" +
		"You have the role brewer: roles.brewer lists person:zed."
	if answer.Text != want {
		t.Error(answer.Text)
	}
}
