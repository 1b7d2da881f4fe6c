package slack_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

const formView = `{"type":"modal","callback_id":"form","title":{"type":"plain_text","text":"Run a command"},
	"submit":{"type":"plain_text","text":"Run"},"close":{"type":"plain_text","text":"Cancel"},"blocks":[
	{"type":"section","text":{"type":"mrkdwn","text":"*jenkins build* starts a job of Jenkins."}},
	{"type":"input","block_id":"job","label":{"type":"plain_text","text":"Job"},"hint":{"type":"plain_text","text":"Type a part of its name."},
		"element":{"type":"external_select","action_id":"job","min_query_length":1,"placeholder":{"type":"plain_text","text":"demo/…"}}},
	{"type":"input","block_id":"seconds","label":{"type":"plain_text","text":"seconds"},
		"element":{"type":"number_input","is_decimal_allowed":false,"action_id":"n","initial_value":"30"}},
	{"type":"input","block_id":"size","optional":true,"label":{"type":"plain_text","text":"size"},"element":{"type":"static_select","action_id":"size",
		"options":[{"text":{"type":"plain_text","text":"small"},"value":"s"},{"text":{"type":"plain_text","text":"large"},"value":"l"}]}},
	{"type":"input","block_id":"note","optional":true,"label":{"type":"plain_text","text":"note"},
		"element":{"type":"plain_text_input","multiline":true,"action_id":"note"}}]}`

const homeView = `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Your jobs"}},
	{"type":"section","text":{"type":"mrkdwn","text":"*jenkins build demo/slow*\nrunning, 42 %"},
		"accessory":{"type":"button","action_id":"log","value":"1","text":{"type":"plain_text","text":"Log"}}},
	{"type":"divider"},{"type":"context","elements":[{"type":"mrkdwn","text":"Nothing waits for your approval."}]},
	{"type":"actions","elements":[{"type":"button","action_id":"go","style":"primary","value":"1","text":{"type":"plain_text","text":"Run a command"}}]}]}`

// formApp answers as an app with a shortcut, a form and a home does.
func (s *stage) formApp() {
	s.answers(func(rq received) (int, string, string) {
		if strings.Contains(rq.body, "app_home_opened") {
			go s.call("views.publish", map[string]any{"user_id": slack.Ann, "view": homeView})
			return http.StatusOK, "", ""
		}
		if !strings.HasPrefix(rq.body, "payload=") {
			return http.StatusOK, "", ""
		}
		p := rq.payload(s.T)
		switch p["type"] {
		case "shortcut":
			s.call("views.open", map[string]any{"trigger_id": p["trigger_id"], "view": formView})
		case "block_suggestion":
			return http.StatusOK, "application/json", `{"options":[{"text":{"type":"plain_text","text":"demo/slow"},"value":"slow"}]}`
		case "view_submission":
			if !strings.Contains(pagetest.Quoted(p["view"]), `"value":"20"`) {
				return http.StatusOK, "application/json", `{"response_action":"errors","errors":{"seconds":"At most 20 at this time of day."}}`
			}
		}
		return http.StatusOK, "", ""
	})
}

// call calls the Web API.
func (s *stage) call(method string, args map[string]any) {
	rq, err := http.NewRequest(http.MethodPost, s.url+"/api/"+method, strings.NewReader(pagetest.Quoted(args)))
	if err != nil {
		s.Error(err)
		return
	}
	rq.Header.Set("Authorization", "Bearer "+appToken)
	rq.Header.Set("Content-Type", "application/json; charset=utf-8")
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		s.Error(err)
		return
	}
	rsp.Body.Close()
}

// TestFormInBrowser fills in the form of a shortcut, uploads a file, looks at the home, and is somebody else.
func TestFormInBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.formApp()
	b := openTab(t, s)
	b.Do(pagetest.Click(".bolt"))
	b.Click(".shortcuts button", "Run a command")
	b.Sees("dialog.modal", "starts a job of Jenkins")
	b.Do(pagetest.Type(`[data-action="job"]`, "slow"))
	b.Until(`document.querySelector("datalist option")?.value === "demo/slow"`)
	b.Do(pagetest.Set(`[data-action="job"]`, "demo/slow"),
		chromedp.Evaluate(`document.querySelector('[data-action="job"]').dispatchEvent(new Event("change"))`, nil),
		pagetest.Type(`[data-action="note"]`, "by hand"))
	b.Click("dialog.modal .primary", "Run")
	b.Sees("dialog.modal .flaw", "At most 20")
	b.Shot("modal")
	b.Until(`document.querySelector('[data-action="note"]').value === "by hand"`)
	b.Do(pagetest.Set(`[data-action="n"]`, ""), pagetest.Type(`[data-action="n"]`, "20\r"))
	b.Until(`!document.querySelector("dialog")`)
	if n := len(s.person("ann").SeeModals()); n != 0 {
		t.Errorf("%d modals are open", n)
	}

	file := filepath.Join(t.TempDir(), "batch.txt")
	if err := os.WriteFile(file, []byte("jobs\nstatus\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Do(chromedp.SetUploadFiles(`#compose input[type="file"]`, []string{file}, chromedp.ByQuery))
	b.Sees(".message .file", "batch.txt")

	b.Click("#apps button", "handsoff")
	b.Sees("#home", "Nothing waits for your approval.")
	b.Shot("home")
	b.Click("#tab-messages", "Messages")
	b.Sees("#messages", "without a slash")
	b.Do(pagetest.Type("#composer", "<i>jobs</i>\r"))
	b.Sees(".message", "<i>jobs</i>")
	b.Do(chromedp.Evaluate(`document.querySelector(".message .tools [aria-label='Edit the message']").click()`, nil))
	b.Do(pagetest.Type(".words textarea", " now\r"))
	b.Sees(".message .edited", "(edited)")

	s.post(slack.General, goslack.MsgOptionAttachments(goslack.Attachment{Fallback: "PR 1", Blocks: goslack.Blocks{BlockSet: []goslack.Block{
		goslack.NewSectionBlock(goslack.NewTextBlockObject("mrkdwn", "*<https://github.com/a/b/pull/1|a/b#1>* Fix the build", false, false), nil, nil),
	}}}), goslack.MsgOptionText("https://github.com/a/b/pull/1", false))
	b.Do(pagetest.Set("#me", "eve"), chromedp.Evaluate(`document.querySelector("#me").dispatchEvent(new Event("change"))`, nil))
	b.Click("#channels button", "general")
	b.Sees(".attachment", "Fix the build")
	b.Until(`![...document.querySelectorAll("#channels button")].some(n => n.innerText.includes("admins"))`)
	b.Shot("eve")
	b.Do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	b.Shot("dark")
}

// TestDoor: nothing is shown to who has no token, nor done for another site.
func TestDoor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	get := func(path string, header ...string) (*http.Response, error) {
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(header); i += 2 {
			rq.Header.Set(header[i], header[i+1])
		}
		return http.DefaultTransport.RoundTrip(rq)
	}
	rsp, err := get("/")
	if err != nil {
		t.Fatal(err)
	}
	rsp.Body.Close()
	if csp := rsp.Header.Get("Content-Security-Policy"); rsp.StatusCode != http.StatusOK || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%d %q", rsp.StatusCode, csp)
	}
	for _, path := range []string{"people/ann/see?channel=C0OPS", "people/ann/client", "people", "sent"} {
		for _, header := range [][]string{nil, {"Authorization", "Bearer x"}, {"Cookie", "sandbox_slack=x"}} {
			rsp, err := get("/sandbox/"+path, header...)
			if err != nil {
				t.Fatal(err)
			}
			rsp.Body.Close()
			if rsp.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s with %q: %d", path, header, rsp.StatusCode)
			}
		}
	}
	enter := func(token string) *http.Response {
		t.Helper()
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/enter", strings.NewReader("token="+token))
		if err != nil {
			t.Fatal(err)
		}
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rsp, err := http.DefaultTransport.RoundTrip(rq)
		if err != nil {
			t.Fatal(err)
		}
		rsp.Body.Close()
		return rsp
	}
	if rsp := enter("wrong"); len(rsp.Cookies()) != 0 || rsp.Header.Get("Location") != "/?wrong" {
		t.Errorf("a wrong token: %v", rsp.Header)
	}
	in := enter(appToken)
	if len(in.Cookies()) != 1 || !in.Cookies()[0].HttpOnly || strings.Contains(in.Cookies()[0].Value, appToken) {
		t.Fatalf("%v", in.Header)
	}
	pass := in.Cookies()[0].String()
	pass, _, _ = strings.Cut(pass, ";")
	for origin, want := range map[string]int{"": 200, "http://evil.example.com": 403} {
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/sandbox/people/ann/join", strings.NewReader(`{"channel":"#ops"}`))
		if err != nil {
			t.Fatal(err)
		}
		rq.Header.Set("Cookie", pass)
		if origin != "" {
			rq.Header.Set("Origin", origin)
		}
		rsp, err := http.DefaultTransport.RoundTrip(rq)
		if err != nil {
			t.Fatal(err)
		}
		rsp.Body.Close()
		if rsp.StatusCode != want {
			t.Errorf("from %q: %d, want %d", origin, rsp.StatusCode, want)
		}
	}
}
