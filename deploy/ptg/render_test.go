package ptg_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const domain = "ptg.example.org"

// render writes what the role's templates make with these settings, and returns the folder.
func render(t *testing.T, settings map[string]any) string {
	t.Helper()
	dir := t.TempDir()
	settings["out"] = dir
	settings["ptg_domain"] = domain
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	ansible(t, "ansible-playbook", "testdata/render.yml", "-e", string(text))
	return dir
}

// ansible runs a program of Ansible's, which leaves nothing behind in anybody's home.
func ansible(t *testing.T, program string, args ...string) string {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "ANSIBLE_NOCOLOR=1", "ANSIBLE_LOCAL_TEMP="+filepath.Join(home, "tmp"), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
