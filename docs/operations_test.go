package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
)

// The operations page says of every function and process what happens when it dies, and names each script that installs something.
func TestOperationsTellOfEveryPart(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, dies, found := strings.Cut(string(text), "\n## What happens when X dies\n")
	if !found {
		t.Fatal("it does not say what happens when something dies")
	}
	functions, err := stack.Load("../stack.yml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	parts := []string{"telnet-gateway", "irc-gateway", "gerrit-listener", "local-provider"}
	for _, f := range functions {
		parts = append(parts, f.Name)
	}
	rows := strings.Builder{}
	for line := range strings.Lines(dies) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		rows.WriteString(first + "\n")
	}
	for _, part := range parts {
		if !strings.Contains(rows.String(), "`"+part+"`") {
			t.Errorf("what happens when %s dies?", part)
		}
	}
	for _, path := range []string{"deploy/kubernetes", "deploy/faasd/install", "deploy/systemd/install", "deploy/ptg"} {
		if !strings.Contains(string(text), "../"+path+")") {
			t.Errorf("it does not lead to %s", path)
		}
	}
}
