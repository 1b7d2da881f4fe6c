// Package faasd_test tries what makes a host of handsoff on faasd: what it writes and asks of the programs around it, which are stand-ins,
// and what the virtual host lets through, with a real nginx.
package faasd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/deploy/deploytest"
	"github.com/handsoff/handsoff/local-provider/stack"
	"github.com/handsoff/handsoff/shared/command"
)

const compose = `version: "3.7"
services:

  gateway:
    image: ghcr.io/openfaas/gateway:0.27.13
    ports:
       - "8080:8080"
`

// host is a folder that install takes for a host.
type host struct {
	root, did string // what the stand-ins were asked, a line each
	args      []string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{root: t.TempDir()}
	dir := t.TempDir()
	h.did = filepath.Join(dir, "did")
	for _, program := range []string{"apt-get", "systemctl", "sysctl", "faas-cli"} {
		deploytest.Write(t, filepath.Join(dir, "bin", program), "#!/bin/sh\necho \"${0##*/} $*\" >> "+h.did+"\n", 0o755)
	}
	release := deploytest.Release(t, "v1", map[string]string{"VERSION": "v1\n", "bin/local-provider": "#!/bin/sh\n", "stack.yml": deploytest.Read(t, "../../stack.yml")})
	deploytest.Write(t, filepath.Join(dir, "handsoff.yml"), "bot: {name: handsoff}\n", 0o600)
	faasd := filepath.Join(dir, "faasd")
	deploytest.Write(t, filepath.Join(faasd, "faasd"), "#!/bin/sh\necho \"faasd $*\" >> "+h.did+"\n", 0o755)
	deploytest.Write(t, h.root+"/var/lib/faasd/docker-compose.yaml", compose, 0o644) // what `faasd install` would have put there
	for name, text := range map[string]string{"basic-auth-user": "admin", "basic-auth-password": "of faasd"} {
		deploytest.Write(t, h.root+"/var/lib/faasd/secrets/"+name, text, 0o600)
	}
	for _, name := range []string{"slack-token", "telnet-users", "ansible-ssh-key", "handsoff-otel-headers"} {
		deploytest.Write(t, h.root+"/etc/handsoff/host-secrets/"+name, "xoxb", 0o600)
	}
	h.args = []string{
		"--domain", "handsoff.example.org", "--config", filepath.Join(dir, "handsoff.yml"), "--release", release, "--faasd", faasd,
		"--images", "registry.example.org/team", "--tag", "v1", "--root", h.root,
	}
	return h
}

// install runs it and returns what the stand-ins were asked.
func (h *host) install(t *testing.T) string {
	t.Helper()
	for _, file := range []string{"nginx.conf", "cron-connector.yml", "../systemd/install"} { // when one changes, this is tested again
		deploytest.Read(t, file)
	}
	if out, err := h.run(t); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return deploytest.Read(t, h.did)
}

func (h *host) run(t *testing.T) (said []byte, err error) {
	t.Helper()
	deploytest.Write(t, h.did, "", 0o600)
	cmd := exec.CommandContext(t.Context(), "./install", h.args...)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(filepath.Dir(h.did), "bin")+":"+os.Getenv("PATH"))
	return cmd.CombinedOutput()
}

func TestAHostFromNothing(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	did := h.install(t)
	for _, want := range []string{
		"apt-get install -y", "faasd install\n", "systemctl restart faasd.service\n", "faas-cli login --password-stdin\n",
		"faas-cli secret create slack-token --from-file ", "faas-cli secret create handsoff-key --from-file ", "faas-cli deploy -f ", "systemctl reload-or-restart nginx.service\n",
	} {
		if !strings.Contains(did, want) {
			t.Errorf("nobody was asked %q:\n%s", want, did)
		}
	}
	if strings.Contains(did, "secret create telnet-users") {
		t.Error("functions may have a secret of a process")
	}
	if strings.Contains(did, "of faasd") || strings.Contains(did, "xoxb") {
		t.Error("a secret is in an argument")
	}
	written := deploytest.Read(t, h.root+"/var/lib/faasd/docker-compose.yaml")
	if !strings.Contains(written, "\n       - \"127.0.0.1:8080:8080\"\n") || strings.Count(written, "  cron-connector:\n") != 1 {
		t.Errorf("faasd runs\n%s", written)
	}
	h.deploys(t)
	if again := h.install(t); strings.Contains(again, "faasd install") || strings.Contains(again, "restart faasd") {
		t.Errorf("the second time it does\n%s", again)
	}
	if twice := deploytest.Read(t, h.root+"/var/lib/faasd/docker-compose.yaml"); twice != written {
		t.Errorf("the second time faasd runs\n%s", twice)
	}
}

// deploys checks the stack file that was made for this host: its images, and just the secrets that there are.
func (h *host) deploys(t *testing.T) {
	t.Helper()
	functions, err := stack.Load(h.root+"/etc/handsoff/stack.yml", func(string) (string, bool) { return "", false }) // it says all
	if err != nil {
		t.Fatal(err)
	}
	all, err := stack.Load("../../stack.yml", os.LookupEnv)
	if err != nil || len(all) != len(functions) {
		t.Fatalf("%d of %d functions, %v", len(functions), len(all), err)
	}
	for i, f := range functions {
		if f.Image != "registry.example.org/team/"+f.Name+":v1" || f.Environment["redis_address"] != "10.62.0.1:6380" || f.Environment["gateway_url"] != "http://gateway:8080" {
			t.Errorf("%s is %s, with %v", f.Name, f.Image, f.Environment)
		}
		for _, name := range f.Secrets {
			if _, err := os.Stat(h.root + "/etc/handsoff/host-secrets/" + name); err != nil {
				t.Errorf("%s is given a secret that is not there: %s", f.Name, name)
			}
		}
		for _, name := range []string{"handsoff-key", "handsoff-config", "slack-token"} {
			if had, has := strings.Contains(strings.Join(all[i].Secrets, " "), name), strings.Contains(strings.Join(f.Secrets, " "), name); had != has {
				t.Errorf("%s: the secret %s was %v, is %v", f.Name, name, had, has)
			}
		}
		// What no function of the release lists is for whom its name says.
		for name, has := range map[string]bool{"ansible-ssh-key": f.Name == "ansible", "handsoff-otel-headers": true, "telnet-users": false} {
			if slices.Contains(f.Secrets, name) != has {
				t.Errorf("%s has %q", f.Name, f.Secrets)
			}
		}
		if strings.Join(annotations(f), "\n") != strings.Join(annotations(all[i]), "\n") {
			t.Errorf("%s has other annotations", f.Name)
		}
	}
}

func annotations(f stack.Function) (all []string) {
	for _, name := range []string{"handsoff.dev/commands-from", "topic", "schedule"} {
		all = append(all, f.Annotations[name])
	}
	return append(all, command.Declaration(f.Annotations))
}

// What fails half-way is done the next time, and nothing is left open to the world in silence.
func TestWhatFailsHalfWay(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	program := filepath.Join(filepath.Dir(h.did), "faasd", "faasd")
	works := deploytest.Read(t, program)
	deploytest.Write(t, program, "#!/bin/sh\nexit 1\n", 0o755)
	h.fails(t, "")
	deploytest.Write(t, program, works, 0o755)
	restarts := filepath.Join(filepath.Dir(h.did), "bin", "systemctl")
	works = deploytest.Read(t, restarts)
	deploytest.Write(t, restarts, works+"[ \"$1\" != restart ]\n", 0o755)
	h.fails(t, "")
	deploytest.Write(t, restarts, works, 0o755)
	if did := h.install(t); !strings.Contains(did, "systemctl restart faasd.service\n") {
		t.Errorf("faasd goes on with its gateway open to the world:\n%s", did)
	}
	deploytest.Write(t, h.root+"/var/lib/faasd/docker-compose.yaml", strings.Replace(compose, "8080:8080", "0.0.0.0:8080:8080", 1), 0o644)
	h.fails(t, "the world may reach it")
	h.args = append(h.args, "--tag")
	h.fails(t, "--tag says nothing")
}

// fails installs where that must not succeed, and must say why.
func (h *host) fails(t *testing.T, says string) {
	t.Helper()
	if out, err := h.run(t); err == nil || !strings.Contains(string(out), says) {
		t.Fatalf("%v\n%s\nwant %q", err, out, says)
	}
}
