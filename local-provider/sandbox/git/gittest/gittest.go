// Package gittest makes repositories of the sandbox's git for tests.
package gittest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
)

// Commit makes a commit and gives its name.
func Commit(tb testing.TB, s *sandbox.Server, c sandbox.Commit) string {
	tb.Helper()
	name, err := s.Commit(c)
	if err != nil {
		tb.Fatal(err)
	}
	return name
}

// Path is where a repository of the server is, which is made where it lacks.
func Path(tb testing.TB, s *sandbox.Server, repository string) string {
	tb.Helper()
	path, err := s.Create(repository)
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// Plain runs git as anybody would, and gives what it said.
func Plain(tb testing.TB, dir string, args ...string) string {
	tb.Helper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
