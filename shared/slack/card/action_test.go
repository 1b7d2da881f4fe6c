package card_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/handsoff/handsoff/shared/slack/card"
)

func TestAction(t *testing.T) {
	t.Parallel()
	for _, want := range []card.Action{
		{Command: "cancel", Args: map[string]any{"id": "k3f7"}},
		{Command: "jobs"},
		{Text: "jenkins build demo/slow <x> & “y”"},
	} {
		button := card.Button(7, "Do it", want)
		if button == nil || button.ActionID != "command:7" || !card.IsCommand(button.ActionID) {
			t.Errorf("%+v: have %+v", want, button)
			continue
		}
		got, err := card.ReadAction(button.ActionID, button.Value)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%+v: %v\n%s", want, err, diff)
		}
	}
	for _, none := range []card.Action{
		{}, {Command: "jobs", Text: "jobs"}, {Text: "jobs", Args: map[string]any{"a": 1}}, {Text: strings.Repeat("x", 2000)}, {Text: "\xff"},
	} {
		if button := card.Button(0, "x", none); button != nil {
			t.Errorf("%+v became a button", none)
		}
	}
	if label := card.Button(0, strings.Repeat("x", 100), card.Action{Text: "x"}).Text.Text; len([]rune(label)) != 75 {
		t.Errorf("a label has %d characters", len([]rune(label)))
	}
}

func TestReadActionIsStrict(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ id, value string }{
		{"open", `{"text":"jobs"}`},
		{"command", `{"text":"jobs"}`},
		{"command:", `{"text":"jobs"}`},
		{"command:x", `{"text":"jobs"}`},
		{"command:99999", `{"text":"jobs"}`},
		{"command:0", ``},
		{"command:0", `jobs`},
		{"command:0", `{}`},
		{"command:0", `null`},
		{"command:0", `{"text":"jobs","command":"jobs"}`},
		{"command:0", `{"text":"jobs","args":{"a":1}}`},
		{"command:0", `{"text":"jobs"} {"text":"jobs"}`},
		{"command:0", `{"text":"jobs","principal":"slack:U1"}`},
		{"command:0", `{"text":["jobs"]}`},
		{"command:0", `{"text":"` + strings.Repeat("x", 2000) + `"}`},
	} {
		if got, err := card.ReadAction(test.id, test.value); !errors.Is(err, card.ErrAction) {
			t.Errorf("%s %s: have %+v, %v", test.id, test.value, got, err)
		}
	}
}

func FuzzReadAction(f *testing.F) {
	f.Add("command:0", `{"command":"cancel","args":{"id":"k3f7"}}`)
	f.Add("command:1", `{"text":"jobs"}`)
	f.Add("open", ``)
	f.Add("command:3", `{"command":"x","args":{}}`)
	f.Add("command:2", `{"command":"x","args":{"n":1e400}}`)
	f.Fuzz(func(t *testing.T, id, value string) {
		got, err := card.ReadAction(id, value)
		if err != nil {
			if !errors.Is(err, card.ErrAction) {
				t.Errorf("%q: %v", value, err)
			}
			return
		}
		button := card.Button(1, "x", got)
		if button == nil {
			return // written anew it is longer than a button's value
		}
		again, err := card.ReadAction(button.ActionID, button.Value)
		if diff := cmp.Diff(got, again, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", value, err, diff)
		}
	})
}
