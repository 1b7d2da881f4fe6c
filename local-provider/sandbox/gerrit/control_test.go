package gerrit_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

// order asks the control something; a body makes it an order.
func (r *rig) order(path, body string) (int, string) {
	r.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	rq, err := http.NewRequestWithContext(r.Context(), method, r.url+"/sandbox/"+path, strings.NewReader(body))
	r.ok(err)
	rq.Header.Set("Authorization", "Bearer "+r.pass)
	rsp, err := r.http.Do(rq)
	r.ok(err)
	defer rsp.Body.Close()
	var out json.RawMessage
	r.ok(json.NewDecoder(rsp.Body).Decode(&out))
	return rsp.StatusCode, string(out)
}

// TestOrders plays people and orders faults over HTTP.
func TestOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, x := range []struct {
		path, body string
		status     int
		part       string
	}{
		{"people", "", 200, `"username":"jenkins"`},
		{"people/bob/push", `{"upload":{"project":"acme/app","subject":"By order","files":[{"path":"x","insertions":1}]}}`, 200, `{"number":6}`},
		{"people/bob/amend", `{"number":6,"upload":{"subject":"By another"}}`, 200, `{"ok":true}`},
		{"people/ann/review", `{"number":6,"review":{"message":"fine","labels":{"Code-Review":2}}}`, 200, `{"ok":true}`},
		{"people/ann/submit", `{"number":6}`, 409, `submit requirement 'Verified' is unsatisfied.`},
		{"people/jenkins/review", `{"number":6,"review":{"labels":{"Verified":1}}}`, 200, `{"ok":true}`},
		{"people/bob/topic", `{"number":6,"text":"t"}`, 200, `{"ok":true}`},
		{"people/bob/hashtags", `{"number":6,"add":["x"]}`, 200, `{"ok":true}`},
		{"people/bob/wip", `{"number":6,"on":true}`, 200, `{"ok":true}`},
		{"people/bob/wip", `{"number":6}`, 200, `{"ok":true}`},
		{"people/bob/private", `{"number":6,"on":true}`, 200, `{"ok":true}`},
		{"people/handsoff/change?number=6", "", 200, `{"error":"Not found: 6"}`},
		{"people/bob/private", `{"number":6}`, 200, `{"ok":true}`},
		{"people/bob/reviewer", `{"number":6,"who":"handsoff"}`, 200, `{"ok":true}`},
		{"people/bob/unreview", `{"number":6,"who":"handsoff"}`, 200, `{"ok":true}`},
		{"people/bob/unvote", `{"number":6,"who":"ann","label":"Code-Review"}`, 409, `delete vote not permitted`},
		{"people/bob/rebase", `{"number":6}`, 409, `Change is already up to date.`},
		{"people/bob/abandon", `{"number":6,"text":"no"}`, 200, `{"ok":true}`},
		{"people/bob/restore", `{"number":6}`, 200, `{"ok":true}`},
		{"people/ann/submit", `{"number":6}`, 200, `{"ok":true}`},
		{"people/bob/remove", `{"number":4}`, 200, `{"ok":true}`},
		{"people/eve/submit", `{"number":6}`, 409, `Account 'eve' not found`},
		{"people/eve/push", `{}`, 409, `Account 'eve' not found`},
		{"people/ann/changes?q=status:merged", "", 200, `"subject":"By another"`},
		{"people/ann/changes?q=foo:bar", "", 200, `{"error":"Unsupported operator foo:bar"}`},
		{"people/ann/change?number=6", "", 200, `"lacks":""`},
		{"await?after=1", "", 200, `"events":`},
		{"fault", `{"kind":"slow","delay":"1ms","times":1,"path":"/nowhere"}`, 200, `{"id":1}`},
		{"fault", `{"kind":"rain"}`, 409, `kind must be one of`},
		{"fault", `{"kind":"slow","delay":"soon"}`, 409, `delay must be a time`},
		{"fault", `{"kind":"slow","times":-1}`, 409, `times and skip`},
		{"fault", `{"sort":"slow"}`, 400, `unknown field`},
		{"status", "", 200, `"kind":"slow"`},
		{"mend", `{"id":1}`, 200, `{"ok":true}`},
		{"mend", `{}`, 200, `{"ok":true}`},
		{"cut", `{"after":100}`, 200, `{"ok":true}`},
		{"cut", `{"hard":true}`, 200, `{"cut":0}`},
		{"ssh", `{"refuse":true,"hang":true}`, 200, `{"ok":true}`},
		{"status", "", 200, `"refuse":true,"hang":true`},
		{"ssh", `{"refuse":false,"hang":false}`, 200, `{"ok":true}`},
		{"hostkey", `{"changed":true}`, 200, `{"ok":true}`},
		{"log", `{"on":false}`, 200, `{"ok":true}`},
		{"burst", `{"events":10}`, 200, `{"ok":true}`},
		{"emit", `{"type":"mine"}`, 200, `{"ok":true}`},
		{"emit", `"x"`, 409, `an event must be one JSON object`},
		{"replicate", `{"project":"acme/app","ref":"refs/heads/main"}`, 200, `{"ok":true}`},
		{"events?after=3", "", 200, `"type":"ref-replicated"`},
		{"requests?text=ssh", "", 200, `[]`},
		{"clock", `{"advance":"1m","speed":0}`, 200, `"now":`},
		{"clock", `{"speed":-1}`, 409, `speed must be`},
	} {
		if status, text := r.order(x.path, x.body); status != x.status || !strings.Contains(text, x.part) {
			t.Errorf("%s %s: %d %.300s", x.path, x.body, status, text)
		}
	}
	now := r.gerrit.Now()
	if !now.Equal(r.gerrit.Now()) {
		t.Error("the clock goes on")
	}
	r.pass = "wrong"
	if status, _ := r.order("status", ""); status != http.StatusUnauthorized {
		t.Errorf("a stranger is answered %d", status)
	}
}

// TestRequests remembers what was asked, and by whom.
func TestRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.send("GET", "/a/accounts/self", "")
	r.run("gerrit version")
	if got := r.gerrit.Requests("GET /a/accounts"); len(got) != 1 || got[0].User != "handsoff" || got[0].Status != 200 {
		t.Errorf("over HTTP: %+v", got)
	}
	if got := r.gerrit.Requests("ssh gerrit version"); len(got) != 1 || got[0].User != "handsoff" {
		t.Errorf("over SSH: %+v", got)
	}
}

// TestDoor lets nobody see the page without the password, and leads nowhere else with it.
func TestDoor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if text := r.send("GET", "/c/acme/app/+/4", "").text; !strings.Contains(text, "The HTTP password") {
		t.Errorf("a stranger sees %s", text)
	}
	enter := func(form string) *http.Response {
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/enter", strings.NewReader(form))
		r.ok(err)
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rsp, err := r.http.Do(rq)
		r.ok(err)
		rsp.Body.Close()
		return rsp
	}
	for form, want := range map[string]string{
		"token=wrong":                                         "/?wrong",
		"token=wrong&next=/c/acme/app/%2B/4":                  "/c/acme/app/+/4?wrong",
		"token=" + password + "&next=/c/acme/app/%2B/4":       "/c/acme/app/+/4",
		"token=" + password + "&next=//evil.example.com":      "/",
		"token=" + password + "&next=http://evil.example.com": "/",
	} {
		rsp := enter(form)
		if rsp.Header.Get("Location") != want || (len(rsp.Cookies()) == 1) == strings.HasPrefix(form, "token=wrong") {
			t.Errorf("%s leads to %s with %v", form, rsp.Header.Get("Location"), rsp.Cookies())
		}
	}
	shut := gerrit.New(gerrit.Options{}) // without a password nobody comes in
	t.Cleanup(shut.Close)
	answer := httptest.NewRecorder()
	rq := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sandbox/status", http.NoBody)
	rq.Header.Set("Authorization", "Bearer ")
	if shut.Handler().ServeHTTP(answer, rq); answer.Code != http.StatusUnauthorized {
		t.Errorf("without a password it answers %d", answer.Code)
	}
}
