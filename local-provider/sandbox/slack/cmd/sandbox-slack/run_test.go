package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const token = "xoxb-0123456789abcdef"

// asProgram makes the test binary run as the program.
const asProgram = "SANDBOX_SLACK_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A program is a running sandbox-slack.
type program struct {
	*testing.T
	cmd *exec.Cmd
	url string
}

// write makes a file and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{
		"-listen", "127.0.0.1:0", "-token-file", write(t, "token", token+"\n"), "-signing-secret-file", write(t, "secret", "one\ntwo\n"),
	}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{T: t, cmd: cmd}
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it prints %q, %v", line, err)
	}
	p.url = strings.TrimSuffix(regexp.MustCompile(`http://\S+`).FindString(line), "/")
	return p
}

// kill is kill -9.
func (p *program) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// call calls a method of the Web API, which must succeed.
func (p *program) call(method string, arguments ...string) map[string]any {
	p.Helper()
	form := url.Values{}
	for i := 0; i < len(arguments); i += 2 {
		form.Set(arguments[i], arguments[i+1])
	}
	rq, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.url+"/api/"+method, strings.NewReader(form.Encode()))
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

func (p *program) messages(channel string) int {
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
	p.kill()
	p = start(t, "-dir", dir)
	if n := p.messages("C0OPS"); n != 20 {
		t.Errorf("%d messages survived", n)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	file := write(t, "manifest.yml", "features: {bot_user: {display_name: robot}}\noauth_config: {scopes: {bot: [users:read]}}\n")
	p := start(t, "-manifest", file, "-url", "https://slack.example.com/")
	if who := p.call("auth.test"); who["user"] != "robot" || who["url"] != "https://slack.example.com/" {
		t.Errorf("it is %v", who)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.call("auth.test")
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty, good := write(t, "empty", " \n"), write(t, "good", token)
	for args, want := range map[string]string{
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
	} {
		var out bytes.Buffer
		err := run(t.Context(), strings.Fields(args), &out)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, &out); err != nil || !strings.Contains(out.String(), "-token-file") {
		t.Errorf("-help: %v\n%s", err, out.String())
	}
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-token-file", write(t, "token", token)}, in)
	}()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// resident is the program's resident size in bytes.
func (p *program) resident() int64 {
	p.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.Skipf("this system does not tell a process' size: %v", err)
	}
	var kilobytes int64
	line := regexp.MustCompile(`VmRSS:\s+\d+`).FindString(string(text))
	if _, err := fmt.Sscanf(line, "VmRSS: %d", &kilobytes); err != nil {
		p.Fatal(err)
	}
	return kilobytes << 10
}
