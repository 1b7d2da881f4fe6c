package slack_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

func TestWhoAsks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if who := r.ok("auth.test"); who["user_id"] != slack.BotUser || who["bot_id"] != slack.BotID || who["team_id"] != slack.HomeTeam {
		t.Errorf("auth.test says %v", who)
	}
	r.slack.Revoke("")
	r.refused("token_revoked", "auth.test")
	r.slack.Revoke("account_inactive")
	r.refused("account_inactive", "chat.postMessage", "channel", slack.Ops, "text", "x")
	r.slack.Restore()
	r.ok("auth.test")

	r.token = "xoxb-other"
	r.refused("invalid_auth", "auth.test")
	r.token = ""
	r.refused("not_authed", "auth.test")
	r.refused("not_authed", "chat.postMessage", "channel", slack.Ops, "text", "x")
	r.ok("auth.test", "token", appToken)
	r.ok("api.test")
	if got := r.send(http.MethodPost, "/api/auth.test", "application/json; charset=utf-8", `{"token":"`+appToken+`"}`); got.body["error"] != "not_authed" {
		t.Errorf("a token in JSON is taken: %s", got.text)
	}
	if n := len(r.slack.Messages(slack.Ops)); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
}

func TestNoTokenLetsNobodyIn(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *slack.Options) { o.Token = "" })
	r.refused("invalid_auth", "auth.test")
	r.token = ""
	if got := r.send(http.MethodGet, "/sandbox/status", "", ""); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the control is open: %s", got.Status)
	}
}

func TestWaysToAsk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, c := range map[string]struct{ kind, body, want, warn string }{
		"form":         {formType, "channel=C0OPS&text=one+%26amp%3B", "", ""},
		"form charset": {formType + "; charset=utf-8", "channel=C0OPS&text=x", "", "superfluous_charset"},
		"json":         {"application/json; charset=utf-8", `{"channel":"C0OPS","text":"x","blocks":[{"type":"divider"}]}`, "", ""},
		"json bare":    {"application/json", `{"channel":"C0OPS","text":"x"}`, "", "missing_charset"},
		"json strings": {"application/json", `{"channel":"C0OPS","blocks":"[{\"type\":\"divider\"}]"}`, "", "missing_charset"},
		"multipart":    {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\nC0OPS\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--b--\r\n", "", ""},
		"no json":      {"application/json", `{"channel"`, "invalid_json", ""},
		"a list":       {"application/json", `[1]`, "json_not_object", ""},
		"null":         {"application/json", `null`, "json_not_object", ""},
		"no form":      {formType, "text=%zz", "invalid_form_data", ""},
		"no multipart": {"multipart/form-data", "x", "invalid_form_data", ""},
		"other":        {"text/plain", "channel=C0OPS", "invalid_post_type", ""},
		"nonsense":     {"a/b/c", "channel=C0OPS", "invalid_post_type", ""},
		"nothing":      {"", "channel=C0OPS", "missing_post_type", ""},
	} {
		got := r.send(http.MethodPost, "/api/chat.postMessage", c.kind, c.body)
		if c.want == "" && (got.body["ok"] != true || (c.warn != "" && got.body["warning"] != c.warn)) || c.want != "" && got.body["error"] != c.want {
			t.Errorf("%s: %s", name, got.text)
		}
	}
	got := r.send(http.MethodGet, "/api/conversations.info?channel=C0OPS", "", "")
	if at(got.body, "channel", "name") != "ops" {
		t.Errorf("a query is not read: %s", got.text)
	}
	if got := r.send(http.MethodPost, "/api/chat.postMessage", formType, "text="+strings.Repeat("x", 2<<20)); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes are answered %s", got.Status)
	}
	r.refused("unknown_method", "chat.meMessage")
	if got := r.refused("my_error", "api.test", "error", "my_error", "foo", "bar"); at(got.body, "args", "foo") != "bar" {
		t.Errorf("api.test: %s", got.text)
	}
}

// TestLeastScopes calls every method without any scope, and sees which it asks for.
func TestLeastScopes(t *testing.T) {
	t.Parallel()
	r := newRig(t, scopes("none"))
	for needed, calls := range map[string][]string{
		"chat:write":       {"chat.postMessage channel=C0OPS&text=x", "chat.update channel=C0OPS&ts=1.1&text=x", "chat.delete channel=C0OPS&ts=1.1", "chat.postEphemeral channel=C0OPS&user=U0ANN&text=x"},
		"links:write":      {"chat.unfurl channel=C0OPS&ts=1.1&unfurls={}"},
		"channels:read":    {"conversations.info channel=C0OPS", "conversations.list", "conversations.members channel=C0OPS"},
		"groups:read":      {"conversations.info channel=C0ADMIN", "conversations.list types=private_channel"},
		"channels:history": {"conversations.history channel=C0OPS", "conversations.replies channel=C0OPS&ts=1.1"},
		"groups:history":   {"conversations.history channel=C0ADMIN"},
		"im:write":         {"conversations.open users=U0ANN"},
		"mpim:write":       {"conversations.open users=U0ANN,U0BOB"},
		"channels:join":    {"conversations.join channel=C0QUIET"},
		"users:read":       {"users.info user=U0ANN", "users.list", "bots.info bot=B0HANDSOFF"},
		"usergroups:read":  {"usergroups.list", "usergroups.users.list usergroup=S0OPS"},
		"files:read":       {"files.info file=F1"},
	} {
		for _, c := range calls {
			method, query, _ := strings.Cut(c, " ")
			form, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			got := r.send(http.MethodPost, "/api/"+method, formType, form.Encode())
			if got.body["error"] != "missing_scope" || got.body["needed"] != needed || got.body["provided"] != "none" {
				t.Errorf("%s: %s, want the scope %s", c, got.text, needed)
			}
		}
	}
	for _, free := range []string{"auth.test", "api.test"} {
		r.ok(free)
	}
	with := newRig(t, scopes("users:read"))
	if got := with.call("users.info", "user", slack.Ann); got.Header.Get("X-Oauth-Scopes") != "users:read" || got.Header.Get("X-Accepted-Oauth-Scopes") != "users:read" {
		t.Errorf("the scopes are told as %v", got.Header)
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *slack.Options) { o.Unlimited = false })
	limited := func(method string, arguments ...string) string {
		got := r.call(method, arguments...)
		if got.StatusCode == http.StatusTooManyRequests && got.body["error"] == "ratelimited" {
			return got.Header.Get("Retry-After")
		}
		return ""
	}
	count := func(method string, arguments ...string) (n int, wait string) {
		for ; wait == "" && n < 300; n++ {
			wait = limited(method, arguments...)
		}
		return n - 1, wait
	}
	for method, want := range map[string]int{"usergroups.list": 20, "users.list": 20, "conversations.info": 50, "users.info": 100} {
		if n, wait := count(method, "channel", slack.Ops, "user", slack.Ann); n != want || wait == "" {
			t.Errorf("%s may be called %d times at once, then after %s s", method, n, wait)
		}
	}
	if n, wait := count("chat.postMessage", "channel", slack.Ops, "text", "x"); n != 4 || wait != "1" {
		t.Errorf("%d messages at once, then after %s s", n, wait)
	}
	if wait := limited("chat.postMessage", "channel", slack.General, "text", "x"); wait != "" {
		t.Error("one channel's limit is another's")
	}
	r.slack.Advance(time.Second)
	if n, _ := count("chat.postMessage", "channel", slack.Ops, "text", "x"); n != 1 {
		t.Errorf("after a second there may be %d messages", n)
	}
	if n := len(r.slack.Messages(slack.Ops)); n != 5 {
		t.Errorf("%d messages were posted", n)
	}
	r.slack.Advance(time.Minute)
	if n, _ := count("usergroups.list"); n != 20 {
		t.Errorf("after a minute there may be %d calls", n)
	}
	r.slack.Limit(false)
	for range 50 {
		r.post(slack.Ops, "x")
	}
}
