package slack

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

const modal = `{"type":"modal","title":{"type":"plain_text","text":"Run"},"blocks":[{"type":"divider"}]}`

// ask calls a method as the app would, without HTTP.
func ask(s *Server, name string, arguments map[string]string) (object, string) {
	c := &call{}
	c.token, c.form = s.options.Token, map[string][]string{}
	for k, v := range arguments {
		c.form.Set(k, v)
	}
	var a answer
	s.do(func() { a = s.call(c, name, nil) })
	var body object
	_ = json.Unmarshal(a.body, &body)
	code, _ := body["error"].(string)
	return body, code
}

func triggerOf(s *Server, user string) (id string) {
	s.do(func() { id = s.newTrigger(user) })
	return id
}

func inside(t *testing.T) *Server {
	t.Helper()
	s := New(Options{Token: "xoxb-1", Frozen: true, Unlimited: true})
	t.Cleanup(s.Close)
	return s
}

func TestTriggersWorkOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	s := inside(t)
	open := func(trigger string) string {
		_, code := ask(s, "views.open", map[string]string{"trigger_id": trigger, "view": modal})
		return code
	}
	trigger := triggerOf(s, Ann)
	s.Advance(3 * time.Second)
	for i, want := range []string{"", "exchanged_trigger_id"} {
		if code := open(trigger); code != want {
			t.Errorf("%d: %q, want %q", i, code, want)
		}
	}
	late := triggerOf(s, Ann)
	s.Advance(3*time.Second + time.Millisecond)
	if code := open(late); code != "expired_trigger_id" {
		t.Errorf("late: %q", code)
	}
	if code := open("1.2.abc"); code != "invalid_trigger_id" {
		t.Errorf("made up: %q", code)
	}
	if code := open(""); code != "invalid_arguments" {
		t.Errorf("none: %q", code)
	}
	if seen := s.Modals(Ann); len(seen) != 1 || len(s.Modals(Bob)) != 0 {
		t.Errorf("ann sees %v", seen)
	}
	s.Advance(2 * time.Minute)
	triggerOf(s, Ann)
	if n := len(s.triggers); n != 1 {
		t.Errorf("%d triggers are kept", n)
	}
}

func TestStackOfModals(t *testing.T) {
	t.Parallel()
	s := inside(t)
	push := func(method, view string) (object, string) {
		return ask(s, method, map[string]string{"trigger_id": triggerOf(s, Ann), "view": view})
	}
	if _, code := push("views.push", modal); code != "not_found" {
		t.Errorf("on nothing: %q", code)
	}
	root, _ := push("views.open", modal)
	for range 2 {
		if _, code := push("views.push", modal); code != "" {
			t.Error(code)
		}
	}
	if _, code := push("views.push", modal); code != "push_limit_reached" {
		t.Errorf("a fourth: %q", code)
	}
	stack := s.Modals(Ann)
	rootID, _ := root["view"].(object)["id"].(string)
	if len(stack) != 3 || stack[2].Root != rootID || stack[2].Previous != stack[1].ID || stack[0].Previous != "" {
		t.Errorf("the stack is %+v", stack)
	}
	var err error
	s.do(func() { err = s.answerView(s.views[stack[2].ID], "push", json.RawMessage(modal)) })
	if no := (*refusal)(nil); !errors.As(err, &no) || no.code != "push_limit_reached" {
		t.Errorf("pushed as an answer: %v", err)
	}
	s.do(func() { s.closeModal(Ann, false) })
	s.do(func() { err = s.answerView(s.views[stack[1].ID], "push", json.RawMessage(modal)) })
	if err != nil || len(s.Modals(Ann)) != 3 {
		t.Errorf("%v, %d modals", err, len(s.Modals(Ann)))
	}
	if _, code := push("views.open", modal); code != "" || len(s.Modals(Ann)) != 1 {
		t.Errorf("views.open leaves %d modals, %q", len(s.Modals(Ann)), code)
	}
}

func TestViewsAreUpdated(t *testing.T) {
	t.Parallel()
	s := inside(t)
	named := strings.Replace(modal, `"modal",`, `"modal","external_id":"mine",`, 1)
	opened, code := ask(s, "views.open", map[string]string{"trigger_id": triggerOf(s, Ann), "view": named})
	if code != "" {
		t.Fatal(code)
	}
	view, _ := opened["view"].(object)
	id, _ := view["id"].(string)
	hash, _ := view["hash"].(string)
	update := func(arguments ...string) string {
		all := map[string]string{"view": named}
		for i := 0; i < len(arguments); i += 2 {
			all[arguments[i]] = arguments[i+1]
		}
		_, code := ask(s, "views.update", all)
		return code
	}
	for _, c := range []struct {
		want      string
		arguments []string
	}{
		{"", []string{"view_id", id, "hash", hash}},
		{"hash_conflict", []string{"view_id", id, "hash", hash}},
		{"", []string{"external_id", "mine"}},
		{"not_found", []string{"view_id", "V0NONE"}},
		{"not_found", []string{"external_id", "other"}},
		{"invalid_arguments", nil},
		{"invalid_arguments", []string{"view_id", id, "view", `{"type":"home","blocks":[]}`}},
		{"invalid_arguments", []string{"view_id", id, "view", `[]`}},
		{"invalid_arguments", []string{"view_id", id, "view", ""}},
		{"duplicate_external_id", nil},
	} {
		if c.want == "duplicate_external_id" {
			if _, code := ask(s, "views.open", map[string]string{"trigger_id": triggerOf(s, Bob), "view": named}); code != c.want {
				t.Errorf("%q, want %q", code, c.want)
			}
			continue
		}
		if code := update(c.arguments...); code != c.want {
			t.Errorf("%v: %q, want %q", c.arguments, code, c.want)
		}
	}
	if _, code := ask(s, "views.publish", map[string]string{"user_id": Ann, "view": `{"type":"home","blocks":[]}`}); code != "" {
		t.Fatal(code)
	}
	v, _ := s.Home(Ann)
	if code := update("view_id", v.ID, "view", `{"type":"home","blocks":[{"type":"divider"}]}`); code != "" {
		t.Errorf("a Home is updated by its id: %q", code)
	}
	if v, _ := s.Home(Ann); !strings.Contains(string(v.Payload), "divider") {
		t.Errorf("the Home is %s", v.Payload)
	}
}
