package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sandboxSection is a section of the sandbox's configuration.
func sandboxSection(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(project, "config", "sandbox.yml"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+name+":\n")
	section, _, ends := strings.Cut(section, "\n\n")
	if !found || !ends {
		t.Fatal("config/sandbox.yml says nothing of " + name)
	}
	return "\n" + name + ":\n" + section + "\n"
}
