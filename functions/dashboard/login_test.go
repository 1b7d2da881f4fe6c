package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	pages "github.com/handsoff/handsoff/shared/page"
)

// TestNobodySeesAnything: without a login every page leads to the login, and everything else says no.
func TestNobodySeesAnything(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.ended([]string{"a secret line"})
	v := h.visitor()
	for _, path := range []string{"", "?state=failed", "jobs/" + id, "jobs/" + id + "/log", "jobs/zzzz"} {
		p := v.get(path)
		if p.StatusCode != http.StatusSeeOther || !strings.Contains(p.Header.Get("Location"), "login?back=") || p.body != "" {
			t.Errorf("%q: %d %s %q", path, p.StatusCode, p.Header.Get("Location"), p.body)
		}
	}
	for _, path := range []string{"live?page=", "live.json?page=jobs%2F" + id, "jobs/" + id + "/log.txt", "jobs/" + id + "/log/live"} {
		if p := v.get(path); p.StatusCode != http.StatusForbidden || strings.Contains(p.body, "secret") {
			t.Errorf("%s: %d %q", path, p.StatusCode, p.body)
		}
	}
	for _, act := range []string{"cancel", "approve", "reject", "retry", "force", "offer"} {
		if r := v.post("jobs/"+id+"/"+act, url.Values{"csrf": {""}}); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", act, r.StatusCode)
		}
	}
	if len(h.given()) > 0 {
		t.Errorf("a command came through: %+v", h.given())
	}
}

// TestWithoutARole: who is logged in and has no role is told which one that takes.
func TestWithoutARole(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.ended([]string{"a secret line"})
	v := h.as("telnet:mallory")
	for _, path := range []string{"", "jobs/" + id, "jobs/" + id + "/log"} {
		if p := v.get(path); p.StatusCode != http.StatusForbidden || !strings.Contains(p.body, "needs the role <strong>viewer") || strings.Contains(p.body, "secret line") {
			t.Errorf("%s: %d %s", path, p.StatusCode, p.body)
		}
	}
	if p := v.get("live.json?page="); p.StatusCode != http.StatusForbidden {
		t.Errorf("live: %d %s", p.StatusCode, p.body)
	}
}

// TestLinksCountOnce: looking redeems nothing, the button does, and only once.
func TestLinksCountOnce(t *testing.T) {
	t.Parallel()
	h := bare(t)
	link := h.link("telnet:ann")
	path := strings.TrimPrefix(link, h.base())
	preview := h.visitor()
	for range 3 { // a chat that looks what is behind it
		if p := preview.get(path); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "telnet:ann") || len(p.Cookies()) > 0 {
			t.Fatalf("preview: %d %v", p.StatusCode, p.Cookies())
		}
	}
	v := h.visitor()
	answer := v.redeem(link, http.StatusSeeOther)
	cookie := answer.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/function/dashboard" || cookie.MaxAge != 7*24*3600 {
		t.Errorf("cookie: %+v", cookie)
	}
	if p := v.get(""); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "telnet:ann") {
		t.Errorf("after the login: %d", p.StatusCode)
	}
	other := h.visitor()
	if where := other.redeem(link, http.StatusSeeOther).Header.Get("Location"); where != "../login/failed?why=link" {
		t.Errorf("a second time it leads to %s", where)
	}
	if p := other.get(path); p.StatusCode != http.StatusForbidden || !strings.Contains(p.body, "has been used") {
		t.Errorf("a used link shows %d", p.StatusCode)
	}
	if p := other.get(""); p.StatusCode != http.StatusSeeOther {
		t.Errorf("a used link logs in: %d", p.StatusCode)
	}
	if other.redeem(h.base()+"login/link?token="+strings.Repeat("x", 5000), http.StatusSeeOther).Header.Get("Location") != "../login/failed?why=link" {
		t.Error("a long token does something")
	}
	v.audited("login", "telnet:ann")
	v.audited("login refused", "web:nobody")
}

// audited fails unless the audit trail has an act of somebody.
func (h *hall) audited(act, who string) {
	h.Helper()
	list, err := h.Jobs.AuditTail(h.Context(), 1000)
	if err != nil {
		h.Fatal(err)
	}
	for _, e := range list {
		if e.Act == act && e.Who == who {
			return
		}
	}
	h.Errorf("the audit has no %s by %s: %+v", act, who, list)
}

// TestALinkOfAnotherSite: a page of somebody else's cannot have a browser redeem a link, which would have people act under another's name.
func TestALinkOfAnotherSite(t *testing.T) {
	t.Parallel()
	h := bare(t)
	u, err := url.Parse(h.link("telnet:ann"))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"token": {u.Query().Get("token")}}
	v := h.visitor()
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"}} {
		if where := v.post("login/link", form, headers...).Header.Get("Location"); where != "../login/failed?why=browser" {
			t.Errorf("%v: %s", headers, where)
		}
	}
	if where := v.post("login/link", form, "Sec-Fetch-Site", "same-origin").Header.Get("Location"); where != "../" {
		t.Errorf("our own page: %s", where)
	}
}

// TestSessionsEnd: by themselves, when they are not used or old, and by logging out; and a token of before is worth nothing.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.as("telnet:ann")
	keys := h.sessions()
	if len(keys) != 1 {
		t.Fatalf("sessions: %v", keys)
	}
	if left := h.Redis.TTL(t.Context(), keys[0]).Val(); left > 12*time.Hour || left < 11*time.Hour {
		t.Errorf("it lasts %v", left)
	}
	u, err := url.Parse(h.base())
	if err != nil {
		t.Fatal(err)
	}
	token := v.client.Jar.Cookies(u)[0].Value
	if strings.Contains(strings.Join(keys, " "), token) || strings.Contains(h.Redis.Get(t.Context(), keys[0]).Val(), token) {
		t.Error("Redis has the token itself")
	}
	// A new login is a new token; the one of before is over.
	v.redeem(h.link("telnet:ann"), http.StatusSeeOther)
	if again := v.client.Jar.Cookies(u)[0].Value; again == token {
		t.Error("a login kept the token")
	}
	old := h.visitor()
	old.client.Jar.SetCookies(u, []*http.Cookie{{Name: "handsoff", Value: token, Path: "/function/dashboard"}})
	if p := old.get(""); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the token of before shows %d", p.StatusCode)
	}
	planted := h.visitor() // a token that somebody else chose is not taken over by a login
	planted.client.Jar.SetCookies(u, []*http.Cookie{{Name: "handsoff", Value: "chosen-by-somebody-else", Path: "/function/dashboard"}})
	planted.redeem(h.link("telnet:eve"), http.StatusSeeOther)
	if planted.client.Jar.Cookies(u)[0].Value == "chosen-by-somebody-else" {
		t.Error("a planted token became a session")
	}
	csrf := v.csrf()
	if r := v.post("logout", url.Values{"csrf": {"x"}}); r.StatusCode != http.StatusForbidden {
		t.Errorf("a log out without the form's token: %d", r.StatusCode)
	}
	token = v.client.Jar.Cookies(u)[0].Value
	if r := v.post("logout", url.Values{"csrf": {csrf}}); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "./login" {
		t.Errorf("log out: %d", r.StatusCode)
	}
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "handsoff", Value: token, Path: "/function/dashboard"}})
	if p := v.get(""); p.StatusCode != http.StatusSeeOther {
		t.Errorf("after the log out it shows %d", p.StatusCode)
	}
	v.audited("logout", "telnet:ann")
}

// TestLogOutEverywhere ends all sessions of who asks for it, and nobody else's; logging out here ends one.
func TestLogOutEverywhere(t *testing.T) {
	t.Parallel()
	h := bare(t)
	all := []*visitor{h.as("telnet:ann"), h.as("telnet:ann"), h.as("telnet:ann"), h.as("telnet:eve"), h.as("slack:U0ANN")}
	in := func() (list string) {
		for _, v := range all {
			if strings.Contains(v.get("login").body, "Log out everywhere") {
				list += "y"
			} else {
				list += "n"
			}
		}
		return list
	}
	logOut := func(v *visitor, fields ...string) {
		form := url.Values{"csrf": {v.csrf()}}
		for _, name := range fields {
			form.Set(name, "1")
		}
		if r := v.post("logout", form); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "./login" {
			t.Errorf("log out: %d", r.StatusCode)
		}
	}
	if got := in(); got != "yyyyy" {
		t.Fatal(got)
	}
	logOut(all[0])
	if got := in(); got != "nyyyy" {
		t.Errorf("after one log out: %s", got)
	}
	logOut(all[1], "everywhere")
	if got := in(); got != "nnnyy" {
		t.Errorf("after one everywhere: %s", got)
	}
	if keys := h.sessions(); len(keys) != 2 {
		t.Errorf("Redis has %v", keys)
	}
	h.audited("logout", "telnet:ann")
	all[0].redeem(h.link("telnet:ann"), http.StatusSeeOther) // one can come back
	if got := in(); got != "ynnyy" {
		t.Errorf("after another login: %s", got)
	}
}

// sessions are the keys of all sessions.
func (h *hall) sessions() []string {
	h.Helper()
	keys, err := h.Redis.Keys(h.Context(), job.Prefix+"dashboard:session:*").Result()
	if err != nil {
		h.Fatal(err)
	}
	return keys
}

// TestForms: an act needs the form of one's own page.
func TestForms(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.accept()
	ann, eve := h.as("telnet:ann"), h.as("telnet:eve")
	for name, try := range map[string]struct {
		csrf    string
		headers []string
	}{
		"none":         {"", nil},
		"of another":   {eve.csrf(), nil},
		"another site": {ann.csrf(), []string{"Sec-Fetch-Site", "cross-site"}},
		"origin":       {ann.csrf(), []string{"Origin", "https://evil.example"}},
	} {
		if r := ann.post("jobs/"+id+"/cancel", url.Values{"csrf": {try.csrf}}, try.headers...); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	if r := ann.get("jobs/" + id + "/cancel"); r.StatusCode == http.StatusSeeOther {
		t.Error("a link cancels")
	}
	if len(h.given()) > 0 {
		t.Errorf("a command came through: %+v", h.given())
	}
	h.audited("refused", "telnet:ann")
}

// TestOpenRedirects: where one goes on after a login or an act is a page of ours, whatever an address says.
func TestOpenRedirects(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.accept()
	v := h.as("telnet:ann")
	for _, back := range []string{
		"https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "../../evil", "x/../../../evil",
		"%2e%2e/%2e%2e/evil", "data:text/html,x", "http:evil.example", "/%09/evil.example", "\t//evil.example", "jobs:80/x", "./../x",
	} {
		h.say = func(command.Envelope) (command.Answer, bool) { return command.Answer{Text: "done"}, true }
		where, err := v.post("jobs/"+id+"/cancel", url.Values{"csrf": {v.csrf()}, "back": {back}}).Location()
		if err != nil || !strings.HasPrefix(where.String(), h.base()) {
			t.Errorf("%q leads to %v %v", back, where, err)
		}
		p := v.get("login?back=" + url.QueryEscape(back))
		if strings.Contains(p.body, "evil") || strings.Contains(p.body, "javascript:") {
			t.Errorf("%q is on the login page", back)
		}
	}
}

// TestTooManyLogins: attempts are bounded, and so are the links that one person gets.
func TestTooManyLogins(t *testing.T) {
	t.Parallel()
	h := bare(t)
	var last command.Answer
	for range 11 {
		answer, err := h.parts.Calls["dashboard"](t.Context(), command.Call{Command: "dashboard", Principal: "telnet:ann", Origin: job.Origin{Door: "telnet"}})
		if err != nil {
			t.Fatal(err)
		}
		last = answer
	}
	if last.Problem == nil || !strings.Contains(last.Text, "many links") {
		t.Errorf("the eleventh link: %+v", last)
	}
	v := h.visitor()
	for range 60 {
		v.post("login/link", url.Values{"token": {"x"}}, "X-Forwarded-For", "203.0.113.7")
	}
	if where := v.post("login/link", url.Values{"token": {"x"}}, "X-Forwarded-For", "203.0.113.7").Header.Get("Location"); where != "../login/failed?why=pace" {
		t.Errorf("the 61st attempt: %s", where)
	}
	if where := v.post("login/link", url.Values{"token": {"x"}}, "X-Forwarded-For", "203.0.113.8").Header.Get("Location"); where != "../login/failed?why=link" {
		t.Errorf("another address: %s", where)
	}
}

// TestNobodyLocksOthersOut: many attempts from everywhere hold up who begins a login with a provider, but neither a link nor what has begun.
func TestNobodyLocksOthersOut(t *testing.T) {
	t.Parallel()
	h := bare(t, providersOf(t)...)
	begun := h.visitor()
	page := begun.leave("github", "")
	h.write(h.Redis.Set(t.Context(), job.Prefix+"dashboard:pace:"+pages.Digest([]byte("from anywhere")), 3000, time.Minute).Err())
	if where := h.visitor().get("login/with/github").Header.Get("Location"); where != "../../login/failed?why=pace" {
		t.Errorf("a new login: %s", where)
	}
	if where := begun.arrive(begun.agree(page, "as", github.Ann)); where != "../../../" {
		t.Errorf("one that had begun: %s", where)
	}
	if where := h.visitor().redeem(h.link("telnet:ann"), http.StatusSeeOther).Header.Get("Location"); where != "../" {
		t.Errorf("a link: %s", where)
	}
}

// TestTheCommand: a link is given only where nobody reads along, and only where it leads somewhere.
func TestTheCommand(t *testing.T) {
	t.Parallel()
	h := bare(t)
	ask := func(door string, cause ...string) command.Answer {
		answer, err := h.parts.Calls["dashboard"](t.Context(), command.Call{Command: "dashboard", Principal: door + ":x", Cause: cause, Origin: job.Origin{Door: door}})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for _, door := range []string{"telnet", "slack", "irc", "cli"} {
		if a := ask(door); a.Problem != nil || !a.Private || !strings.Contains(a.Text, "/login/link?token=") {
			t.Errorf("%s: %+v", door, a)
		}
	}
	for _, door := range []string{"github", "gerrit", "rule", "schedule", "mail", ""} {
		if a := ask(door); a.Problem == nil || strings.Contains(a.Text, "token=") {
			t.Errorf("%s: %+v", door, a)
		}
	}
	if a := ask("telnet", "rule:r"); a.Problem == nil || strings.Contains(a.Text, "token=") {
		t.Errorf("a rule: %+v", a)
	}
}

// TestWhatIsRefusedIsSaidOnAPage, which leads on: to the login and back, or to the page anew.
func TestWhatIsRefusedIsSaidOnAPage(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.accept()
	back := url.Values{"back": {"jobs/" + id + "?x=1"}}
	out := h.visitor().posted("jobs/"+id+"/cancel", back)
	if out.StatusCode != http.StatusUnauthorized || !strings.Contains(out.body, `href="../../login?back=jobs%2f`+id+`%3fx%3d1">Log in</a>`) {
		t.Errorf("who is not logged in: %d %s", out.StatusCode, out.body)
	}
	stale := h.as("telnet:ann").posted("jobs/"+id+"/cancel", back)
	if stale.StatusCode != http.StatusForbidden || !strings.Contains(stale.body, `href="../../jobs/`+id+`?x=1">Back to the page</a>`) {
		t.Errorf("a form of before: %d %s", stale.StatusCode, stale.body)
	}
	for _, p := range []*sheet{out, stale} {
		if !strings.Contains(p.body, "<h1>Nothing was done</h1>") || !strings.Contains(p.Header.Get("Content-Security-Policy"), "default-src 'none'") || p.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v %s", p.Header, p.body)
		}
		onlyOurs(t, "a refusal", p.body)
	}
}
