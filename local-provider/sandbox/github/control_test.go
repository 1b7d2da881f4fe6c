package github_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// order sends an order to the control, which must obey.
func (r *rig) order(path, body string) map[string]any {
	r.Helper()
	got := r.send("POST", "/sandbox/"+path, botToken, body)
	if got.StatusCode != http.StatusOK {
		r.Errorf("%s %s: %d %s", path, body, got.StatusCode, got.text)
	}
	return got.body
}

func TestControl(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	comment := r.order("people/bob/comment", `{"repo":"acme/app","number":1,"body":"/build"}`)["id"]
	r.order("people/ann/edit", fmt.Sprintf(`{"comment":%.0f,"body":"/deploy"}`, comment))
	r.order("people/eve/react", fmt.Sprintf(`{"comment":%.0f,"content":"heart"}`, comment))
	r.order("people/bob/push", `{"repo":"acme/app","branch":"greeting","files":{"x":"y"}}`)
	pull := r.order("people/eve/pull", `{"repo":"acme/mirror-nova","title":"Fix it"}`)["id"]
	r.order("people/eve/close", fmt.Sprintf(`{"repo":"acme/mirror-nova","number":%.0f}`, pull))
	r.order("people/ann/delete", fmt.Sprintf(`{"comment":%.0f}`, comment))
	r.order("user", `{"login":"kim"}`)
	r.order("repo", `{"name":"acme/new","roles":{"kim":"write"}}`)
	r.order("role", `{"repo":"acme/app","login":"kim","role":"triage"}`)
	r.order("repo-state", `{"repo":"acme/lib","private":true,"archived":true}`)
	r.order("conflict", `{"repo":"acme/app","number":1,"conflict":true}`)
	if token := r.order("token", `{"login":"kim"}`)["token"]; token != r.github.Token("kim") {
		t.Errorf("kim's token is %v", token)
	}
	r.settled()
	if got, want := names(r.inbox.take(), github.HookOfOrg), "issue_comment.created issue_comment.edited push pull_request.synchronize "+
		"fork pull_request.opened pull_request.closed issue_comment.deleted repository.created member.added"; got != want {
		t.Errorf("the organisation's hook heard\n%s, want\n%s", got, want)
	}
	hook := r.hookOf("acme/app")
	r.order("lose", fmt.Sprintf(`{"hook":%d,"lost":true}`, hook))
	r.order("people/bob/star", `{"repo":"acme/app"}`)
	r.settled()
	r.order("lose", fmt.Sprintf(`{"hook":%d,"lost":false}`, hook))
	r.order("redeliver", fmt.Sprintf(`{"id":%d}`, r.github.Deliveries(hook)[0].ID))
	r.settled()
	if got := names(r.inbox.take(), github.HookOfRepo); got != "watch.started" {
		t.Errorf("sent again was %s", got)
	}
	fault := r.order("fault", `{"kind":"gone","path":"/acme/app"}`)["id"]
	r.refused(r.send("GET", "/repos/acme/app", botToken, ""), 404, "Not Found")
	r.order("mend", fmt.Sprintf(`{"id":%.0f}`, fault))
	r.order("webhooks", `{"kind":"vanished","times":1}`)
	r.order("mend-webhooks", `{}`)
	r.order("expire", `{}`)
	before := r.github.Now()
	r.order("clock", `{"advance":"1h","speed":0}`)
	if d := r.github.Now().Sub(before).Hours(); d != 1 {
		t.Errorf("the clock went %v hours", d)
	}
	for path, want := range map[string]string{
		"status": `"counts":{`, "calls?text=/acme/app": `"status":404`, "hooks?of=acme/app": `"kind":"repository"`,
		fmt.Sprintf("deliveries?hook=%d", hook): `"status":"OK"`,
	} {
		if got := r.send("GET", "/sandbox/"+path, botToken, ""); got.StatusCode != http.StatusOK || !strings.Contains(got.text, want) {
			t.Errorf("%s: %d %.300s", path, got.StatusCode, got.text)
		} else if strings.Contains(got.text, secret) {
			t.Errorf("%s tells the secret", path)
		}
	}
}

func TestBadOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"fault", `{"kind":"moody"}`, 400},
		{"fault", `{"kind":"slow","delay":"soon"}`, 400},
		{"fault", `{"kind":"error","code":200}`, 400},
		{"fault", `{"kind":"slow","times":-1}`, 400},
		{"fault", `{"colour":"red"}`, 400},
		{"webhooks", `{"kind":"slow"}`, 400},
		{"clock", `{"speed":-1}`, 400},
		{"lose", `{"hook":1}`, 404},
		{"redeliver", `{"id":1}`, 404},
		{"token", `{"login":"none"}`, 404},
		{"people/none/comment", `{"repo":"acme/app","number":1,"body":"x"}`, 404},
		{"people/bob/sing", `{}`, 404},
		{"people/eve/merge", `{"repo":"acme/app","number":1}`, 403},
		{"people/eve/push", `{"repo":"acme/app"}`, 403},
		{"people/bob/comment", `{"repo":"acme/app","number":99,"body":"x"}`, 404},
		{"people/bob/comment", `{"repo":"acme/app","number":1}`, 403},
		{"hook", `{"of":"none/none","url":"http://127.0.0.1:1"}`, 404},
		{"fire", `{"event":"x","payload":[]}`, 403},
		{"role", `{"repo":"acme/app","login":"eve","role":"king"}`, 403},
	} {
		if got := r.send("POST", "/sandbox/"+c.path, botToken, c.body); got.StatusCode != c.status || got.body["error"] == nil {
			t.Errorf("%s %s: %d %s, want %d", c.path, c.body, got.StatusCode, got.text, c.status)
		}
	}
	for _, token := range []string{"", "wrong", r.github.Token("ann")} {
		if got := r.send("POST", "/sandbox/mend", token, `{}`); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("with the token %q: %d", token, got.StatusCode)
		}
	}
	if got := r.send("POST", "/sandbox/mend", botToken, `{}`, "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", got.StatusCode)
	}
}

func TestFire(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	payload := json.RawMessage(`{"action":"completed","workflow_run":{"id":7},"repository":{"full_name":"other/place"},"installation":{"id":1}}`)
	r.must(r.github.Fire(github.Firing{Event: "workflow_run", Payload: payload, Repo: "acme/app", As: "bob"}))
	r.must(r.github.Fire(github.Firing{Event: "workflow_run", Payload: payload}))
	r.settled()
	came := r.inbox.take()
	var places []string
	for _, h := range came {
		places = append(places, fmt.Sprint(at(h.parsed, "repository", "full_name"), " ", at(h.parsed, "sender", "login")))
	}
	if got := strings.Join(places, "; "); len(came) != 4 || strings.Count(got, "acme/app bob") != 2 || strings.Count(got, "other/place <nil>") != 2 {
		t.Errorf("there came %s", got)
	}
}

// TestExamples fires every example that GitHub's own makers of clients publish.
func TestExamples(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(modules(t), "@octokit", "webhooks-examples", "api.github.com", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name     string            `json:"name"`
		Examples []json.RawMessage `json:"examples"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	n := 0
	for _, e := range all {
		for _, payload := range e.Examples {
			r.must(r.github.Fire(github.Firing{Event: e.Name, Payload: payload, Repo: "acme/lib"}))
			n++
		}
	}
	r.settled()
	if came := r.inbox.take(); n < 200 || len(strings.Fields(names(came, github.HookOfOrg))) != n {
		t.Errorf("%d examples, and to the organisation's hook came %d", n, len(strings.Fields(names(came, github.HookOfOrg))))
	}
}
