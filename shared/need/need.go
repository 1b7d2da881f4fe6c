// Package need finds for tests what others wrote: the programs and libraries that `make need` installs.
//
// A test without what it needs is skipped. Where CI=true, which says that everything must be tried, it fails.
package need

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Program is the path of a program.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// Python is an interpreter that has all of some modules: the system's, or the one of .ci/clients.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	all := strings.Join(modules, ", ")
	for _, name := range []string{"/usr/bin/python3", filepath.Join(clients(t), "python", "bin", "python3")} {
		if exec.CommandContext(t.Context(), name, "-c", "import "+all).Run() == nil {
			return name
		}
	}
	missing(t, "Python's "+all)
	return ""
}

// Node is the folder of npm's packages, which has all of some.
func Node(t testing.TB, packages ...string) string {
	t.Helper()
	Program(t, "node")
	dir := filepath.Join(clients(t), "node_modules")
	for _, name := range packages {
		if _, err := os.Stat(filepath.Join(dir, name, "package.json")); err != nil {
			missing(t, "npm's "+name)
		}
	}
	return dir
}

// clients is the folder that .ci/clients fills.
func clients(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("HANDSOFF_CLIENTS"); dir != "" {
		return dir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "handsoff", "clients")
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed; `make need` installs it", what)
	}
	t.Skipf("%s is not installed; `make need` installs it", what)
}
