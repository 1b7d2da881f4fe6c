package docs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/need"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// onItsPort runs the server of OpenFaaS' template, which listens on 5000 behind a watchdog, on another port.
const onItsPort = `
import os, runpy, waitress
serve = waitress.serve
waitress.serve = lambda app, **_: serve(app, host=os.environ["bind"], port=int(os.environ["port"]))
runpy.run_module("index", run_name="__main__")
`

// keys are what the function's secret holds while keys are being changed.
const keys = "new:a-new-key-of-enough-bytes\n# the old one\nan-old-key-of-enough-bytes\n"

// TestPython runs the function in Python that the page shows: by the server that the page shows, and by that of OpenFaaS' own template
// where HANDSOFF_PYTHON_TEMPLATE is a folder with its index.py, and flask and waitress are installed. The template is in no package that
// `make need` could install: it is what `faas-cli template store pull python3-http` gets from GitHub.
func TestPython(t *testing.T) {
	t.Parallel()
	need.Program(t, "python3")
	written := make(map[string]string)
	for _, b := range blocks(t, "writing-a-function.md") {
		if b.lang == "python" {
			written[filepath.Base(b.file)] = b.text
		}
	}
	t.Run("ours", func(t *testing.T) {
		t.Parallel()
		checkPython(t, written, []string{"__main__.py"})
	})
	t.Run("the template's", func(t *testing.T) {
		t.Parallel()
		template := os.Getenv("HANDSOFF_PYTHON_TEMPLATE")
		if template == "" {
			t.Skip("HANDSOFF_PYTHON_TEMPLATE names no folder")
		}
		index, err := os.ReadFile(filepath.Join(template, "index.py"))
		if err != nil {
			t.Fatal(err)
		}
		checkPython(t, map[string]string{
			"index.py": string(index), "function/__init__.py": "", "function/handler.py": written["handler.py"],
		}, []string{"-c", onItsPort})
	})
}

// checkPython serves files by python3 with these arguments, and calls the function as the bot does, and as others might.
func checkPython(t *testing.T, files map[string]string, args []string) {
	t.Helper()
	f := servePython(t, files, args)
	now, dice := time.Now(), map[string]any{"sides": 1}
	good := command.Call{Command: "dice", Args: dice, Principal: "telnet:ann", Time: now, Nonce: "1"}
	for _, c := range []struct {
		name, nonce, key string
		time             time.Time
		status           int
		says             string
	}{
		{"signed", "1", "a-new-key-of-enough-bytes", now, 200, "A 1, telnet:ann."},
		{"a second time", "1", "a-new-key-of-enough-bytes", now, 401, "refused"},
		{"with the old key", "2", "an-old-key-of-enough-bytes", now.In(time.FixedZone("", 7200)), 200, "A 1, telnet:ann."},
		{"with another key", "3", "a-wrong-key-of-enough-bytes", now, 401, "refused"},
		{"unsigned", "4", "", now, 401, "refused"},
		{"old", "5", "a-new-key-of-enough-bytes", now.Add(-6 * time.Minute), 401, "refused"},
		{"ahead of time", "6", "a-new-key-of-enough-bytes", now.Add(6 * time.Minute), 401, "refused"},
		{"without a nonce", "", "a-new-key-of-enough-bytes", now, 401, "refused"},
	} {
		call := good
		call.Nonce, call.Time = c.nonce, c.time
		body, err := json.Marshal(call)
		if err != nil {
			t.Fatal(err)
		}
		if status, said := f.post(t, body, c.key); status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d %s", c.name, status, said)
		}
	}
	if status, said := f.post(t, []byte("not JSON"), "a-new-key-of-enough-bytes"); status != 401 {
		t.Errorf("what is no call: %d %s", status, said)
	}
	if status, said := f.send(t, []byte("{}"), "sha256=\xe4"); status != 401 {
		t.Errorf("with a signature that is no ASCII: %d %s", status, said)
	}
}

// served is where a function listens.
type served string

func servePython(t *testing.T, files map[string]string, args []string) served {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "handsoff-key"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 5 { // somebody else may have taken the port meanwhile
		port := free(t)
		cmd := exec.CommandContext(t.Context(), "python3", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "bind=127.0.0.1", "port="+port, "secret_mount_path="+dir)
		if f := served("http://127.0.0.1:" + port); f.awaited(t, cmd) {
			return f
		}
	}
	t.Fatal("it does not run")
	return ""
}

// awaited starts the function and waits until it answers; false when its process ends before.
func (f served) awaited(t *testing.T, cmd *exec.Cmd) bool {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for end := time.Now().Add(2 * time.Minute); ; {
		select {
		case <-ended:
			return false
		case <-time.After(50 * time.Millisecond):
		}
		if f.healthy(t) {
			return true
		}
		if time.Now().After(end) {
			t.Fatal("it does not answer /_/health")
		}
	}
}

// free is a port that nobody has just now.
func free(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil || listener.Close() != nil {
		t.Fatal("no port", err)
	}
	return port
}

func (f served) healthy(t *testing.T) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a stranger on its port may never answer
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, string(f)+"/_/health", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// post posts a body, signed unless the key is empty.
func (f served) post(t *testing.T, body []byte, key string) (status int, said string) {
	t.Helper()
	if key == "" {
		return f.send(t, body, "")
	}
	return f.send(t, body, signtest.Keys(key).Sign(body))
}

// send posts a body with a signature, or without one.
func (f served) send(t *testing.T, body []byte, signature string) (status int, said string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, string(f)+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if signature != "" {
		request.Header.Set(sign.Header, signature)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
