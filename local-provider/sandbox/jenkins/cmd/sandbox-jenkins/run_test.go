package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const token = "0123456789abcdef"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// A running is a started sandbox-jenkins.
type running struct{ *programtest.Process }

func start(t *testing.T, args ...string) *running {
	t.Helper()
	return &running{programtest.Start(t, append([]string{
		"-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token+"\n"),
	}, args...)...)}
}

func (p *running) send(method, path string, form url.Values) (int, string) {
	p.Helper()
	rq, err := http.NewRequestWithContext(p.Context(), method, p.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	rq.SetBasicAuth("demo", token)
	rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		p.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		p.Fatal(err)
	}
	return rsp.StatusCode, string(text)
}

// until polls a page until it contains a text.
func (p *running) until(path, text string) {
	p.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		_, got := p.send(http.MethodGet, path, nil)
		if strings.Contains(got, text) {
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("%s has no %q: %s", path, text, got)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "-dir", dir, "-speed", "100", "-executors", "3")
	p.send(http.MethodPost, "/job/demo/job/slow/buildWithParameters", url.Values{"seconds": {"1"}, "HANDSOFF_JOB": {"abcd"}})
	p.until("/job/demo/job/slow/1/api/json", `"result":"SUCCESS"`)
	p.send(http.MethodPost, "/job/demo/job/hang/build", url.Values{"json": {"{}"}})
	p.send(http.MethodPost, "/job/demo/job/input/build", url.Values{"json": {"{}"}})
	p.until("/job/demo/job/hang/1/api/json", `"building":true`)
	p.until("/job/demo/job/input/1/api/json", `"building":true`)
	p.Kill()

	p = start(t, "-dir", dir)
	p.until("/job/demo/job/slow/1/api/json", `"value":"abcd"`)
	p.until("/job/demo/job/hang/1/api/json", `"result":"ABORTED"`)
	p.until("/job/demo/job/input/1/api/json", `"building":true`)
	p.until("/sandbox/status", `"started":{"demo/hang":1,"demo/input":1,"demo/slow":1}`)
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t)
	if status, _ := p.send(http.MethodGet, "/api/json", nil); status != http.StatusOK {
		t.Errorf("it answers %d", status)
	}
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
		"-token-file " + good + " -listen nowhere":         "listen on nowhere",
		"-token-file " + good + " -dir " + good + "/state": "open the sandbox's folder",
	}, "-token-file")
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token))
}
