package slack_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// try posts a message; it fails when there is no answer.
func (r *rig) try(ctx context.Context, channel string) (status int, retry, text string, err error) {
	form := url.Values{"channel": {channel}, "text": {"x"}, "token": {r.token}}
	rq, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/api/chat.postMessage", strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", "", err
	}
	rq.Header.Set("Content-Type", formType)
	rsp, err := r.http.Do(rq)
	if err != nil {
		return 0, "", "", err
	}
	defer rsp.Body.Close()
	body := make([]byte, 500)
	n, _ := rsp.Body.Read(body)
	return rsp.StatusCode, rsp.Header.Get("Retry-After"), string(body[:n]), nil
}

func TestFaults(t *testing.T) {
	t.Parallel()
	cases := map[slack.FaultKind]struct {
		status  int // 0 for no answer
		text    string
		outcome string
		posted  int
	}{
		slack.FaultDown:        {0, "", "down", 0},
		slack.FaultHang:        {0, "", "hang", 0},
		slack.FaultSlow:        {200, `"ok":true`, "ok", 1},
		slack.FaultDrop:        {0, "", "drop", 1},
		slack.FaultHTML:        {200, "<h1>It works!</h1>", "html", 0},
		slack.FaultUnavailable: {503, "service_unavailable", "service_unavailable", 0},
		slack.FaultInternal:    {200, "internal_error", "internal_error", 0},
		slack.FaultFatal:       {500, "fatal_error", "fatal_error", 1},
		slack.FaultLimited:     {429, "ratelimited", "ratelimited", 0},
		slack.FaultRefused:     {200, `"error":"is_archived"`, "is_archived", 0},
	}
	for kind, c := range cases {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.slack.Break(slack.Fault{Kind: kind, Method: "chat.", Times: 1, Delay: 20 * time.Millisecond, Code: "is_archived"})
			r.ok("auth.test") // elsewhere all is well
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if kind == slack.FaultHang { // the client gives up once it is heard
				go func() {
					defer cancel()
					for r.slack.Called("chat.postMessage", c.outcome) == 0 && ctx.Err() == nil {
						time.Sleep(time.Millisecond)
					}
				}()
			}
			status, retry, text, err := r.try(ctx, slack.Ops)
			if (c.status == 0) != (err != nil) || status != c.status || !strings.Contains(text, c.text) || (retry != "") != (status == 429) {
				t.Errorf("%d %q %s, %v", status, retry, text, err)
			}
			if n := len(r.slack.Messages(slack.Ops)); n != c.posted {
				t.Errorf("%d messages were posted, want %d", n, c.posted)
			}
			if n := r.slack.Called("chat.postMessage", c.outcome); n != 1 {
				t.Errorf("the ledger says %v", r.slack.Counts())
			}
			r.post(slack.Ops, "once only")
		})
	}
	if n := len(slack.FaultKinds()); n != len(cases) {
		t.Errorf("there are %d kinds of fault, and not all are tested", n)
	}
}

func TestFaultsInTurn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.slack.Break(slack.Fault{Kind: slack.FaultUnavailable, Method: "chat.postMessage", Skip: 1, Times: 2})
	forever := r.slack.Break(slack.Fault{Kind: slack.FaultLimited, Channel: slack.General, Delay: 30 * time.Second})
	for i, want := range []int{200, 503, 503, 200} {
		if status, _, _, err := r.try(t.Context(), slack.Ops); status != want || err != nil {
			t.Errorf("call %d: %d, %v, want %d", i, status, err, want)
		}
	}
	if status, retry, _, _ := r.try(t.Context(), slack.General); status != 429 || retry != "30" {
		t.Errorf("%d, after %s s", status, retry)
	}
	r.slack.Mend(forever, 99)
	r.post(slack.General, "x")
	r.slack.Break(slack.Fault{Kind: slack.FaultUnavailable})
	r.slack.Break(slack.Fault{Kind: slack.FaultInternal})
	r.slack.Mend()
	r.post(slack.General, "x")
}

func TestControlOfTheWorkspace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	order := func(path, body string) got {
		return r.send(http.MethodPost, "/sandbox/"+path, "application/json", body)
	}
	done := func(path, body string) map[string]any {
		t.Helper()
		out := order(path, body)
		if out.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s %s", path, body, out.Status, out.text)
		}
		return out.body
	}
	status := func() map[string]any { return r.send(http.MethodGet, "/sandbox/status", "", "").body }
	ts := r.post(slack.Ops, "x")
	if id := done("fault", `{"kind":"ratelimited","method":"users.","delay":"7s","times":3,"skip":1}`)["id"]; id != 1.0 {
		t.Errorf("the fault is %v", id)
	}
	r.ok("users.list")
	if wait := r.call("users.list").Header.Get("Retry-After"); wait != "7" || at(status(), "faults", 0, "kind") != "ratelimited" {
		t.Errorf("after %q s, %v", wait, status())
	}
	done("mend", `{"id":1}`)
	r.ok("users.list")
	done("mend", "")
	before := r.slack.Now()
	done("clock", `{"advance":"90s"}`)
	if d := r.slack.Now().Sub(before); d != 90*time.Second {
		t.Errorf("the clock moved %v", d)
	}
	done("clock", `{"speed":5}`)
	done("clock", `{"speed":0}`)
	done("token", `{"revoke":"token_expired"}`)
	r.refused("token_expired", "auth.test")
	done("token", `{}`)
	r.ok("auth.test")
	done("limits", `{"on":true}`)
	if status()["limited"] != true {
		t.Error("there are no limits")
	}
	done("limits", `{"on":false}`)
	done("erase", `{"channel":"ops","ts":"`+ts+`"}`)
	done("kick", `{"channel":"ops"}`)
	done("kick", `{"channel":"ops","user":"bob"}`)
	done("archive", `{"channel":"ops","on":true}`)
	if c := r.ok("conversations.info", "channel", slack.Ops)["channel"]; at(c, "is_member") != false || at(c, "is_archived") != true {
		t.Errorf("#ops is %v", c)
	}
	done("user", `{"user":"eve","restricted":true,"ultra_restricted":true,"name":"eva"}`)
	if u := r.ok("users.info", "user", slack.Eve)["user"]; at(u, "is_ultra_restricted") != true || at(u, "name") != "eva" || at(u, "deleted") != false {
		t.Errorf("eve is %v", u)
	}
	if calls := r.send(http.MethodGet, "/sandbox/calls?method=chat.postMessage", "", "").text; strings.Count(calls, `"method"`) != 1 || !strings.Contains(calls, `"ts":"`+ts+`"`) {
		t.Errorf("the calls are %s", calls)
	}
	if said := r.send(http.MethodGet, "/sandbox/messages?channel=C0OPS", "", "").text; said != "[]" {
		t.Errorf("#ops holds %s", said)
	}
	for _, bad := range []string{
		`fault {"kind":"none"}`, `fault {"kind":"slow","delay":"x"}`, `fault {"kind":"slow","times":-1}`, `fault {"kind":"refused"}`,
		`clock {"advance":"-1s"}`, `clock {"speed":-1}`, `erase {"channel":"ops","ts":"1.1"}`, `kick {"channel":"none"}`,
		`kick {"channel":"ops","user":"nobody"}`, `archive {"channel":"none"}`, `user {"user":"nobody"}`, `fault {"sort":"slow"}`, `mend x`,
	} {
		path, body, _ := strings.Cut(bad, " ")
		if out := order(path, body); out.StatusCode < 400 || out.body["ok"] != false {
			t.Errorf("%s: %s %s", bad, out.Status, out.text)
		}
	}
	r.token = "xoxb-other"
	if out := order("mend", ""); out.StatusCode != http.StatusUnauthorized {
		t.Errorf("with another token: %s", out.Status)
	}
}
