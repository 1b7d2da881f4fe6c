package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// A machine for one purpose: a few functions of a larger stack, with the secrets that it has.
const manyFunctions = `
provider: {name: openfaas}
functions:
  alpha: {image: "ghcr.io/handsoff-test/probe:latest", secrets: [handsoff-key, nobody-has-it]}
  beta: {image: "ghcr.io/handsoff-test/probe:latest"}
  gamma: {image: "ghcr.io/handsoff-test/never-built:latest"}
`

func TestDeployAFew(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := filepath.Join(t.TempDir(), "stack.yml")
	if err := os.WriteFile(file, []byte(manyFunctions), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags, says string
		fails       bool
	}{
		{"-only alpha", `wants the secret "nobody-has-it"`, true},
		{"-only alpha,delta", `there is no function "delta"`, true},
		{"-only alpha,beta -found-secrets -wait 1m", "alpha        deployed\nbeta         deployed", false},
		{"-only alpha,beta -found-secrets -prune", "alpha        unchanged\nbeta         unchanged\nprobe        deleted", false},
		{"-only beta -found-secrets -prune", "beta         unchanged\nalpha        deleted", false},
		{"-only beta -gateway http://127.0.0.1:1 -wait 1ms", "http://127.0.0.1:1 is not up", true},
	} {
		out, err := m.command(t.Context(), append([]string{"deploy", "-home", string(m.home), "-f", file}, strings.Fields(c.flags)...)...)
		if (err != nil) != c.fails || !strings.Contains(out, c.says) {
			t.Errorf("deploy %s: %v\n%s\nwant %q", c.flags, err, out, c.says)
		}
	}
	for name, want := range map[string]int{"alpha": http.StatusNotFound, "beta": http.StatusOK, "probe": http.StatusNotFound} {
		if status, text, _ := m.request(t, http.MethodGet, "/system/function/"+name, "", true); status != want {
			t.Errorf("%s: %d %s, want %d", name, status, text, want)
		}
	}
}

// A secret that no function lists is for whom its name says, and no other.
func TestASecretThatNobodyLists(t *testing.T) {
	t.Parallel()
	h, err := home.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"handsoff-key", "handsoff-otel-headers", "git-ssh-key", "github-token", "mail-password", "redis-passwords"} {
		if err := h.WriteSecret(name, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	functions := []stack.Function{
		{Name: "git", Secrets: []string{"handsoff-key", "nobody-has-it"}},
		{Name: "github", Secrets: []string{"handsoff-key"}},
		{Name: "notify", Secrets: []string{"mail-password", "github-token"}},
	}
	if err := found(functions, h); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"handsoff-key git-ssh-key handsoff-otel-headers", "handsoff-key handsoff-otel-headers", "mail-password github-token handsoff-otel-headers"} {
		if got := strings.Join(functions[i].Secrets, " "); got != want {
			t.Errorf("%s has %s, not %s", functions[i].Name, got, want)
		}
	}
}

// What runs without a sandbox gets none of its secrets, by which functions would take it for set up.
func TestAPlatformWithoutSandbox(t *testing.T) {
	t.Parallel()
	h, err := home.Open(t.TempDir())
	if err != nil || h.GeneratePlatformSecrets() != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(h.Secrets())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if got := strings.Join(names, " "); got != "basic-auth-password basic-auth-user handsoff-cli-keys handsoff-key metrics-token redis-password" {
		t.Errorf("the secrets are %s", got)
	}
}
