package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const token = "ghp_0123456789abcdef"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// A server is a running sandbox-github.
type server struct{ *programtest.Process }

func start(t *testing.T, args ...string) *server {
	t.Helper()
	return &server{programtest.Start(t, append([]string{
		"-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token+"\n"),
		"-webhook-secret-file", programtest.File(t, "secret", "one\ntwo\n"),
	}, args...)...)}
}

// call makes a request, which must succeed.
func (s *server) call(method, path, body string) (out any) {
	s.Helper()
	rq, err := http.NewRequestWithContext(s.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	rq.Header.Set("Authorization", "Bearer "+token)
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		s.Fatal(err)
	}
	defer rsp.Body.Close()
	if err := json.NewDecoder(rsp.Body).Decode(&out); err != nil || rsp.StatusCode > 299 {
		s.Fatalf("%s %s: %s, %v, %v", method, path, rsp.Status, out, err)
	}
	return out
}

func (s *server) comments() int {
	s.Helper()
	list, _ := s.call("GET", "/api/v3/repos/acme/app/issues/1/comments?per_page=100", "").([]any)
	return len(list)
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, "-dir", dir)
	for range 20 {
		s.call("POST", "/repos/acme/app/issues/1/comments", `{"body":"x"}`)
	}
	s.Kill()
	s = start(t, "-dir", dir)
	if n := s.comments(); n != 20 {
		t.Errorf("%d comments survived", n)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.comments()
	s.Stop()
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
		"-token-file " + good + " -webhook-secret-file /none": "read the webhook secrets",
		"-token-file " + good + " -app-key-file /none":        "read the App's key",
		"-token-file " + good + " -app-key-file " + good:      "the App's key is neither",
		"-token-file " + good + " -listen nowhere":            "listen on nowhere",
		"-token-file " + good + " -dir " + good + "/state":    "open the sandbox's folder",
	}, "-app-key-file")
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-token-file", programtest.File(t, "token", token))
}
