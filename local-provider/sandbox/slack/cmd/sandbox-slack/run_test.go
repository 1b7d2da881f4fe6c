package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const token = "xoxb-0123456789abcdef"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// A running is a started sandbox-slack.
type running struct{ *programtest.Process }

func start(t *testing.T, args ...string) *running {
	t.Helper()
	return &running{programtest.Start(t, append([]string{
		"-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token+"\n"),
		"-signing-secret-file", programtest.File(t, "secret", "one\ntwo\n"),
	}, args...)...)}
}

// call calls a method of the Web API, which must succeed.
func (p *running) call(method string, arguments ...string) map[string]any {
	p.Helper()
	form := url.Values{}
	for i := 0; i < len(arguments); i += 2 {
		form.Set(arguments[i], arguments[i+1])
	}
	rq, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.URL+"/api/"+method, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	rq.Header.Set("Authorization", "Bearer "+token)
	rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		p.Fatal(err)
	}
	defer rsp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(rsp.Body).Decode(&body); err != nil || body["ok"] != true {
		p.Fatalf("%s: %v, %v", method, body, err)
	}
	return body
}

func (p *running) messages(channel string) int {
	list, _ := p.call("conversations.history", "channel", channel)["messages"].([]any)
	return len(list)
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "-dir", dir, "-unlimited")
	for range 20 {
		p.call("chat.postMessage", "channel", "C0OPS", "text", "x")
	}
	p.Kill()
	p = start(t, "-dir", dir)
	if n := p.messages("C0OPS"); n != 20 {
		t.Errorf("%d messages survived", n)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	file := programtest.File(t, "manifest.yml", "features: {bot_user: {display_name: robot}}\noauth_config: {scopes: {bot: [users:read]}}\n")
	p := start(t, "-manifest", file, "-url", "https://slack.example.com/")
	if who := p.call("auth.test"); who["user"] != "robot" || who["url"] != "https://slack.example.com/" {
		t.Errorf("it is %v", who)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.call("auth.test")
	p.Stop()
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty, good := programtest.File(t, "empty", " \n"), programtest.File(t, "good", token)
	programtest.Run(run).Refuses(t, map[string]string{
		"":                           "a token is needed",
		"-token-file " + empty:       "is empty",
		"-token-file /none":          "read the token",
		"-token":                     "read the flags",
		"-token-file " + good + " x": `unexpected argument "x"`,
		"-token-file " + good + " -signing-secret-file /none": "read the signing secrets",
		"-token-file " + good + " -manifest /none":            "read the manifest",
		"-token-file " + good + " -manifest " + empty:         "no app manifest",
		"-token-file " + good + " -manifest " + good:          "read the manifest",
		"-token-file " + good + " -listen nowhere":            "listen on nowhere",
		"-token-file " + good + " -dir " + good + "/state":    "open the sandbox's folder",
	}, "-token-file")
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token))
}
