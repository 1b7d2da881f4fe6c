package slack_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

const (
	home   = `{"type":"home","blocks":[{"type":"divider"}]}`
	bigger = `{"type":"home","blocks":[{"type":"divider"},{"type":"divider"}]}`
)

func TestHome(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	publish := func(more ...string) map[string]any {
		return r.ok("views.publish", append([]string{"user_id", slack.Ann}, more...)...)
	}
	first, _ := at(publish("view", home), "view", "hash").(string)
	second := publish("view", bigger, "hash", first)
	if at(second, "view", "hash") == first || at(second, "view", "id") == nil {
		t.Errorf("published: %v", second)
	}
	r.refused("hash_conflict", "views.publish", "user_id", slack.Ann, "view", home, "hash", first)
	if v, ok := r.slack.Home(slack.Ann); !ok || strings.Count(string(v.Payload), "divider") != 2 {
		t.Errorf("ann sees %s", v.Payload)
	}
	r.refused("invalid_arguments", "views.publish", "view", home)
	r.refused("invalid_arguments", "views.publish", "user_id", slack.Ann)
	r.refused("invalid_arguments", "views.publish", "user_id", "U0NOBODY", "view", home)
	r.refused("invalid_arguments", "views.publish", "user_id", slack.Gone, "view", home)
	r.refused("invalid_arguments", "views.publish", "user_id", slack.Ann, "view", strings.Replace(home, "home", "modal", 1))
	r.refused("view_too_large", "views.publish", "user_id", slack.Ann, "view", strings.Repeat(" ", 250_001)+home)
	got := r.refused("invalid_arguments", "views.publish", "user_id", slack.Ann, "view", `{"type":"home","blocks":[{"type":"header"}]}`)
	if at(got.body, "response_metadata", "messages", 0) != "[ERROR] missing required field: text [json-pointer:/view/blocks/0]" {
		t.Errorf("a bad view is explained as %s", got.text)
	}
	none := newRig(t, scopes("none"), func(o *slack.Options) { o.Manifest.Home = false })
	none.refused("not_enabled", "views.publish", "user_id", slack.Ann, "view", home)
}
