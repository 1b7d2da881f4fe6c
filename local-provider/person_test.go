package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/home"
)

// gatewayScript stands in for telnet-gateway, of which only `passwd` is needed here.
const gatewayScript = `#!/bin/sh
[ "$1 $2 $3" = "passwd -stdin ops" ] || { echo "odd arguments: $*" >&2; exit 1; }
read -r password
echo "ops:hash-of-$password"
`

func TestFirstPerson(t *testing.T) {
	t.Parallel()
	h, err := home.Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if password, err := firstPerson(t.Context(), h, bin); password != "" || err != nil {
		t.Errorf("without telnet-gateway: %q, %v", password, err)
	}
	program := filepath.Join(bin, "telnet-gateway")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho broken >&2; exit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := firstPerson(t.Context(), h, bin); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("with a broken one: %v", err)
	}
	if err := os.WriteFile(program, []byte(gatewayScript), 0o700); err != nil {
		t.Fatal(err)
	}
	password, err := firstPerson(t.Context(), h, bin)
	if err != nil || len(password) < 12 {
		t.Fatalf("password %q, %v", password, err)
	}
	if entry, err := h.ReadSecret(home.SecretTelnetUsers); err != nil || entry != "ops:hash-of-"+password {
		t.Errorf("entry %q, %v", entry, err)
	}
	if again, err := firstPerson(t.Context(), h, bin); again != "" || err != nil {
		t.Errorf("the second time: %q, %v", again, err)
	}
}

func TestGreeting(t *testing.T) {
	t.Parallel()
	h, err := home.Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.GenerateSecrets(); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	for _, name := range []string{"telnet-gateway", "sandbox-jenkins"} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	ports := home.Ports{Gateway: 1, Telnet: 2, Redis: 3, Jenkins: 4}
	p, err := planner{home: h, ports: ports, self: "/x/local-provider", bin: bin, embedded: true}.plan()
	if err != nil || len(p.Services) != 4 {
		t.Fatalf("plan %+v, %v", p, err)
	}
	var out strings.Builder
	g := greeting{in: invocation{stdout: &out}, home: h, ports: ports, plan: p, password: "opensesame", bin: bin}
	if err := g.print(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"telnet 127.0.0.1 2", "ops", "opensesame", "telnet-users", "jenkins build demo/slow seconds=30", "http://127.0.0.1:1",
		"faas-cli", " say -home ", "http://127.0.0.1:4", "nothing survives its restart", "down",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	// Nothing secret is in the plan, which is written to disk and shown by the system's tools.
	for _, name := range []string{home.SecretKey, home.SecretRedis, home.SecretGateway, home.SecretJenkins} {
		value, err := h.ReadSecret(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Services {
			if strings.Contains(strings.Join(append(s.Env, s.Args...), " "), value) {
				t.Errorf("%s holds %s", s.Name, name)
			}
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		says string
		fail string
	}{
		"help":        {[]string{"help"}, "local-provider up", ""},
		"nothing":     {nil, "local-provider up", ""},
		"unknown":     {[]string{"dance"}, "", "no subcommand"},
		"bad queue":   {[]string{"serve", "-queue", "odd"}, "", "strong or weak"},
		"bad ports":   {[]string{"up", "-ports", "odd"}, "", "usual or auto"},
		"same ports":  {[]string{"up", "-ports", "auto", "-telnet-port", "40001", "-redis-port", "40001"}, "", "choose two"},
		"no such act": {[]string{"dead-letters", "burn"}, "", "say list"},
	} {
		var out, problems strings.Builder
		args := c.args
		if len(args) > 1 {
			args = append([]string{args[0], "-home", t.TempDir()}, args[1:]...)
			if err := os.WriteFile(filepath.Join(args[2], "x"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if name == "no such act" {
			h, err := home.Open(args[2])
			if err != nil || h.GenerateSecrets() != nil {
				t.Fatal(err)
			}
		}
		err := run(t.Context(), args, nil, &out, &problems)
		if (err != nil) != (c.fail != "") || (err != nil && !strings.Contains(err.Error(), c.fail)) || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %q, %v", name, out.String(), err)
		}
	}
}
