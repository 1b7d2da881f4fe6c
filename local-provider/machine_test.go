package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/function/functiontest"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/process"
)

// programs are built once for all tests: this program, and the function that the tests deploy.
var programs = struct {
	once       sync.Once
	dir        string
	err        error
	self, home string
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if programs.dir != "" {
		_ = os.RemoveAll(programs.dir)
	}
	os.Exit(code)
}

// self is the path of this program as people run it.
func self(t *testing.T) string {
	t.Helper()
	programs.once.Do(func() {
		programs.dir, programs.err = os.MkdirTemp("", "local-provider-test")
		if programs.err != nil {
			return
		}
		programs.self = filepath.Join(programs.dir, "local-provider")
		out, err := exec.Command("go", "build", "-o", programs.self, ".").CombinedOutput()
		if err != nil {
			programs.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if programs.err != nil {
		t.Fatal(programs.err)
	}
	return programs.self
}

// machine is one home with everything of it running.
type machine struct {
	home  home.Home
	ports home.Ports
	// extra are flags for each `up`.
	extra []string
}

func newMachine(t *testing.T, extra ...string) *machine {
	t.Helper()
	m := &machine{home: home.Home(filepath.Join(t.TempDir(), "home")), extra: extra}
	t.Cleanup(func() {
		_, _ = m.command(context.Background(), "down", "-home", string(m.home))
	})
	m.up(t)
	ports, err := m.home.ReadPorts()
	if err != nil {
		t.Fatal(err)
	}
	m.ports = ports
	return m
}

// command runs this program to its end and returns what it prints.
func (m *machine) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, programs.self, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func (m *machine) run(t *testing.T, args ...string) string {
	t.Helper()
	self(t)
	out, err := m.command(t.Context(), args...)
	if err != nil {
		t.Fatalf("local-provider %v: %v\n%s%s", args, err, out, m.logs())
	}
	return out
}

func (m *machine) up(t *testing.T) string {
	t.Helper()
	defer hometest.Alone(t)()
	return m.upAlone(t)
}

// upAlone is up for whoever sees to it that nothing else starts: the ports of what was stopped are free until then.
func (m *machine) upAlone(t *testing.T) string {
	t.Helper()
	return m.run(t, append([]string{
		"up", "-home", string(m.home), "-ports", "auto", "-f", "testdata/project/stack.yml", "-bin", "testdata/none",
		"-config", "testdata/project/config.yml", "-ara=false",
	}, m.extra...)...)
}

func (m *machine) logs() string {
	var all strings.Builder
	paths, _ := filepath.Glob(filepath.Join(m.home.Logs(), "*.log"))
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		fmt.Fprintf(&all, "\n== %s\n%s", filepath.Base(path), text)
	}
	return all.String()
}

// service returns the process of a service.
func (m *machine) service(t *testing.T, name string) process.Ref {
	t.Helper()
	traces, err := supervisor.Traces(folders(m.home))
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range traces {
		if trace.Name == name {
			return trace.Ref
		}
	}
	t.Fatalf("there is no service %s", name)
	return process.Ref{}
}

// running returns the process of a service that is alive: a record is written a little after the start.
func (m *machine) running(t *testing.T, name string) process.Ref {
	t.Helper()
	eventually(t, name+" runs", func() bool { return m.service(t, name).Alive() })
	return m.service(t, name)
}

func (m *machine) supervisor(t *testing.T) process.Ref {
	t.Helper()
	s, err := readSupervision(m.home)
	if err != nil {
		t.Fatal(err)
	}
	return s.Ref
}

// replicas are the processes of functions that are alive.
func (m *machine) replicas(t *testing.T) []function.Trace {
	t.Helper()
	traces, err := function.Traces(m.home.Replicas())
	if err != nil {
		t.Fatal(err)
	}
	living := traces[:0]
	for _, trace := range traces {
		if trace.Alive() {
			living = append(living, trace)
		}
	}
	return living
}

// request sends one request; with authority it carries the API's credentials.
func (m *machine) request(t *testing.T, method, path, body string, authority bool) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, m.ports.GatewayURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authority {
		password, err := m.home.ReadSecret(home.SecretGateway)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth("admin", password)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error(), nil
	}
	return response.StatusCode, string(text), response.Header
}

// echo calls the function until it answers.
func (m *machine) echo(t *testing.T) functiontest.Call {
	t.Helper()
	var seen functiontest.Call
	eventually(t, "the function answers", func() bool {
		status, text, _ := m.request(t, http.MethodPost, "/function/probe/x", "", false)
		return status == http.StatusOK && json.Unmarshal([]byte(text), &seen) == nil
	})
	return seen
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
