package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const password = "0123456789abcdef"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// ask makes a call of the control, and answers what came.
func ask(p *programtest.Process, method, path, body string) string {
	p.Helper()
	rq, err := http.NewRequestWithContext(p.Context(), method, p.URL+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	rq.Header.Set("Authorization", "Bearer "+password)
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		p.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{
		"-listen", "127.0.0.1:0", "-password-file", programtest.File(t, "password", password+"\n"), "-state", filepath.Join(dir, "state.jsonl"),
		"-clouds", filepath.Join(dir, "clouds.yaml"),
	}
	p := programtest.Start(t, args...)
	clouds := ask(p, http.MethodGet, "/sandbox/clouds", "")
	p.Kill()
	written, err := os.ReadFile(filepath.Join(dir, "clouds.yaml"))
	if err != nil || string(written) != clouds || !strings.Contains(clouds, p.URL+"/identity/v3") {
		t.Errorf("clouds.yaml: %v\n%s\n%s", err, written, clouds)
	}
	again := programtest.Start(t, args...)
	if other := ask(again, http.MethodGet, "/sandbox/clouds", ""); strings.ReplaceAll(other, again.URL, p.URL) != clouds {
		t.Errorf("after a restart:\n%s\nbefore:\n%s", other, clouds)
	}
	again.Stop()
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty, good := programtest.File(t, "empty", " \n"), programtest.File(t, "good", password)
	programtest.Run(run).Refuses(t, map[string]string{
		"":                              "a token is needed",
		"-password-file " + empty:       "is empty",
		"-password-file /none":          "read the token",
		"-password":                     "read the flags",
		"-password-file " + good + " x": `unexpected argument "x"`,
		"-password-file " + good + " -listen nowhere":               "listen on nowhere",
		"-password-file " + good + " -state " + good + "/dir/state": "open the sandbox's folder",
	}, "-password-file")
}

// TestRunInProcess covers run itself, which the other test starts as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-password-file", programtest.File(t, "password", password))
}
