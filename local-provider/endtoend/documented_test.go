package endtoend

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// TestWhatIsWritten does what `up` and the documentation tell people to type.
func TestWhatIsWritten(t *testing.T) { // its parts share one system, in turn
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	t.Run("look", func(t *testing.T) {
		look := s.line(t, s.greeting, `(?m)^  look +(.+)$`)
		out := shell(t, look)
		for _, name := range []string{"supervisor", "redis", "sandbox-jenkins", "provider", "telnet-gateway"} {
			if !regexp.MustCompile(`(?m)^` + name + ` +running `).MatchString(out) {
				t.Errorf("%s does not run:\n%s", name, out)
			}
		}
	})
	t.Run("curl", func(t *testing.T) {
		text, err := os.ReadFile(filepath.Join(project, "docs", "commands.md"))
		if err != nil {
			t.Fatal(err)
		}
		snippet := s.line(t, string(text), `(?ms)^    (line=.*?"\$GATEWAY/function/command")$`)
		out := shell(t, snippet, "KEY="+cliKey("ann"), "GATEWAY="+s.ports.GatewayURL())
		if j := s.in(t).ended(jobIn(out)); j.State != job.Succeeded || j.Principal != "cli:ann" {
			t.Errorf("%s\n%s of %s: %s", out, j.State, j.Principal, j.Error)
		}
	})
	t.Run("faas-cli", func(t *testing.T) {
		program := os.Getenv("FAAS_CLI")
		if program == "" {
			t.Skip("FAAS_CLI names none")
		}
		path := t.TempDir()
		if err := os.Symlink(program, filepath.Join(path, "faas-cli")); err != nil {
			t.Fatal(err)
		}
		environment := []string{"PATH=" + path + ":" + os.Getenv("PATH"), "OPENFAAS_CONFIG=" + path}
		if out := shell(t, s.line(t, s.greeting, `faas-cli   (faas-cli login .+)\n`), environment...); !strings.Contains(out, "credentials saved") {
			t.Error(out)
		}
		if out := shell(t, s.line(t, s.greeting, `(?s)(echo jobs .+handsoff-cli-keys\)")`), environment...); !strings.Contains(out, "jenkins build demo/slow") {
			t.Error(out)
		}
	})
	t.Run("down", func(t *testing.T) {
		out := shell(t, s.line(t, s.greeting, `(?m)^  stop +(.+)$`))
		again := s.line(t, out, "`(.+)` starts it again")
		if !strings.Contains(again, " up -home ") {
			t.Errorf("up would take another home: %s", again)
		}
	})
}

// line finds what a person would copy.
func (s *system) line(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("nothing like %s in:\n%s", pattern, text)
	}
	return found[1]
}

// shell runs what a person would type, in the project's folder.
func shell(t *testing.T, line string, environment ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-euc", line)
	cmd.Dir, cmd.Env = project, append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}
