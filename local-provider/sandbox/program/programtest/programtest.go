// Package programtest runs the programs that serve a stand-in, for their tests: the test binary itself, as a process.
package programtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asProgram makes the test binary run as the program.
const asProgram = "SANDBOX_TEST_RUN"

// Main is a TestMain: it runs the tests, or in a process of [Start] the program.
func Main(m *testing.M, program func()) {
	if os.Getenv(asProgram) != "" {
		program()
		return
	}
	os.Exit(m.Run())
}

// A Process is a running program.
type Process struct {
	*testing.T

	// Line is what it printed first.
	Line string
	// URL is the address in it, without a slash at its end.
	URL string

	cmd *exec.Cmd
}

var address = regexp.MustCompile(`http://\S+`)

// Start runs the program until the test ends, and waits until it has said where it listens.
func Start(t *testing.T, args ...string) *Process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // the test binary itself
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{T: t, cmd: cmd}
	t.Cleanup(p.Kill)
	if p.Line, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("it prints %q, %v", p.Line, err)
	}
	p.URL = strings.TrimSuffix(address.FindString(p.Line), "/")
	return p
}

// Kill is kill -9.
func (p *Process) Kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// Stop interrupts the program, which must end well.
func (p *Process) Stop() {
	p.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("after an interrupt: %v", err)
	}
}

// Resident is the program's resident size in bytes. Where the system does not tell it, the test is skipped.
func (p *Process) Resident() int64 {
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

// File makes a file and returns its path.
func File(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A Run is a program's function that main calls.
type Run func(ctx context.Context, args []string, out io.Writer) error

// Refuses tries arguments, with what the error must say of each, and that -help tells of a flag.
func (run Run) Refuses(t *testing.T, wrong map[string]string, flag string) {
	t.Helper()
	for args, want := range wrong {
		var out bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, &out); err != nil || !strings.Contains(out.String(), flag) {
		t.Errorf("-help: %v\n%s", err, out.String())
	}
}

// Ends runs it in this process, until it has said where it listens, and ends it, which must go well.
func (run Run) Ends(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, in) }()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
