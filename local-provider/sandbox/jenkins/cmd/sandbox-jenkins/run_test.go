package main

import (
	"bufio"
	"bytes"
	"context"
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
	"time"
)

const token = "0123456789abcdef"

// asProgram makes the test binary run as the program.
const asProgram = "SANDBOX_JENKINS_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A program is a running sandbox-jenkins.
type program struct {
	*testing.T
	cmd *exec.Cmd
	url string
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-listen", "127.0.0.1:0", "-token-file", file}, args...)...)
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

func (p *program) send(method, path string, form url.Values) (int, string) {
	p.Helper()
	rq, err := http.NewRequestWithContext(p.Context(), method, p.url+path, strings.NewReader(form.Encode()))
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
func (p *program) until(path, text string) {
	p.Helper()
	deadline := time.Now().Add(30 * time.Second)
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
	p.kill()

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
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	good := filepath.Join(t.TempDir(), "good")
	for file, text := range map[string]string{empty: " \n", good: token} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for args, want := range map[string]string{
		"":                           "a token is needed",
		"-token-file " + empty:       "is empty",
		"-token-file /none":          "read the token",
		"-token":                     "read the flags",
		"-token-file " + good + " x": `unexpected argument "x"`,
		"-token-file " + good + " -listen nowhere":         "listen on nowhere",
		"-token-file " + good + " -dir " + good + "/state": "open the sandbox's folder",
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
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-token-file", file}, in) }()
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
