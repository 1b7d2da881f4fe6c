package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// TestFaasCLI uses the ordinary faas-cli, which FAAS_CLI names or which is on the PATH. No package that `make need` could install has it.
func TestFaasCLI(t *testing.T) {
	t.Parallel()
	program := os.Getenv("FAAS_CLI")
	if program == "" {
		found, err := exec.LookPath("faas-cli")
		if err != nil {
			t.Skip("there is no faas-cli: set FAAS_CLI to one, or put it on the PATH")
		}
		program = found
	}
	m := newMachine(t)
	config := t.TempDir()
	password, err := m.home.ReadSecret(home.SecretGateway)
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(secret, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	stack := filepath.Join("local-provider", "testdata", "project", "stack.yml")
	gateway := m.ports.GatewayURL()
	for _, c := range []struct {
		args, stdin, says string
		fails             bool
	}{
		{"list", "", "Unauthorized", true},
		{"login --password-stdin", password, "credentials saved", false},
		{"list", "", "probe", false},
		{"version --warn-update=false", "", "local-provider", false},
		{"namespaces", "", "openfaas-fn", false},
		{"ready", "", "ready", false},
		{"ready probe", "", "ready", false},
		{"describe probe", "", "Ready", false},
		{"invoke probe", "hello", `"body":"hello"`, false},
		{"invoke probe --method PUT --query x=1 --header X-A=b", "", `"uri":"/?x=1"`, false},
		{"invoke probe --sign X-Handsoff-Signature --key k", "hello", "X-Handsoff-Signature", false},
		{"invoke probe --async", "hello", "asynchronously", false},
		{"invoke nobody", "hello", "there is no function", true},
		{"secret create mine --from-file " + secret, "", "Created", false},
		{"secret create mine --from-file " + secret, "", "already exists", false},
		{"secret update mine --from-file " + secret, "", "Updated", false},
		{"secret list", "", "mine", false},
		{"deploy --image " + probeImage + " --name other --secret mine --env k=v --label a=b --annotation topic=x", "", "202 Accepted", false},
		{"describe other", "", "mine", false},
		{"deploy --image ghcr.io/x/unknown --name third", "", "local-provider build", true},
		{"deploy -f " + stack + " --filter probe", "", "202 Accepted", false},
		{"invoke other", "", `"k=v"`, false},
		{"logs other --tail=false", "", "", false},
		{"remove other", "", "Deleting: other", false},
		{"secret remove mine", "", "Removed", false},
		{"remove other", "", "No existing function", true},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, program, append(strings.Fields(c.args), "-g", gateway)...)
		cmd.Env = append(os.Environ(), "OPENFAAS_CONFIG="+config)
		if strings.Contains(c.args, stack) {
			cmd.Dir = ".." // where faas-cli finds the templates; elsewhere it must not find the project's own stack file
		}
		cmd.Stdin = strings.NewReader(c.stdin)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		cancel()
		if (err != nil) != c.fails || !strings.Contains(out.String(), c.says) {
			t.Errorf("faas-cli %s: %v\n%s\nwant %q", c.args, err, out.String(), c.says)
		}
	}
}
